"""Price lists: the base ones made on demand, the others by people."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from galleria.commerce import customers
from galleria.commerce.pricing.errors import (
    InvalidPriceList,
    PriceListChanged,
    PriceListCodeTaken,
    PriceListFixed,
    PriceListNotFound,
    TooManyPriceLists,
)
from galleria.commerce.pricing.events import PriceListChanged as ListChanged
from galleria.commerce.pricing.model import lists as rules
from galleria.commerce.pricing.model.lists import BASE_CODE, MAX_LISTS, MAX_NUMBER, PriceList
from galleria.commerce.pricing.repository import lists as repository
from galleria.commerce.pricing.schemas import NewPriceList, PriceListChanges
from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.errors import FieldError
from galleria.foundation.pagination import Page
from galleria.platform import audit, tenants

_SCOPE = "pricing.lists"


async def ensure_base_list(tx: Transaction, channel_id: UUID, currency: str) -> PriceList:
    """The base list of a channel in a currency, made when it is first asked for."""
    place = (channel_id, currency)
    number = (await ensure_base_lists(tx, [place]))[place]
    return await get_list(tx, number)


async def ensure_base_lists(
    tx: Transaction, places: Sequence[tuple[UUID, str]]
) -> dict[tuple[UUID, str], int]:
    """The numbers of the base lists of each (channel, currency); one statement when all exist."""
    found = _base_lists(await repository.all_lists(tx))
    if not all(place in found for place in places):
        await repository.lock_names(tx)
        present = await repository.all_lists(tx)
        found = _base_lists(present)
        channels = {each.channel_id: each for each in await tenants.list_channels(tx)}
        codes = [each.code for each in present]
        for place in dict.fromkeys(places):
            if place not in found:
                made = _base_list(tx, place, channels.get(place[0]), codes)
                codes.append(made.code)
                found[place] = (await repository.insert_list(tx, made)).price_list_id
    return {place: found[place] for place in places}


def _base_lists(present: Sequence[PriceList]) -> dict[tuple[UUID, str], int]:
    return {
        (each.channel_id, each.currency): each.price_list_id
        for each in present
        if each.kind == "base" and each.channel_id is not None
    }


def _base_list(
    tx: Transaction, place: tuple[UUID, str], channel: tenants.Channel | None, codes: Sequence[str]
) -> PriceList:
    channel_id, currency = place
    name = channel.code if channel else str(channel_id)
    return PriceList(
        price_list_id=0,
        code=rules.base_code(name, currency, codes),
        name=f"Base prices {channel.name if channel else ''} {currency}".replace("  ", " "),
        channel_id=channel_id,
        customer_group_id=None,
        currency=currency,
        kind="base",
        priority=0,
        valid_from=None,
        valid_until=None,
        includes_tax=channel.tax_inclusive if channel else True,
        is_active=True,
        terms_since=tx.now,
        counts_since=tx.now,
        version=1,
        created_at=tx.now,
        updated_at=tx.now,
    )


async def create_list(ctx: Context, wanted: NewPriceList) -> PriceList:
    """A new list without prices.

    Raises:
        InvalidPriceList: it ends before it begins, is in a currency that its channel does not
            sell in, or has a code of a base list.
        ChannelNotFound, GroupNotFound: this shop has no such.
        PriceListCodeTaken: another list has the code.
        TooManyPriceLists: the shop has `MAX_LISTS`, or has made `MAX_NUMBER` in all.
    """
    rules.check_window(wanted.valid_from, wanted.valid_until)
    async with ctx.transaction() as tx:
        channel = await tenants.channel_of(tx, wanted.channel)
        if wanted.channel is not None and wanted.currency not in (None, channel.currency):
            message = f"the channel {channel.code} sells in {channel.currency}"
            error = FieldError("currency", "not_the_channels", message)
            raise InvalidPriceList(message, errors=[error])
        if wanted.customer_group_id is not None:
            await customers.get_group(tx, wanted.customer_group_id)
        await repository.lock_names(tx)
        present = await repository.all_lists(tx)
        if len(present) >= MAX_LISTS:
            raise TooManyPriceLists(f"a shop has at most {MAX_LISTS} price lists")
        if max((each.price_list_id for each in present), default=0) >= MAX_NUMBER:
            raise TooManyPriceLists("all numbers are used; change a list instead of a new one")
        _check_code(wanted.code, present, None)
        made = await repository.insert_list(tx, _new_list(ctx, wanted, channel))
        await repository.set_boundary(tx, made.price_list_id, rules.next_boundary(made, ctx.now))
        await _note(tx, "prices.list_created", made)
    return made


def _new_list(ctx: Context, wanted: NewPriceList, channel: tenants.Channel) -> PriceList:
    return PriceList(
        price_list_id=0,
        code=wanted.code,
        name=wanted.name,
        channel_id=channel.channel_id if wanted.channel is not None else None,
        customer_group_id=wanted.customer_group_id,
        currency=wanted.currency or channel.currency,
        kind=wanted.kind,
        priority=wanted.priority,
        valid_from=wanted.valid_from,
        valid_until=wanted.valid_until,
        includes_tax=(
            channel.tax_inclusive if wanted.includes_tax is None else wanted.includes_tax
        ),
        is_active=wanted.is_active,
        terms_since=ctx.now,
        counts_since=max(ctx.now, wanted.valid_from or ctx.now),
        version=1,
        created_at=ctx.now,
        updated_at=ctx.now,
    )


def _check_code(code: str, present: Sequence[PriceList], own: int | None) -> None:
    if code.startswith(BASE_CODE):
        message = f"codes that begin with {BASE_CODE} are those of base lists"
        raise InvalidPriceList(message, errors=[FieldError("code", "reserved", message)])
    if any(each.code == code and each.price_list_id != own for each in present):
        raise PriceListCodeTaken(f"a price list {code} exists already")


async def update_list(
    ctx: Context,
    price_list_id: int,
    changes: PriceListChanges,
    expected_version: int | None = None,
) -> PriceList:
    """The list with the changes, one version on. When it counted until now is remembered.

    Raises:
        PriceListNotFound: this shop has no such list.
        PriceListChanged: the version is not `expected_version`.
        PriceListFixed: it is a base list, and more than its name would change.
        PriceListCodeTaken, InvalidPriceList: see `create_list`.
    """
    async with ctx.transaction() as tx:
        await repository.lock_names(tx)
        before = await repository.lock_list(tx, price_list_id)
        if before is None:
            raise PriceListNotFound(f"no price list {price_list_id}")
        if expected_version not in (None, before.version):
            raise PriceListChanged(f"the price list is at version {before.version}")
        fields = changes.apply_to(msgspec.structs.asdict(before))
        after = msgspec.structs.replace(
            PriceList(**fields),  # type: ignore[arg-type]
            version=before.version + 1,
            updated_at=ctx.now,
        )
        rules.check_window(after.valid_from, after.valid_until)
        if after.code != before.code:
            _check_code(after.code, await repository.all_lists(tx), price_list_id)
        return await _save(tx, before, after)


async def _save(tx: Transaction, before: PriceList, after: PriceList) -> PriceList:
    has_other_terms = rules.terms_differ(before, after)
    if before.kind == "base" and (has_other_terms or after.code != before.code):
        raise PriceListFixed("of a base list only the name can be changed")
    if has_other_terms:
        after = rules.with_terms(before, after, tx.now)
        ended = rules.ended_term(before, tx.now)
        if ended is not None:
            await repository.add_past_term(tx, before.price_list_id, ended)
    await repository.save_list(tx, after)
    if has_other_terms:
        await repository.set_boundary(tx, after.price_list_id, tx.now)
    await _note(tx, "prices.list_changed", after)
    return after


async def get_list(reader: Reader, price_list_id: int) -> PriceList:
    """The price list.

    Raises:
        PriceListNotFound: this shop has no such list.
    """
    found = await repository.find_list(reader, price_list_id)
    if found is None:
        raise PriceListNotFound(f"no price list {price_list_id}")
    return found


async def list_price_lists(
    ctx: Context, cursor: str | None = None, limit: int = 50
) -> Page[PriceList]:
    """A page of the shop's price lists by number.

    Raises:
        InvalidCursor: the cursor is not one of this list.
    """
    tenant_id, cursors = ctx.tenant.tenant_id, ctx.engines.cursors
    after = 0 if cursor is None else int(cursors.decode(cursor, tenant_id, _SCOPE)[0] or 0)
    found = await repository.page_of_lists(ctx, after, limit + 1)
    if len(found) <= limit:
        return Page(items=found)
    last = found[limit - 1].price_list_id
    return Page(items=found[:limit], next_cursor=cursors.encode(tenant_id, _SCOPE, [last]))


async def lists_of_group(reader: Reader, customer_group_id: UUID) -> list[PriceList]:
    """The price lists that are for a customer group, whether they count at present or not."""
    return await repository.lists_of_group(reader, customer_group_id)


async def _note(tx: Transaction, action: str, price_list: PriceList) -> None:
    tx.publish(ListChanged(price_list_id=price_list.price_list_id))
    subject = f"price_list:{price_list.price_list_id}"
    await audit.record(tx, action, subject, {"code": price_list.code})
