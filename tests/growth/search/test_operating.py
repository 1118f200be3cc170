"""What the operator says of search, for all shops."""

from dataclasses import replace

import pytest

from galleria.engines.context import Context
from galleria.engines.search_index import SearchTimeout
from galleria.growth import search
from galleria.growth.search import Question
from galleria.growth.search.model.operating import OperatorSettings
from tests.commerce.selling import open_shop, window

NO_TIME_S = 1e-9


def hurried(ctx: Context, said: OperatorSettings) -> Context:
    """The shop in a house whose operator says this."""
    engines = replace(ctx.engines, room_settings={OperatorSettings: said})
    return Context(engines, ctx.tenant, ctx.actor, ctx.request_id)


async def test_shoppers_wait_as_long_as_the_operator_says(house_ctx: Context) -> None:
    _, shop = await open_shop(house_ctx)
    shown = await window(shop)
    no_answers = hurried(shop, OperatorSettings(answer_within_s=NO_TIME_S))
    with pytest.raises(SearchTimeout):
        await search.ask(no_answers, shown, Question(words="mug"))
    await search.suggest(no_answers, shown, "mu")
    no_suggestions = hurried(shop, OperatorSettings(suggest_within_s=NO_TIME_S))
    with pytest.raises(SearchTimeout):
        await search.suggest(no_suggestions, shown, "mu")
    assert (await search.ask(no_suggestions, shown, Question(words="mug"))).total == 0
