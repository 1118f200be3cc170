"""What a device in the shop is told besides: how many lie where, and what is written for staff."""

from collections import defaultdict
from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce import attributes, catalog, inventory, listings
from galleria.engines.context import Context
from galleria.faces.profiles.model.profiles import Profile
from galleria.platform.access import STAFF_NOTES_SCOPE

STOCK_SCOPE = "stock:read"
_MOST_LEVELS = 1_000  # of the hundred variants that an answer holds, at ten places each


def is_enriched(ctx: Context, profile: Profile, shape: str) -> bool:
    """True when an answer of this shape says what only some who ask may know."""
    return shape in ("product", "variants") and (
        (profile.stock == "by_place" and ctx.actor.may(STOCK_SCOPE))
        or (profile.with_staff_notes and ctx.actor.may(STAFF_NOTES_SCOPE))
    )


async def enrich(ctx: Context, profile: Profile, shape: str, answer: dict[str, Any]) -> None:
    """The answer says what its reader may know: two statements for places, two for notes."""
    if profile.stock == "by_place" and ctx.actor.may(STOCK_SCOPE):
        await _tell_places(ctx, answer["variants" if shape == "product" else "items"])
    if shape == "product" and profile.with_staff_notes and ctx.actor.may(STAFF_NOTES_SCOPE):
        answer["staff_notes"] = await staff_notes(ctx, UUID(answer["product_id"]))


async def _tell_places(ctx: Context, variants: list[dict[str, Any]]) -> None:
    """Each variant says how many can be had at each of the shop's active places."""
    places = {each.location_id: each for each in await inventory.list_locations(ctx)}
    levels = await inventory.list_stock(
        ctx, [UUID(each["variant_id"]) for each in variants], limit=_MOST_LEVELS
    )
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for level in levels.items:
        place = places.get(level.location_id)
        if place is not None and place.is_active:
            found[str(level.variant_id)].append(
                {"code": place.code, "name": place.name, "available": level.available}
            )
    for variant in variants:
        variant["places"] = found[variant["variant_id"]]


async def staff_notes(ctx: Context, product_id: UUID) -> list[Any]:
    """The product's metafields that are meant for staff, in the context's language. Who may read
    them is for the caller to ask."""
    definitions = (await attributes.dictionary(ctx)).definitions.get("product", {})
    if not any(each.storefront == "staff" for each in definitions.values()):
        return []
    values = await catalog.metafields_of(ctx, product_id)
    notes = listings.shown_metafields(definitions, values, ctx.locale, "staff")
    return [msgspec.to_builtins(each) for each in notes]
