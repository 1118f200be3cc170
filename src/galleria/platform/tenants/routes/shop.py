"""A shop's own administration over HTTP: itself, its domains, its sales channels."""

from typing import Annotated, TypeVar
from uuid import UUID

from litestar import Response, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody

from galleria.engines.context import Context
from galleria.foundation.errors import Conflict, InvalidInput, PreconditionFailed
from galleria.foundation.pagination import Page
from galleria.foundation.routing import etag_of, expect_version, problems, requires
from galleria.platform.tenants import service
from galleria.platform.tenants.errors import (
    ChannelCodeTaken,
    ChannelNotFound,
    ClockGoesBack,
    DomainNotFound,
    HostTaken,
    InvalidHost,
    LocaleInUse,
    ShopIsLive,
    ShopNotFound,
)
from galleria.platform.tenants.model import Channel, Domain, Shop, ShopClock
from galleria.platform.tenants.schemas import (
    AddDomain,
    ChangeChannel,
    ChangeShop,
    MoveClock,
    NewChannel,
)

Versioned = TypeVar("Versioned", Shop, Channel)
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match")]


@get(
    "/admin/v1/shop",
    operation_id="GetShop",
    tags=["shop"],
    guards=[requires("settings:read")],
    responses=problems(ShopNotFound),
)
async def get_shop(ctx: NamedDependency[Context]) -> Response[Shop]:
    """The shop itself: name, languages, currency, country, settings. Its version is the ETag."""
    return _with_etag(await service.shop_of(ctx))


@patch(
    "/admin/v1/shop",
    operation_id="UpdateShop",
    tags=["shop"],
    guards=[requires("settings:write")],
    responses=problems(ShopNotFound, PreconditionFailed, LocaleInUse, InvalidInput),
)
async def update_shop(
    ctx: NamedDependency[Context], data: JSONBody[ChangeShop], if_match: IfMatch = None
) -> Response[Shop]:
    """Change what is named and nothing else. Settings merge by key; null takes a key away."""
    return _with_etag(await service.update_shop(ctx, data, expect_version(if_match)))


@get(
    "/admin/v1/domains",
    operation_id="ListDomains",
    tags=["shop"],
    guards=[requires("settings:read")],
)
async def list_domains(ctx: NamedDependency[Context]) -> Page[Domain]:
    """Hosts that lead to the shop, the primary one first. All on one page, at most 50."""
    return Page(items=await service.list_domains(ctx))


@post(
    "/admin/v1/domains",
    operation_id="AddDomain",
    tags=["shop"],
    guards=[requires("settings:write")],
    responses=problems(InvalidHost, HostTaken, Conflict),
)
async def add_domain(ctx: NamedDependency[Context], data: JSONBody[AddDomain]) -> Domain:
    """Let a host lead to the shop, or make it the primary one. Safe to repeat."""
    return await service.add_domain(ctx, data.host, data.is_primary)


@delete(
    "/admin/v1/domains/{host:str}",
    operation_id="RemoveDomain",
    tags=["shop"],
    guards=[requires("settings:write")],
    responses=problems(DomainNotFound, InvalidHost),
)
async def remove_domain(ctx: NamedDependency[Context], host: FromPath[str]) -> None:
    """Let a host lead to the shop no longer."""
    await service.remove_domain(ctx, host)


@get(
    "/admin/v1/channels",
    operation_id="ListChannels",
    tags=["shop"],
    guards=[requires("settings:read")],
)
async def list_channels(ctx: NamedDependency[Context]) -> Page[Channel]:
    """The shop's sales channels, the default one first. All on one page, at most 100."""
    return Page(items=await service.list_channels(ctx))


@post(
    "/admin/v1/channels",
    operation_id="CreateChannel",
    tags=["shop"],
    guards=[requires("settings:write")],
    responses=problems(ChannelCodeTaken, Conflict, InvalidInput),
)
async def create_channel(
    ctx: NamedDependency[Context], data: JSONBody[NewChannel]
) -> Response[Channel]:
    """Add a place to sell, with its own currency, languages and countries."""
    return _with_etag(await service.create_channel(ctx, data), status_code=201)


@patch(
    "/admin/v1/channels/{channel_id:uuid}",
    operation_id="UpdateChannel",
    tags=["shop"],
    guards=[requires("settings:write")],
    responses=problems(ChannelNotFound, PreconditionFailed, InvalidInput),
)
async def update_channel(
    ctx: NamedDependency[Context],
    channel_id: FromPath[UUID],
    data: JSONBody[ChangeChannel],
    if_match: IfMatch = None,
) -> Response[Channel]:
    """Change what is named and nothing else. Code and currency stay for good."""
    version = expect_version(if_match)
    return _with_etag(await service.update_channel(ctx, channel_id, data, version))


def _with_etag(content: Versioned, status_code: int = 200) -> Response[Versioned]:
    etag = etag_of(content.version)
    return Response(content, headers={"ETag": etag}, status_code=status_code)


@get(
    "/admin/v1/test-clock",
    operation_id="GetTestClock",
    tags=["shop"],
    guards=[requires("settings:read")],
)
async def get_test_clock(ctx: NamedDependency[Context]) -> ShopClock:
    """What time it is in this shop, and whether its clock can be moved."""
    return service.clock_of(ctx)


@put(
    "/admin/v1/test-clock",
    operation_id="MoveTestClock",
    tags=["shop"],
    guards=[requires("settings:write")],
    responses=problems(ShopIsLive, ClockGoesBack, InvalidInput),
)
async def move_test_clock(ctx: NamedDependency[Context], data: JSONBody[MoveClock]) -> ShopClock:
    """Move a sandbox's clock ahead, never back: scheduled prices, ends of keys, carts and sessions
    come about. It is seen everywhere within two seconds; what runs at set times follows."""
    return await service.move_clock(ctx, data.now)


ROUTES = [
    get_test_clock,
    move_test_clock,
    get_shop,
    update_shop,
    list_domains,
    add_domain,
    remove_domain,
    list_channels,
    create_channel,
    update_channel,
]
