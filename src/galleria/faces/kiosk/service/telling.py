"""What a kiosk is told of products: as its profile has them, with stock here and vouched prices."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce import inventory, listings
from galleria.engines.context import Context
from galleria.faces.kiosk.model.packs import Line, Picture
from galleria.faces.kiosk.model.signing import Priced, price_code
from galleria.faces.kiosk.service.picturing import pictures_of
from galleria.faces.kiosk.service.standing import Stand
from galleria.faces.profiles import Shaper, staff_notes

INLINE = 100  # variants of a product that its listing holds itself
ASKED_AT_ONCE = 500  # variants whose stock is asked for by one statement
_PLACES: Sequence[listings.PlaceKind] = ("categories", "collections")


class Vouching(msgspec.Struct, frozen=True):
    """With what prices are vouched for, and until when they hold."""

    key: bytes
    until: datetime


async def lines_of(
    ctx: Context, stand: Stand, vouching: Vouching, product_ids: Sequence[UUID]
) -> list[Line]:
    """A line for each of the products in this order, as the window shows them now. Holds all their
    variants in memory: ask for a hundred at most."""
    details = await listings.details_among(ctx, stand.window, product_ids, _PLACES)
    long = [each.product_id for each in details.values() if each.variant_count > INLINE]
    whole = await listings.details_of(ctx, stand.window, long) if long else {}
    details |= {
        product_id: msgspec.structs.replace(details[product_id], variants=each.variants)
        for product_id, each in whole.items()
    }
    stock = await _stock_here(
        ctx, stand, [each.variant_id for one in details.values() for each in one.variants]
    )
    shaper = Shaper(stand.profile)
    told_of: dict[UUID, dict[str, Any]] = {}
    for product_id in product_ids:
        detail = details.get(product_id)
        if detail is None:
            continue
        told = shaper.shape("product", msgspec.to_builtins(detail))
        told["variants"] = list(_vouched(stand, vouching, told["variants"], stock))
        if stand.edition.with_staff_notes:
            told["staff_notes"] = await staff_notes(ctx, product_id)
        told_of[product_id] = told
    found = await pictures_of(ctx, stand.profile, list(told_of.values()))
    pictures = dict(zip(told_of, found, strict=True))
    return [
        _line(product_id, told_of[product_id], pictures[product_id])
        if product_id in told_of
        else Line(product_id, None)
        for product_id in product_ids
    ]


def _line(product_id: UUID, told: dict[str, Any], pictures: Sequence[Picture]) -> Line:
    said = {"product_id": product_id, "product": told, "pictures": pictures}
    return Line(
        product_id=product_id,
        json=msgspec.json.encode(said),
        variant_count=len(told["variants"]),
        picture_count=len(pictures),
        picture_bytes=sum(each.size_bytes for each in pictures),
    )


def _vouched(
    stand: Stand,
    vouching: Vouching,
    variants: Iterable[dict[str, Any]],
    stock: Mapping[UUID, int | None],
) -> Iterable[dict[str, Any]]:
    for variant in variants:
        variant_id, price = UUID(variant["variant_id"]), variant["price"]
        priced = Priced(
            channel=stand.window.code,
            variant_id=variant_id,
            amount_minor=price["amount_minor"],
            currency=price["currency"],
        )
        code = price_code(vouching.key, priced, vouching.until)
        # What a bundle consists of lies here, the bundle itself does not.
        here = None if variant.get("components") else stock.get(variant_id)
        yield {**variant, "available_here": here, "price_code": code}


async def _stock_here(
    ctx: Context, stand: Stand, variant_ids: Sequence[UUID]
) -> dict[UUID, int | None]:
    """How many of each lie here and can be sold; None of what nobody counts."""
    found: dict[UUID, int | None] = {}
    for start in range(0, len(variant_ids), ASKED_AT_ONCE):
        some = variant_ids[start : start + ASKED_AT_ONCE]
        terms = await inventory.availability(ctx, some)
        found |= {each: 0 if terms[each].is_tracked else None for each in some}
        levels = await inventory.list_stock(
            ctx, some, stand.location.location_id, limit=ASKED_AT_ONCE
        )
        for level in levels.items:
            if found[level.variant_id] is not None:
                found[level.variant_id] = level.available
    return found
