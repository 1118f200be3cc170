"""One question to the cluster and its answer: one round trip, two when the words need give."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from galleria.engines.search_index.analysis import fold_analyzer, surface_analyzer, words_asked
from galleria.engines.search_index.correcting import corrected
from galleria.engines.search_index.errors import SearchUnavailable
from galleria.engines.search_index.model import (
    MAX_OFFSET,
    Completeness,
    Hit,
    Match,
    SearchQuery,
    SearchResult,
    Sort,
    Suggestions,
    SuggestQuery,
    language_of,
    words_of,
)
from galleria.engines.search_index.naming import TRAIT_FIELD
from galleria.engines.search_index.opensearch.clauses import Clause, term, values_aggregation
from galleria.engines.search_index.opensearch.counting import Counted
from galleria.engines.search_index.opensearch.curating import lifted_by
from galleria.engines.search_index.opensearch.kinds import Usual, UsualTraits, trait_lifts, usual_in
from galleria.engines.search_index.opensearch.narrowing import Narrowing
from galleria.engines.search_index.opensearch.question import HITS, USUAL, Asked, Question
from galleria.engines.search_index.opensearch.rounds import Found, Rounds
from galleria.engines.search_index.opensearch.weighing import Scored, in_order
from galleria.engines.search_index.opensearch.words_asked import words_clauses
from galleria.engines.search_index.preparing import (
    Card,
    completion_prefix,
    scope_of,
    surface_of,
)
from galleria.engines.search_index.words import (
    MOST_BEGINNINGS,
    Word,
    is_completable,
    read_words,
)

Answers = Mapping[str, Found | None]
_COMPLETIONS, _GOING_ON = "completions", "going_on"
_card = msgspec.msgpack.Decoder(Card)


async def answer(
    rounds: Rounds, tenant_id: int, query: SearchQuery, usual: UsualTraits
) -> SearchResult:
    """The answer to `query` inside this tenant.

    Raises:
        SearchPageTooDeep, InvalidSearchQuery: see `Question`.
        SearchTimeout, SearchOverloaded, SearchUnavailable: see `Rounds.ask`.
    """
    if not query.completes_last_word:
        words = read_words(query.words, query.locale, query.synonyms)
        return await _answered(rounds, Question(tenant_id, query, words), usual)
    body = _beginnings_body(scope_of(tenant_id, query.channel, query.locale), query.words)
    found = await rounds.ask({_COMPLETIONS: body}) if body is not None else {}
    words = _begun(query, _surfaces(found.get(_COMPLETIONS)))
    return await _answered(rounds, Question(tenant_id, query, words), usual)


async def suggestions(
    rounds: Rounds, tenant_id: int, query: SuggestQuery, usual: UsualTraits
) -> Suggestions:
    """How the words may go on, and the first products for them."""
    typed = " ".join(words_of(query.prefix))
    if not fold_analyzer().analyze(typed):
        return Suggestions((), ())
    asked = SearchQuery(
        channel=query.channel,
        locale=query.locale,
        words=typed,
        synonyms=query.synonyms,
        pinned=query.pinned,
        hidden=query.hidden,
        lifts=query.lifts,
        completes_last_word=True,
        limit=query.limit,
    )
    scope = scope_of(tenant_id, query.channel, query.locale)
    surface = surface_analyzer().analyze(typed)[-1]
    head = typed[: max(0, typed.lower().rfind(surface))]
    bodies: dict[str, Clause] = {}
    body = _beginnings_body(scope, typed)
    if body is not None:
        said = read_words(head, query.locale, query.synonyms)
        before = words_clauses(said, Match.ALL_WORDS, asked.ranking)
        shown = Narrowing(tenant_id, asked).page()
        last = fold_analyzer().analyze(surface)[0]
        bodies[_COMPLETIONS] = body
        bodies[_GOING_ON] = _completions_body(scope, last, query.limit, [*shown, *before])
    found = await rounds.ask(bodies) if bodies else {}
    words = _begun(asked, _surfaces(found.get(_COMPLETIONS)))
    result = await _answered(rounds, Question(tenant_id, asked, words), usual)
    going_on = dict.fromkeys(head + each for each in _surfaces(found.get(_GOING_ON)))
    return Suggestions(tuple(going_on), result.hits)


async def _answered(rounds: Rounds, question: Question, usual: UsualTraits) -> SearchResult:
    asked = question.read_as(Match.ALL_WORDS)
    answers: Answers = await rounds.ask(question.first_bodies(asked, usual))
    if USUAL in answers:
        usual.keep(question.scope, _usual(answers[USUAL]))
    hits = _essential(answers)
    eased = question.eased(answers, hits.total)
    if eased and rounds.deadline.soft_ms:
        asked, answers = await _eased(rounds, question, eased, (asked, answers))
    return _result(rounds, question, asked, answers, usual)


async def _eased(
    rounds: Rounds, question: Question, eased: Sequence[Match], exact: tuple[Asked, Answers]
) -> tuple[Asked, Answers]:
    """The reading with the least give that finds more than the exact one, if there is time."""
    readings = [question.read_as(match) for match in eased]
    bodies = {
        f"{reading.match} {name}": body
        for reading in readings
        for name, body in question.bodies(reading).items()
    }
    try:
        found = await rounds.ask(bodies)
    except SearchUnavailable:
        return exact
    for reading in readings:
        begins = f"{reading.match} "
        answers = {
            n.removeprefix(begins): each for n, each in found.items() if n.startswith(begins)
        }
        hits = answers[HITS]
        if hits is not None and hits.total > _essential(exact[1]).total:
            return reading, answers
    return exact


def _result(
    rounds: Rounds, question: Question, asked: Asked, answers: Answers, usual: UsualTraits
) -> SearchResult:
    query, found = question.query, _essential(answers)
    page = _page(question, asked, found, usual)
    hits = tuple(
        Hit(card.product_id, card.handle, card.title, round(score, 6)) for score, card in page
    )
    counted = _counted(question, answers, found)
    ends = question.offset + len(hits)
    titles = [hit.title for hit in hits]
    return SearchResult(
        hits=hits,
        total=found.total,
        total_is_exact=found.is_exact,
        match=asked.match,
        facets=counted.facets,
        price_bounds=counted.price_bounds,
        numbers=counted.numbers,
        variants=counted.variants,
        next_position=str(ends) if hits and ends < min(found.total, MAX_OFFSET) else None,
        did_you_mean=corrected(query.words, titles) if asked.match is Match.CORRECTED else None,
        is_partial=counted.is_partial or not found.is_whole,
        completeness=Completeness(parts=found.shards.total, parts_answered=found.shards.successful),
        took_ms=round(rounds.deadline.took_ms, 3),
    )


def _essential(answers: Answers) -> Found:
    found = answers[HITS]
    assert found is not None, "the round would have failed"
    return found


def _usual(share: Found | None) -> Usual:
    """What was counted. Nothing, where that took too long: it would take as long the next time."""
    if share is None or not share.is_whole:
        return Usual({}, 0)
    return usual_in(share.total, share.aggregations)


def _counted(question: Question, answers: Answers, found: Found) -> Counted:
    counted: dict[str, Mapping[str, Any] | None] = {
        HITS: found.aggregations if found.is_whole else None
    }
    for name in question.counting.pieces:
        piece = answers.get(name)
        counted[name] = piece.aggregations if piece is not None and piece.is_whole else None
    return question.counting.read(counted)


def _page(question: Question, asked: Asked, found: Found, usual: UsualTraits) -> list[Scored]:
    """The hits of the page; where they are sorted by relevance, the first of all in order anew."""
    query = question.query
    is_scored = query.sort is Sort.RELEVANCE
    lifted = lifted_by(query) if asked.is_scored else 0.0
    hits = [
        Scored(float(each.sort[0]) - lifted if is_scored else 0.0, _card.decode(each.card))
        for each in found.hits
    ]
    if not question.is_weighed(asked):
        return hits
    lifts: dict[int, float] = {}
    if question.counts_traits(asked) and TRAIT_FIELD in found.aggregations:
        lifts = trait_lifts(found.aggregations, found.total, usual.of(question.scope))
    first = in_order(hits, lifts, query.ranking)
    return first[question.offset : question.offset + query.limit]


# How a word goes on.


def _beginnings_body(scope: str, text: str) -> Clause | None:
    """The question for the words that the last one may become; None for one not to be completed."""
    folded = fold_analyzer().analyze(" ".join(words_of(text)[-1:]))
    if not folded or not is_completable(folded[-1]):
        return None
    return _completions_body(scope, folded[-1], MOST_BEGINNINGS, [])


def _completions_body(scope: str, folded: str, size: int, only: Sequence[Clause]) -> Clause:
    prefix = completion_prefix(scope, folded)
    # What has no such word need not be looked through for all the words that it has.
    filters = [term("scope", scope), {"prefix": {_COMPLETIONS: prefix}}, *only]
    return {
        "size": 0,
        "track_total_hits": False,
        "query": {"bool": {"filter": filters}},
        "aggs": {_COMPLETIONS: values_aggregation(_COMPLETIONS, size, prefix=prefix)},
    }


def _surfaces(found: Found | None) -> list[str]:
    """The words that `_completions_body` asked for, the commonest first."""
    if found is None or _COMPLETIONS not in found.aggregations:
        return []
    return [surface_of(each["key"]) for each in found.aggregations[_COMPLETIONS]["buckets"]]


def _begun(query: SearchQuery, surfaces: Sequence[str]) -> list[Word]:
    """The words of a question whose last one may be the beginning of any of these."""
    typed, language = words_of(query.words), language_of(query.locale)
    finished = read_words(" ".join(typed[:-1]), query.locale, query.synonyms)
    last = " ".join(typed[-1:])
    whole = read_words(last, query.locale, query.synonyms)[:1]
    folded = fold_analyzer().analyze(last)
    if not folded or not is_completable(folded[-1]):
        return [*finished, *whole]
    beginnings = {token for each in surfaces for token in words_asked(each, language)}
    beginnings.update(words_asked(folded[-1], language))
    return [
        *finished,
        Word(
            tuple(words_asked(last, language)[:-1]),
            beginning=folded[-1],
            beginnings=tuple(sorted(beginnings)),
            others=whole[0].others if whole else (),
        ),
    ]
