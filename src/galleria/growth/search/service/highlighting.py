"""Shows in cards which of their words answer the question."""

from uuid import UUID

import msgspec

from galleria.commerce import listings
from galleria.commerce.listings import Card, Window
from galleria.engines.context import Context
from galleria.engines.search_index import SearchQuery, SearchResult
from galleria.engines.search_index.marking import Marker, Part
from galleria.foundation.text import plain_text
from galleria.growth.search.model.questions import VariantShown

_MOST_HTML = 4_000  # characters of a description: more than is looked at of its text


class Highlight(msgspec.Struct, frozen=True):
    """A field of a card in parts: `title` whole, of `description` the stretch that answers most."""

    field: str
    parts: list[Part]


class FoundCard(Card, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A card that was found; `highlights` has the fields with some of the words. Grouped by variant
    it has the first of those that the filters mean, and how many of them there are."""

    highlights: list[Highlight] = msgspec.field(default_factory=list)
    variants: list[VariantShown] = msgspec.field(default_factory=list)
    variant_matches: int = 0


class _Titled(msgspec.Struct):
    title: str


async def marked_cards_of(
    ctx: Context, window: Window, query: SearchQuery, result: SearchResult
) -> dict[UUID, str]:
    """The cards of the hits as JSON, each with its highlights; what is not shown is missing."""
    ids = [UUID(hit.product_id) for hit in result.hits]
    marker = Marker(
        query.words,
        query.locale,
        result.match,
        query.synonyms,
        is_unfinished=query.completes_last_word,
    )
    if not marker.has_words:
        return await listings.cards_of(ctx, window, ids)
    described = await listings.described_cards_of(ctx, window, ids)
    return {
        product_id: _with_highlights(card, _highlights(marker, card, description))
        for product_id, (card, description) in described.items()
    }


def _highlights(marker: Marker, card: str, description: str) -> list[Highlight]:
    title = marker.mark(msgspec.json.decode(card, type=_Titled).title)
    text = " ".join(plain_text(description[:_MOST_HTML]).splitlines())
    found = [Highlight("title", title), Highlight("description", marker.snippet(text))]
    return [each for each in found if any(part.is_match for part in each.parts)]


def _with_highlights(card: str, highlights: list[Highlight]) -> str:
    if not highlights:
        return card
    return f'{card[:-1]},"highlights":{msgspec.json.encode(highlights).decode()}}}'
