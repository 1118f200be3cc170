"""Asking the index, and saying it in the words of the shop window."""

from typing import NamedTuple
from uuid import UUID

import msgspec

from galleria.commerce import attributes, listings
from galleria.commerce.attributes import Dictionary
from galleria.commerce.listings import PriceRange, Window
from galleria.engines.context import Context
from galleria.engines.search_index import (
    AVAILABLE,
    BRAND,
    CATEGORY,
    TRAITS,
    FacetFilter,
    Match,
    PriceBounds,
    RangeFilter,
    Ranking,
    SearchQuery,
    SearchResult,
    Sort,
)
from galleria.foundation.ids import new_id
from galleria.foundation.money import Money
from galleria.growth.search import limiting
from galleria.growth.search.curating import Curated
from galleria.growth.search.model.questions import (
    FIXED,
    Answer,
    Completeness,
    FacetShown,
    Question,
    facets_worth_showing,
)
from galleria.growth.search.model.ranges import RangeShown
from galleria.growth.search.service import (
    curations,
    grouping,
    hot,
    offering,
    pricing,
    ranging,
    rankings,
    showing,
    synonyms,
)
from galleria.growth.search.service.highlighting import marked_cards_of

CURSOR_SCOPE = "search"
UNFINISHED = "unfinished"


async def look_again(ctx: Context) -> None:
    """The next question goes by synonyms, curations and rankings as they are now, not as they were
    some seconds ago."""
    await synonyms.look_again(ctx)
    await curations.look_again(ctx)
    await rankings.look_again(ctx)


async def ask(
    ctx: Context,
    window: Window,
    question: Question,
    said: Curated | None = None,
    ranking: Ranking | None = None,
) -> Answer:
    """A page of cards for the question, with counts when it wants facets.

    `said` is what is to hold for it, instead of what the shop's curations say; `ranking` what its
    order is made of, instead of what the question names.

    Raises:
        InvalidCursor, InvalidSearchQuery, SearchPageTooDeep: the question cannot be asked.
        RankingNotFound: it names a ranking that the shop has not.
        SearchOverloaded, SearchTimeout, SearchUnavailable: the index cannot answer at present.
    """
    if said is None:
        said = await curations.holding(ctx, question, window.locale)
    if ranking is None:
        ranking = await rankings.holding(ctx, question.ranking)
    held = limiting.held(question)
    if held is None:
        return _nothing(question, said)
    query = await query_of(ctx, window, held, said)
    query = msgspec.structs.replace(query, ranking=ranking)
    query, result = await _found(ctx, query, question)
    counts = await _counts(ctx, query, result, question)
    ids = [UUID(hit.product_id) for hit in result.hits]
    if question.with_highlights:
        cards = await marked_cards_of(ctx, window, query, result)
    else:
        cards = await listings.cards_of(ctx, window, ids)
    if question.group == "variant":
        cards = await grouping.with_variants(ctx, window, held, cards)
    bounds = await pricing.bounds_told(ctx, window, query, result, question.allowed)
    begins_at = int(query.after or 0)
    return Answer(
        query_id=question.query_id or new_id(),
        items=[msgspec.Raw(cards[each].encode()) for each in ids if each in cards],
        total=result.total,
        total_is_exact=result.total_is_exact,
        match=UNFINISHED if query.completes_last_word else result.match.value,
        did_you_mean=result.did_you_mean,
        is_partial=result.is_partial or counts.is_short,
        facets=counts.facets,
        price_range=_price_range(window, bounds),
        redirect_to=said.redirect_to,
        next_cursor=_cursor_at(ctx, result.next_position),
        previous_cursor=_cursor_before(ctx, begins_at, query.limit),
        begins_at=begins_at,
        took_ms=result.took_ms,
        ranges=counts.ranges,
        total_variants=result.variants,
        completeness=Completeness(*msgspec.structs.astuple(result.completeness)),
    )


def _cursor_at(ctx: Context, position: str | None) -> str | None:
    if position is None:
        return None
    return ctx.engines.cursors.encode(ctx.tenant.tenant_id, CURSOR_SCOPE, [position])


def _cursor_before(ctx: Context, begins_at: int, limit: int) -> str | None:
    return _cursor_at(ctx, str(max(0, begins_at - limit))) if begins_at else None


def _price_range(window: Window, bounds: PriceBounds | None) -> PriceRange | None:
    if bounds is None:
        return None
    return PriceRange(
        Money(bounds.min_minor, window.currency), Money(bounds.max_minor, window.currency)
    )


def _nothing(question: Question, said: Curated) -> Answer:
    """The answer to a question for what may not be searched: the index is not asked."""
    return Answer(
        query_id=question.query_id or new_id(),
        items=[],
        total=0,
        total_is_exact=True,
        match=Match.ALL_WORDS.value,
        did_you_mean=None,
        is_partial=False,
        facets=[],
        price_range=None,
        redirect_to=said.redirect_to,
        next_cursor=None,
        took_ms=0.0,
        total_variants=0 if question.group == "variant" else None,
    )


async def _found(
    ctx: Context, query: SearchQuery, question: Question
) -> tuple[SearchQuery, SearchResult]:
    """What the index answers, and to which query: that of unfinished words, where nothing has them
    as they are. Who is still typing has not mistyped yet."""
    result = await hot.answer_to(ctx, query)
    is_found = result.total > 0 and result.match is Match.ALL_WORDS
    if question.may_be_unfinished and question.words and not is_found:
        begun = msgspec.structs.replace(query, completes_last_word=True)
        again = await hot.answer_to(ctx, begun)
        if again.total and (again.match is Match.ALL_WORDS or not result.total):
            return begun, again
    return query, result


async def query_of(ctx: Context, window: Window, question: Question, said: Curated) -> SearchQuery:
    """The question as the index is asked it. Raises InvalidCursor."""
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
        ranges=tuple(RangeFilter(code, *ends) for code, ends in question.ranges.items()),
        counts_variants=question.group == "variant",
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


class _Counts(NamedTuple):
    """What can be narrowed by; `is_short` when some of it could not be had in time."""

    facets: list[FacetShown]
    ranges: list[RangeShown]
    is_short: bool


async def _counts(
    ctx: Context, query: SearchQuery, result: SearchResult, question: Question
) -> _Counts:
    if not question.with_facets:
        return _Counts([], [], False)
    known = await attributes.dictionary(ctx)
    question = offering.as_offered(question, known)
    named: ranging.Named = {**known.definitions.get("product", {}), **known.by_code}
    counted = await _counted(ctx, query, question, named, _worth_showing(result, known))
    facets, ranges = limiting.told(result.facets, question.allowed), list[RangeShown]()
    if counted is not None:
        ranges = ranging.ranges_shown(counted.numbers, question, named, ctx.locale)
        more = limiting.told(counted.facets, question.allowed)
        facets += (e for e in more if not ranging.is_better_as_range(e, ranges, question))
    shown = await showing.facets_shown(ctx, facets, question, known)
    return _Counts(shown, ranges, counted is not None and counted.is_partial)


def _worth_showing(result: SearchResult, known: Dictionary) -> list[str]:
    """The facets that fit these hits, of those that the shop offers.

    Which facets the hits have was counted with them: a shop with 5,000 attributes shows the fitting
    eight.
    """
    codes = next((facet for facet in result.facets if facet.code == TRAITS), None)
    counts = {value.value: value.count for value in codes.values} if codes else {}
    found = [(code, counts[code]) for code in offering.offered(list(counts), known)]
    return facets_worth_showing(found, result.total)


async def _counted(
    ctx: Context, query: SearchQuery, question: Question, named: ranging.Named, fitting: list[str]
) -> SearchResult | None:
    """Counts of the fitting facets, and of those the shopper has ticked; and how far those that are
    numbers go."""
    wanted = list(fitting)
    wanted += [code for code in question.filters if code not in FIXED and code not in wanted]
    numbers = ranging.numbers_among(wanted, question, named)
    if not wanted and not numbers:
        return None
    counting = msgspec.structs.replace(
        query,
        facets=tuple(wanted),
        bounds_of=numbers,
        limit=0,
        after=None,
        wants_price_bounds=False,
    )
    return await hot.answer_to(ctx, counting)
