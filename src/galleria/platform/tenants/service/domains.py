"""Hosts that lead to a shop. They live in the engines' directory, which every request asks."""

from functools import partial

from galleria.engines.context import Context
from galleria.engines.sql import Transaction, directory
from galleria.foundation.errors import Conflict
from galleria.platform import audit
from galleria.platform.tenants import model
from galleria.platform.tenants.errors import DomainNotFound, HostTaken
from galleria.platform.tenants.events import DomainsChanged
from galleria.platform.tenants.model import MAX_HOSTS, Domain
from galleria.platform.tenants.service.editing import locked_shop
from galleria.platform.tenants.service.opening import forget_directory


async def list_domains(ctx: Context) -> list[Domain]:
    """The shop's domains, the primary one first, then by name."""
    async with ctx.transaction() as tx:
        return await _domains(tx)


async def add_domain(ctx: Context, host: str, is_primary: bool = False) -> Domain:
    """The host leads to this shop. Safe to repeat; a shop's first host is its primary one.

    Args:
        ctx: the shop.
        host: a domain name in any spelling, without port.
        is_primary: links use this host from now on, instead of the one they used.

    Raises:
        InvalidHost: it is no domain, or one of the house's.
        HostTaken: it leads to another shop.
        Conflict: the shop has 50 domains.
    """
    async with ctx.transaction() as tx:
        shop = await locked_shop(tx)
        host = model.merchant_host(host, shop.slug)
        domains = {domain.host: domain for domain in await _domains(tx)}
        present = domains.get(host)
        is_primary = is_primary or not domains or (present is not None and present.is_primary)
        wanted = Domain(host=host, is_primary=is_primary)
        if present == wanted:
            return wanted
        if len(domains) >= MAX_HOSTS and present is None:
            raise Conflict(f"a shop has at most {MAX_HOSTS} domains")

        if is_primary:
            await _demote(tx, list(domains.values()))
        await directory.remove_host(tx, host)
        if not await directory.add_host(tx, host, is_primary=is_primary):
            raise HostTaken(f"{host} leads to another shop")
        await _note(ctx, tx, "domains.added", host)
    return wanted


async def remove_domain(ctx: Context, host: str) -> None:
    """The host leads here no longer. When it was the primary one, the next by name is.

    Raises:
        DomainNotFound: it did not lead here.
        InvalidHost: it is no host name at all.
    """
    host = model.normal_host(host)
    async with ctx.transaction() as tx:
        await locked_shop(tx)
        if not await directory.remove_host(tx, host):
            raise DomainNotFound(f"{host} does not lead to this shop")
        left = await _domains(tx)
        if left and not left[0].is_primary:
            await _replace(tx, left[0].host, is_primary=True)
        await _note(ctx, tx, "domains.removed", host)


async def _domains(tx: Transaction) -> list[Domain]:
    hosts = await directory.list_hosts(tx)
    return [Domain(host=host, is_primary=is_primary) for host, is_primary in hosts]


async def _demote(tx: Transaction, domains: list[Domain]) -> None:
    for domain in domains:
        if domain.is_primary:
            await _replace(tx, domain.host, is_primary=False)


async def _replace(tx: Transaction, host: str, *, is_primary: bool) -> None:
    """The directory has no verb to edit a host; nobody sees it gone in between."""
    await directory.remove_host(tx, host)
    kept = await directory.add_host(tx, host, is_primary=is_primary)
    assert kept, "our own row stood in the way of nobody"


async def _note(ctx: Context, tx: Transaction, action: str, host: str) -> None:
    tx.publish(DomainsChanged(host=host, is_removed=action == "domains.removed"))
    await audit.record(tx, action, f"domain:{host}")
    tx.after_commit(partial(forget_directory, ctx))
