"""Cards with those of their variants that a shopper's filters mean."""

from collections.abc import Mapping
from uuid import UUID

import msgspec

from galleria.commerce import listings
from galleria.commerce.listings import Detail, Window
from galleria.engines.context import Context
from galleria.growth.search.documents import variants_meant
from galleria.growth.search.model.questions import FIXED, Question, VariantShown

MOST_VARIANTS = 20  # of one card; its page has them all


async def with_variants(
    ctx: Context, window: Window, question: Question, cards: Mapping[UUID, str]
) -> dict[UUID, str]:
    """The cards as JSON with `variants`, the first twenty that are meant, and `variant_matches`,
    how many there are. Two statements more, and one for each product of over a hundred variants."""
    details = await listings.details_of(ctx, window, list(cards))
    return {
        each: _joined(card, details[each], question) if each in details else card
        for each, card in cards.items()
    }


def _joined(card: str, detail: Detail, question: Question) -> str:
    own = {code: values for code, values in question.filters.items() if code not in FIXED}
    is_only_there = question.only_available or set(question.filters.get("available", ())) == {
        "true"
    }
    meant = variants_meant(detail, own, only_available=is_only_there)
    names = [option.name for option in detail.options]
    shown = [
        VariantShown(
            each.variant_id,
            each.sku,
            dict(zip(names, each.options, strict=True)),
            each.price,
            each.is_available,
        )
        for each in meant[:MOST_VARIANTS]
    ]
    written = msgspec.json.encode({"variant_matches": len(meant), "variants": shown}).decode()
    return f"{card[:-1]},{written[1:]}"
