"""Asking the index, and saying it in the words of the shop window."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from galleria.commerce import attributes, listings
from galleria.commerce.attributes import Attribute, MetafieldDefinition
from galleria.commerce.listings import Window
from galleria.engines.context import Context
from galleria.engines.search_index import (
    AVAILABLE,
    BRAND,
    CATEGORY,
    TRAITS,
    Facet,
    FacetFilter,
    SearchQuery,
    SearchResult,
    Sort,
    Suggestions,
    SuggestQuery,
)
from galleria.foundation.ids import new_id
from galleria.foundation.money import Money
from galleria.growth.search.curating import Curated
from galleria.growth.search.model.questions import (
    FIXED,
    Answer,
    FacetShown,
    Question,
    ValueShown,
    facets_worth_showing,
)
from galleria.growth.search.service import curations, hot, synonyms

CURSOR_SCOPE = "search"
STANDARD = "standard"  # the weights that shoppers are answered by
_FIXED_LABELS = {
    "brand": {"en": "Brand", "de": "Marke"},
    "category": {"en": "Category", "de": "Kategorie"},
    "available": {"en": "In stock", "de": "Auf Lager"},
}
_NAMES_OF_FIXED = {code: name for name, code in FIXED.items()}
_YES_NO = {"en": {"yes": "Yes", "no": "No"}, "de": {"yes": "Ja", "no": "Nein"}}


async def profiles(ctx: Context) -> list[str]:
    """The names of the weights that answers can be ranked by, those of shoppers first."""
    return [STANDARD]


async def look_again(ctx: Context) -> None:
    """The next question goes by synonyms and curations as they are now, not some seconds ago."""
    await synonyms.look_again(ctx)
    await curations.look_again(ctx)


async def ask(
    ctx: Context, window: Window, question: Question, said: Curated | None = None
) -> Answer:
    """A page of cards for the question, with counts when it wants facets.

    `said` is what is to hold for it, instead of what the shop's curations say.

    Raises:
        InvalidCursor, InvalidSearchQuery, SearchPageTooDeep: the question cannot be asked.
        SearchOverloaded, SearchTimeout, SearchUnavailable: the index cannot answer at present.
    """
    if said is None:
        said = await curations.holding(ctx, question, window.locale)
    query = await _query(ctx, window, question, said)
    result = await hot.answer_to(ctx, query)
    facets, is_short = list(result.facets), False
    if question.with_facets:
        counted = await _counted(ctx, query, result, question)
        facets += counted.facets if counted else ()
        is_short = counted is not None and counted.is_partial
    ids = [UUID(hit.product_id) for hit in result.hits]
    cards = await listings.cards_of(ctx, window, ids)
    bounds = result.price_bounds
    next_cursor = None
    if result.next_position is not None:
        next_cursor = ctx.engines.cursors.encode(
            ctx.tenant.tenant_id, CURSOR_SCOPE, [result.next_position]
        )
    return Answer(
        query_id=question.query_id or new_id(),
        items=[msgspec.Raw(cards[each].encode()) for each in ids if each in cards],
        total=result.total,
        total_is_exact=result.total_is_exact,
        match=result.match.value,
        did_you_mean=result.did_you_mean,
        is_partial=result.is_partial or is_short,
        facets=await _shown(ctx, facets, question),
        price_range=(
            (Money(bounds.min_minor, window.currency), Money(bounds.max_minor, window.currency))
            if bounds
            else None
        ),
        redirect_to=said.redirect_to,
        next_cursor=next_cursor,
        took_ms=result.took_ms,
    )


async def _query(ctx: Context, window: Window, question: Question, said: Curated) -> SearchQuery:
    after = None
    if question.cursor is not None:
        (position,) = ctx.engines.cursors.decode(
            question.cursor, ctx.tenant.tenant_id, CURSOR_SCOPE
        )
        after = str(position)
    return SearchQuery(
        channel=str(window.channel_id),
        locale=window.locale,
        words=question.words,
        synonyms=await synonyms.fitting(ctx, question.words, window.locale),
        pinned=said.pinned,
        hidden=said.hidden,
        lifts=said.lifts,
        filters=tuple(
            FacetFilter(FIXED.get(code, code), values)
            for code, values in question.filters.items()
            if values
        ),
        category=question.category,
        collection=question.collection,
        only_available=question.only_available,
        currency=window.currency,
        price_min_minor=question.price_min_minor,
        price_max_minor=question.price_max_minor,
        wants_price_bounds=question.with_facets,
        facets=(BRAND, CATEGORY, AVAILABLE, TRAITS) if question.with_facets else (),
        facet_values=40,
        sort=Sort(question.sort),
        limit=question.limit,
        after=after,
    )


async def _counted(
    ctx: Context, query: SearchQuery, result: SearchResult, question: Question
) -> SearchResult | None:
    """Counts of the facets that fit these hits, and of those the shopper has ticked.

    Which facets the hits have was counted with them: a shop with 5,000 attributes shows the fitting
    eight.
    """
    codes = next((facet for facet in result.facets if facet.code == TRAITS), None)
    found = [(value.value, value.count) for value in codes.values] if codes else []
    wanted = facets_worth_showing(found, result.total)
    wanted += [code for code in question.filters if code not in FIXED and code not in wanted]
    if not wanted:
        return None
    counting = msgspec.structs.replace(
        query, facets=tuple(wanted), limit=0, after=None, wants_price_bounds=False
    )
    return await hot.answer_to(ctx, counting)


async def _shown(ctx: Context, facets: Sequence[Facet], question: Question) -> list[FacetShown]:
    named = await _named(ctx) if any(not each.code.startswith("@") for each in facets) else {}
    names = {node.path: node.name for node in await listings.categories_of(ctx)}
    words = _YES_NO.get(ctx.locale, _YES_NO["en"])
    shown: list[FacetShown] = []
    for facet in facets:
        code = _NAMES_OF_FIXED.get(facet.code, facet.code)
        chosen = set(question.filters.get(code, ()))
        if facet.code == TRAITS or (len(facet.values) < 2 and not chosen):
            continue
        known = named.get(code)
        fixed = _FIXED_LABELS.get(code)
        label = fixed.get(ctx.locale, fixed["en"]) if fixed else code
        if known is not None:
            label = known.labels.get(ctx.locale) or known.label
        shown.append(
            FacetShown(
                code,
                label,
                [
                    ValueShown(
                        v.value,
                        names.get(v.value) or words.get(v.value) or v.value,
                        v.count,
                        v.value in chosen,
                    )
                    for v in facet.values
                ],
            )
        )
    return shown


async def _named(ctx: Context) -> dict[str, Attribute | MetafieldDefinition]:
    """What facets are called, by their code."""
    snapshot = await attributes.dictionary(ctx)
    return {**snapshot.definitions.get("product", {}), **snapshot.by_code}


async def suggest(ctx: Context, window: Window, prefix: str, limit: int = 8) -> Suggestions:
    """How the typed words may go on, and the first products for them.

    Raises:
        SearchOverloaded, SearchTimeout, SearchUnavailable: the index cannot answer at present.
    """
    query = SuggestQuery(
        channel=str(window.channel_id), locale=window.locale, prefix=prefix, limit=limit
    )
    return await ctx.engines.search.suggest(ctx.tenant.tenant_id, query)
