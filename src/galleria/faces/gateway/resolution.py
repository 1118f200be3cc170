"""Which shop a request is for: key or token, then host, then header; two that disagree are refused.

Hosts are matched against the directory before anything is looked up or cached, and forwarded
headers are believed only from the proxies the operator listed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from ipaddress import ip_address

from galleria.commerce import accounts
from galleria.engines.context import ANONYMOUS, HOUSE, Actor, Context, Engines, Tenant, tenant_of
from galleria.engines.sql.directory import DirectoryEntry
from galleria.faces.gateway.errors import (
    KeyNotAccepted,
    ShopClosed,
    ShopMismatch,
    ShopNotNamed,
    UnknownHost,
)
from galleria.faces.gateway.request import Request
from galleria.foundation.ids import TokenParts, read_token
from galleria.platform import access

SHOPPER_TOKENS = f"gal_{accounts.TOKEN_KIND}_"
PROGRAM_PATHS = ("/store/v1/", "/admin/v1/", "/media/")
SHOP_HEADER = b"x-galleria-shop"
_SLUG = re.compile(r"[a-z0-9-]{1,63}")
_HOUSE_ENTRY = DirectoryEntry(HOUSE.tenant_id, HOUSE.slug, "open", 1)


class Side(Enum):
    """Which side of the house an address belongs to."""

    SHOP = "shop"
    ADMIN = "admin"
    API = "api"


@dataclass(frozen=True)
class Hosts:
    """The house's own addresses; every other host is looked up in the directory.

    A bare IP address is the API's: no shop can have one, and load balancers, scrapers of figures
    and scripts on the same network ask by it.
    """

    admin: str
    api: frozenset[str]
    trusted_proxies: frozenset[str] = frozenset()
    shopper_cookie: str = "__Host-galleria_shopper"

    def is_api(self, host: str) -> bool:
        """True when `host` is one of the API's."""
        return host in self.api or _is_address(host)


@lru_cache(maxsize=1_000)
def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class Resolved:
    """What the gateway knows once it knows where a request belongs. `tenant` None: none named."""

    side: Side
    tenant: Tenant | None
    actor: Actor
    headers: Sequence[tuple[bytes, bytes]] = ()
    """What the answer says beside its own: that the key is being replaced, and until when."""


async def resolve(engines: Engines, hosts: Hosts, request: Request) -> Resolved:
    """The side, shop and actor of a request.

    Raises:
        UnknownHost, ShopNotNamed, ShopMismatch, ShopClosed, KeyNotAccepted: see `errors`.
        KeyRefused, KeyAddressNotAllowed, KeyOriginNotAllowed, PassExpired, PassUnreadable: see
            `access`. ShopperSignedOut: see `accounts`.
    """
    host = request.host
    slug = _slug_of_header(request)
    if hosts.is_api(host):
        return await _with_key(engines, Side.API, await _by_slug(engines, slug), request)
    if host == hosts.admin:
        return await _with_key(engines, Side.ADMIN, _same(_HOUSE_ENTRY, slug), request)
    named = await engines.sql.directory.by_host(host)
    if named is None:
        raise UnknownHost(f"no shop lives at {host[:100]}")
    if (cookie := _cookie(hosts, request)) is not None:
        return await _with_cookie(engines, _same(named, slug), request, cookie)
    return await _with_key(engines, Side.SHOP, _same(named, slug), request)


def _same(named: DirectoryEntry, slug: str | None) -> DirectoryEntry:
    """What the address names, unless the header names something else."""
    if slug not in (None, named.slug):
        raise ShopMismatch("the header names another shop than the address")
    return named


def _slug_of_header(request: Request) -> str | None:
    given = request.header(SHOP_HEADER)
    if given is None:
        return None
    slug = given.strip().lower()
    # Checked before the directory is asked: whatever else arrives here is no text for a database.
    if not _SLUG.fullmatch(slug):
        raise UnknownHost(f"there is no shop {given[:100]!r}")
    return slug


async def _by_slug(engines: Engines, slug: str | None) -> DirectoryEntry | None:
    if slug is None:
        return None
    entry = await engines.sql.directory.by_slug(slug)
    if entry is None:
        raise UnknownHost(f"there is no shop {slug!r}")
    return entry


async def _with_key(
    engines: Engines, side: Side, named: DirectoryEntry | None, request: Request
) -> Resolved:
    text = request.bearer()
    if text is None:
        if named is None:
            return Resolved(side, None, ANONYMOUS)
        _refuse_closed(named)
        return Resolved(side, tenant_of(named), ANONYMOUS)

    parts = _parts_of(text)
    entry = await _entry_of(engines, named, parts)
    tenant = tenant_of(entry)
    ctx = Context(engines, tenant, ANONYMOUS, request.request_id)
    if text.startswith(SHOPPER_TOKENS):
        resolved = Resolved(side, tenant, await _shopper(ctx, text))
    else:
        admitted = await _admitted(ctx, parts, text, _caller(request))
        resolved = Resolved(side, tenant, admitted.actor, admitted.headers)
    _refuse_closed(entry)
    return resolved


def _parts_of(text: str) -> TokenParts | access.Pass | None:
    """What a credential says of itself; None for a key that another system made.

    Raises:
        KeyNotAccepted: it is no credential at all.
    """
    if text.startswith(SHOPPER_TOKENS):
        parts: TokenParts | access.Pass | None = read_token(text, accounts.TOKEN_KIND)
        is_foreign = False
    else:
        parts = access.read_key(text) or access.read_pass(text)
        is_foreign = access.is_foreign(text)
    if parts is None and not is_foreign:
        raise KeyNotAccepted("this is no key of ours; was it copied whole?")
    return parts


async def _entry_of(
    engines: Engines, named: DirectoryEntry | None, parts: TokenParts | access.Pass | None
) -> DirectoryEntry:
    """The shop that a credential opens: its own, which the address must not contradict. A key that
    another system made names no shop, and opens the one that the address names."""
    entry = named
    if parts is not None:
        if named is not None and named.tenant_id != parts.tenant_id:
            raise ShopMismatch("the key belongs to another shop than the address or header names")
        entry = named or await engines.sql.directory.by_id(parts.tenant_id)
    if entry is None:
        raise KeyNotAccepted("the key is unknown")
    return entry


async def _admitted(
    ctx: Context, parts: TokenParts | access.Pass | None, text: str, caller: access.Caller
) -> access.Admission:
    """Who acts by a key or a pass. Raises KeyNotAccepted: by this one nobody does."""
    if isinstance(parts, access.Pass):
        admitted = await access.admit_pass(ctx, parts, caller)
    else:
        admitted = await access.admit(ctx, text, caller)
    if admitted is None:
        raise KeyNotAccepted("the key is unknown")
    return admitted


def _caller(request: Request) -> access.Caller:
    return access.Caller(
        address=request.address,
        origin=request.header(b"origin"),
        agent=request.header(b"user-agent") or "",
        path=request.path,
    )


async def _shopper(ctx: Context, text: str) -> Actor:
    """The shopper of a session.

    Raises:
        ShopperSignedOut: it has ended, or there never was one.
    """
    actor = await accounts.actor_of_session(ctx, text)
    if actor is None:
        raise accounts.ShopperSignedOut("the session is unknown or has ended; sign in again")
    return actor


def _cookie(hosts: Hosts, request: Request) -> str | None:
    """The session a browser sends with a page of the shop's own host.

    Never on an address of the API, which programs of other sites may ask: there it would be sent
    by whoever makes a browser ask.
    """
    if request.path.startswith(PROGRAM_PATHS) or request.header(b"authorization") is not None:
        return None
    return request.cookie(hosts.shopper_cookie)


async def _with_cookie(
    engines: Engines, named: DirectoryEntry, request: Request, cookie: str
) -> Resolved:
    """The shopper of a browser; anybody when their session has ended, for pages are for all."""
    _refuse_closed(named)
    tenant = tenant_of(named)
    ctx = Context(engines, tenant, ANONYMOUS, request.request_id)
    actor = await accounts.actor_of_session(ctx, cookie)
    return Resolved(Side.SHOP, tenant, actor or ANONYMOUS)


def _refuse_closed(entry: DirectoryEntry) -> None:
    if entry.status != "open":
        raise ShopClosed(f"{entry.slug} is {entry.status}")


def named_tenant(resolved: Resolved, *, may_be_house: bool) -> Tenant:
    """The request's tenant.

    Raises:
        ShopNotNamed: a route of a shop was asked on the API host without a key or header, or what
            only shops do was asked of the house itself.
    """
    tenant = resolved.tenant
    if tenant is None or (tenant == HOUSE and not may_be_house):
        raise ShopNotNamed("send a key, or name the shop in the header X-Galleria-Shop")
    return tenant
