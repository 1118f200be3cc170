"""Today's answer beside the one that a ranking would make of it, and what moved whom."""

from uuid import UUID

import msgspec

from galleria.commerce import listings
from galleria.commerce.listings import Card, Window
from galleria.engines.context import Context
from galleria.engines.search_index import Ranking
from galleria.engines.search_index.model import MAX_LIMIT, words_of
from galleria.engines.search_index.weighing import Signals, factor_of
from galleria.growth.search.documents import UNKNOWN, Standing
from galleria.growth.search.model.questions import Answer, Question
from galleria.growth.search.model.rankings import Weights
from galleria.growth.search.service import asking, curations, rankings
from galleria.growth.search.service.standing import standings_of

_NOTHING = Ranking(popularity=0.0)
_MARGIN_OF_ERROR = 0.0005  # a lift below a tenth of a percent is none


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """A product of the new answer: its place, from 1 on, and the one it has today, None when that
    is beyond the hundredth. `lifted_by` is how much signals add to what its words score: 0.5 is
    half as much again."""

    product_id: UUID
    place: int
    before: int | None
    lifted_by: dict[str, float]


class RankingPreview(msgspec.Struct, frozen=True, kw_only=True):
    """Two answers to one question, and how the products of the second came to their places."""

    today: Answer
    then: Answer
    moves: list[Placed]


async def preview_ranking(
    ctx: Context, window: Window, question: Question, weights: Weights
) -> RankingPreview:
    """The answers by the ranking that holds, or the one that the question names, and by this one.

    Raises:
        InvalidRanking: it cannot be.
        RankingNotFound: the question names one that the shop has not.
        SearchOverloaded, SearchTimeout, SearchUnavailable: the index cannot answer at present.
    """
    wanted = rankings.ranking_of(weights)
    said = await curations.holding(ctx, question, window.locale)
    deep = msgspec.structs.replace(question, limit=MAX_LIMIT)
    today = await asking.ask(ctx, window, deep, said)
    then = await asking.ask(ctx, window, question, said, wanted)
    places = {card.product_id: at for at, card in enumerate(_cards(today), 1)}
    cards = _cards(then)
    shown = await listings.details_of(ctx, window, [card.product_id for card in cards])
    details = list(shown.values())
    standings = dict(zip(shown, await standings_of(ctx, details), strict=True))
    # Where products are pinned, or no words are typed, nothing is weighed.
    is_weighed = bool(words_of(question.words)) and question.sort == "relevance" and not said.pinned
    moves = [
        Placed(
            product_id=card.product_id,
            place=at,
            before=places.get(card.product_id),
            lifted_by=lifts_of(
                wanted, card, ctx.now.timestamp(), standings.get(card.product_id, UNKNOWN)
            )
            if is_weighed
            else {},
        )
        for at, card in enumerate(cards, 1)
    ]
    first = msgspec.structs.replace(today, items=today.items[: question.limit], next_cursor=None)
    return RankingPreview(today=first, then=then, moves=moves)


def lifts_of(
    ranking: Ranking, card: Card, now_s: float, standing: Standing = UNKNOWN
) -> dict[str, float]:
    """What each signal adds to the score, 1 being as much as the words: those that add something,
    by what is known of the product now."""
    known = Signals(
        standing.popularity, standing.margin, card.published_at.timestamp(), card.is_available
    )
    alone = {
        "popularity": msgspec.structs.replace(_NOTHING, popularity=ranking.popularity),
        "margin": msgspec.structs.replace(_NOTHING, margin=ranking.margin),
        "freshness": msgspec.structs.replace(
            _NOTHING, freshness=ranking.freshness, fresh_days=ranking.fresh_days
        ),
        "availability": msgspec.structs.replace(_NOTHING, availability=ranking.availability),
    }
    lifts = {name: factor_of(each, known, now_s) - 1.0 for name, each in alone.items()}
    return {name: round(by, 3) for name, by in lifts.items() if by >= _MARGIN_OF_ERROR}


def _cards(answer: Answer) -> list[Card]:
    return [msgspec.json.decode(each, type=Card) for each in answer.items]
