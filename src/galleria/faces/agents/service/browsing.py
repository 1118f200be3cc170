"""The catalog for agents: the shop's own search and shop window."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce import catalog, listings
from galleria.commerce.listings import Card, Detail, Window
from galleria.engines.context import Context
from galleria.faces.agents.errors import InvalidRequest, NothingShown, RequestTooLarge
from galleria.faces.agents.model.discovery import head_of
from galleria.faces.agents.model.products import featured, selected_of, wire_product
from galleria.faces.agents.schemas import (
    DEFAULT_PAGE,
    MAX_IDS,
    LookupBody,
    ProductBody,
    SearchBody,
)
from galleria.faces.agents.service.calling import (
    Call,
    Reply,
    address_of_shop,
    lacking,
    read_body,
)
from galleria.growth import search

MOST_ON_A_PAGE = 50
VARIANTS_IN_A_LIST = 5
VARIANTS_OF_A_PRODUCT = 100
_CARD = msgspec.json.Decoder(Card)


async def search_catalog(ctx: Context, call: Call) -> Reply:
    """A page of products that answer the search; an empty one is no error."""
    body = read_body(call, SearchBody)
    window = await listings.window_of(ctx)
    found = await search.answer(ctx, window, _question(body))
    product_ids = [_CARD.decode(each).product_id for each in found.items]
    details = await listings.details_of(ctx, window, product_ids, whole=False)
    address = await address_of_shop(ctx)
    pagination: dict[str, Any] = {"has_next_page": found.next_cursor is not None}
    if found.next_cursor is not None:
        pagination["cursor"] = found.next_cursor
    if found.total_is_exact:
        pagination["total_count"] = found.total
    return Reply(
        200,
        {
            "ucp": head_of(call.version, call.names),
            "products": [
                wire_product(detail, featured(detail)[:VARIANTS_IN_A_LIST], address)
                for each in product_ids
                if (detail := details.get(each)) is not None and detail.variants
            ],
            "pagination": pagination,
        },
    )


async def lookup_catalog(ctx: Context, call: Call) -> Reply:
    """The products behind ids of products and variants, each once; unknown ids are left out."""
    wanted = list(dict.fromkeys(read_body(call, LookupBody).ids))
    if len(wanted) > MAX_IDS:
        raise RequestTooLarge(f"at most {MAX_IDS} ids at once")
    window = await listings.window_of(ctx)
    details, owners = await _details_behind(ctx, window, wanted)
    address = await address_of_shop(ctx)
    shown: dict[UUID, dict[str, Any]] = {}
    for text in wanted:
        named = _uuid(text)
        detail = details.get(owners.get(named, named)) if named else None
        if detail is None or not detail.variants:
            continue
        variant = featured(detail, named if named in owners else None)[0]
        told = shown.setdefault(detail.product_id, wire_product(detail, [], address))
        (whole,) = wire_product(detail, [variant], address)["variants"]
        match = "exact" if named in owners else "featured"
        _correlate(told["variants"], whole, {"id": text, "match": match})
    head = head_of(call.version, call.names)
    return Reply(200, {"ucp": head, "products": list(shown.values())})


async def get_product(ctx: Context, call: Call) -> Reply:
    """One product with its variants, the featured one first, and what is selected of its options.

    Raises:
        NothingShown: nothing shown has this id.
    """
    body = read_body(call, ProductBody)
    selected = {each.name: each.label for each in body.selected}
    if len(selected) != len(body.selected):
        raise InvalidRequest("an option can be selected once")
    window = await listings.window_of(ctx)
    details, owners = await _details_behind(ctx, window, [body.id])
    named = _uuid(body.id)
    detail = details.get(owners.get(named, named)) if named else None
    if detail is None or not detail.variants:
        raise NothingShown(f"nothing with the id {body.id[:60]!r} is shown")
    variants = featured(detail, named, selected)
    address = await address_of_shop(ctx)
    product = wire_product(detail, variants[:VARIANTS_OF_A_PRODUCT], address)
    if detail.options:
        product["selected"] = selected_of(detail, variants[0])
    return Reply(200, {"ucp": head_of(call.version, call.names), "product": product})


async def list_categories(ctx: Context) -> list[dict[str, Any]]:
    """The shop's categories: name, path, and how many products are in each."""
    return [
        {"name": each.name, "path": each.path, "product_count": each.product_count}
        for each in await listings.categories_of(ctx)
    ]


def _question(body: SearchBody) -> search.Question:
    filters, page = body.filters, body.pagination
    if body.query is None and filters is None:
        raise lacking("query", "a search has words or filters")
    categories = filters.categories if filters else []
    if len(categories) > 1:
        raise InvalidRequest("one category at a time")
    price = filters.price if filters else None
    words = (body.query or "").strip()
    limit = body.limit or (page.limit if page else DEFAULT_PAGE)
    return search.Question(
        words="" if words == "*" else words,
        category=categories[0] if categories else None,
        price_min_minor=price.min if price else None,
        price_max_minor=price.max if price else None,
        limit=min(limit, MOST_ON_A_PAGE),
        cursor=body.cursor or (page.cursor if page else None),
        with_facets=False,
    )


async def _details_behind(
    ctx: Context, window: Window, texts: Sequence[str]
) -> tuple[dict[UUID, Detail], dict[UUID, UUID]]:
    """Documents by product, and the product of each text that names a variant."""
    named = [each for text in texts if (each := _uuid(text)) is not None]
    views = await catalog.variants_of(ctx, named)
    owners = {view.variant_id: view.product_id for view in views}
    product_ids = list(dict.fromkeys([owners.get(each, each) for each in named]))
    details = await listings.details_of(ctx, window, product_ids, whole=False)
    # A variant beyond the first hundred is read with all the others of its product.
    lacking_ids = {
        product_id
        for variant_id, product_id in owners.items()
        if (detail := details.get(product_id)) is not None
        and all(each.variant_id != variant_id for each in detail.variants)
    }
    if lacking_ids:
        details |= await listings.details_of(ctx, window, list(lacking_ids))
    return details, owners


def _correlate(variants: list[dict[str, Any]], fresh: dict[str, Any], why: dict[str, str]) -> None:
    for each in variants:
        if each["id"] == fresh["id"]:
            each["inputs"].append(why)
            return
    variants.append({**fresh, "inputs": [why]})


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
