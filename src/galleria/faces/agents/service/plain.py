"""The plain tools: the same carts, checkouts and orders, for a client that knows no protocol."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from galleria.engines.context import Context
from galleria.faces.agents.model.protocol import CAPABILITIES, NEWEST
from galleria.faces.agents.schemas import Cursor, Identifier
from galleria.faces.agents.service import browsing
from galleria.faces.agents.service.calling import Call, Reply, read_body
from galleria.faces.agents.service.performing import perform

ArgumentsT = TypeVar("ArgumentsT")
_EVERYTHING = tuple(each.name for each in CAPABILITIES[NEWEST])


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Arguments of a tool: what nobody knows is refused, as it was meant for something."""


class Search(Asked, frozen=True):
    """What search_products takes."""

    query: Annotated[str, Meta(max_length=500)] = ""
    category: Annotated[str, Meta(max_length=500)] | None = None
    price_min: Annotated[int, Meta(ge=0, le=2**53 - 1)] | None = None
    price_max: Annotated[int, Meta(ge=0, le=2**53 - 1)] | None = None
    limit: Annotated[int, Meta(ge=1, le=50)] = 10
    cursor: Cursor | None = None


class Item(Asked, frozen=True):
    """Pieces of a variant."""

    id: Identifier
    quantity: Annotated[int, Meta(ge=1, le=999)] = 1


Items = Annotated[list[Item], Meta(min_length=1, max_length=100)]


class Named(Asked, frozen=True):
    """What show_product takes."""

    id: Identifier


class Nothing(Asked, frozen=True):
    """What list_categories takes."""


class Filling(Asked, frozen=True):
    """What fill_cart takes."""

    items: Items
    cart_id: Identifier | None = None


class NamedCart(Asked, frozen=True):
    """What show_cart takes."""

    cart_id: Identifier


class Address(Asked, frozen=True):
    """Where it goes, in everyday words."""

    name: Annotated[str, Meta(max_length=200)]
    street: Annotated[str, Meta(max_length=200)]
    city: Annotated[str, Meta(max_length=200)]
    country: Annotated[str, Meta(max_length=2)]
    region: Annotated[str, Meta(max_length=200)] | None = None
    postal_code: Annotated[str, Meta(max_length=20)] | None = None


class Preparing(Asked, frozen=True):
    """What prepare_checkout takes."""

    checkout_id: Identifier | None = None
    cart_id: Identifier | None = None
    items: Items | None = None
    email: Annotated[str, Meta(max_length=254)] | None = None
    address: Address | None = None
    shipping_option: Identifier | None = None


class Placing(Asked, frozen=True):
    """What place_order takes."""

    checkout_id: Identifier
    payment_method: Identifier
    payment_token: Annotated[str, Meta(min_length=1, max_length=500)]
    idempotency_key: Annotated[str, Meta(min_length=1, max_length=255)]


class NamedOrder(Asked, frozen=True):
    """What order_status takes."""

    order_id: Identifier


async def search_products(ctx: Context, raw: bytes) -> Reply:
    """Products that answer a search."""
    asked = _read(raw, Search)
    filters: dict[str, Any] = {"price": {"min": asked.price_min, "max": asked.price_max}}
    if asked.category is not None:
        filters["categories"] = [asked.category]
    page = {"limit": asked.limit, "cursor": asked.cursor}
    body = {"query": asked.query, "filters": filters, "pagination": page}
    return await _do(ctx, "search_catalog", body)


async def show_product(ctx: Context, raw: bytes) -> Reply:
    """One product."""
    return await _do(ctx, "get_product", {"id": _read(raw, Named).id})


async def list_categories(ctx: Context, raw: bytes) -> Reply:
    """The shop's categories."""
    _read(raw, Nothing)
    return Reply(200, {"categories": await browsing.list_categories(ctx)})


async def fill_cart(ctx: Context, raw: bytes) -> Reply:
    """A cart with these items and no others."""
    asked = _read(raw, Filling)
    body = {"line_items": _lines(asked.items)}
    if asked.cart_id is None:
        return await _do(ctx, "create_cart", body)
    return await _do(ctx, "update_cart", body, asked.cart_id)


async def show_cart(ctx: Context, raw: bytes) -> Reply:
    """A cart at today's prices."""
    return await _do(ctx, "get_cart", None, _read(raw, NamedCart).cart_id)


async def prepare_checkout(ctx: Context, raw: bytes) -> Reply:
    """A checkout with what was said; what was said before and is left out now stays."""
    asked = _read(raw, Preparing)
    before: dict[str, Any] = {}
    if asked.checkout_id is not None:
        found = await _do(ctx, "get_checkout", None, asked.checkout_id)
        if found.status != 200:
            return found
        before = found.body
    body: dict[str, Any] = {"line_items": _lines(asked.items or []) or _lines_before(before)}
    buyer = {"email": asked.email} if asked.email else before.get("buyer")
    if buyer is not None:
        body["buyer"] = buyer
    body["fulfillment"] = {"methods": [_method(asked, before)]}
    if asked.checkout_id is not None:
        return await _do(ctx, "update_checkout", body, asked.checkout_id)
    if asked.cart_id is not None:
        body["cart_id"] = asked.cart_id
    return await _do(ctx, "create_checkout", body)


async def place_order(ctx: Context, raw: bytes) -> Reply:
    """The order, placed once for a key."""
    asked = _read(raw, Placing)
    credential = {"type": "token", "token": asked.payment_token}
    instrument = {
        "id": "card",
        "type": "card",
        "handler_id": asked.payment_method,
        "credential": credential,
    }
    body = {"payment": {"instruments": [instrument]}}
    return await _do(ctx, "complete_checkout", body, asked.checkout_id, asked.idempotency_key)


async def order_status(ctx: Context, raw: bytes) -> Reply:
    """An order as it stands."""
    return await _do(ctx, "get_order", None, _read(raw, NamedOrder).order_id)


PLAIN: dict[str, Callable[[Context, bytes], Awaitable[Reply]]] = {
    each.__name__: each
    for each in (
        search_products,
        show_product,
        list_categories,
        fill_cart,
        show_cart,
        prepare_checkout,
        place_order,
        order_status,
    )
}


def _read(raw: bytes, kind: type[ArgumentsT]) -> ArgumentsT:
    return read_body(Call(version=NEWEST, body=raw), kind)


async def _do(
    ctx: Context, name: str, body: Any, thing_id: str = "", key: str | None = None
) -> Reply:
    raw = b"" if body is None else msgspec.json.encode(body)
    call = Call(version=NEWEST, body=raw, thing_id=thing_id, key=key, names=_EVERYTHING)
    reply = await perform(ctx, name, call)
    # Versions and capabilities say nothing to who knows no protocol, and fill what it remembers.
    told = {key: value for key, value in reply.body.items() if key != "ucp"}
    return Reply(reply.status, told)


def _lines(items: list[Item]) -> list[dict[str, Any]]:
    return [{"item": {"id": each.id}, "quantity": each.quantity} for each in items]


def _lines_before(before: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"item": {"id": line["item"]["id"]}, "quantity": line["quantity"]}
        for line in before.get("line_items", [])
    ]


def _method(asked: Preparing, before: dict[str, Any]) -> dict[str, Any]:
    """How it goes: as said now, else as said before."""
    methods = before.get("fulfillment", {}).get("methods") or [{}]
    places = methods[0].get("destinations")
    groups = methods[0].get("groups") or [{}]
    if asked.address is not None:
        told = asked.address
        place = {
            "full_name": told.name,
            "street_address": told.street,
            "address_locality": told.city,
            "address_region": told.region,
            "postal_code": told.postal_code,
            "address_country": told.country,
        }
        places = [place]
    option = asked.shipping_option or groups[0].get("selected_option_id")
    return {
        "type": "shipping",
        "destinations": places,
        "groups": [{"selected_option_id": option}],
    }
