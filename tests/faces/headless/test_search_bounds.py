"""What nobody would type, and programs do: search answers it or says what is wrong, and soon."""

from time import perf_counter

import pytest

from tests.commerce.selling import mug
from tests.delays import delays_of_the_machine
from tests.faces.gateway.door import Door, ShopScene, open_shop_scene

DEADLINE_S = 1.0
ALLOWANCE = 1.1
SEARCH, SUGGEST = "/store/v1/search", "/store/v1/search/suggest"
HOSTILE = {
    "ten thousand letters": {"q": "a" * 10_000},
    "ten thousand words": {"q": "lamp " * 2_000},
    "a regular expression": {"q": "/(a+)+$/"},
    "wildcards": {"q": "*?" * 100},
    "control characters": {"q": "mug\x01\x02\x7f"},
    "a zero": {"q": "mug\x00"},
    "right to left": {"q": "\u202egum \u05e1\u05e4\u05dc"},
    "signs without letters": {"q": "\U0001f3fa\U0001f375"},
    "half a character": {"q": "%ED%A0%80"},
    "nothing": {"q": ""},
    "page 1,000,000,000": {"cursor": "1000000000"},
    "more than a page": {"limit": "1000000000"},
    "an unknown facet": {"filter[nosuch]": "x"},
    "a facet's name of hundreds of letters": {f"filter[{'x' * 500}]": "x"},
    "five hundred filters": {f"filter[code{n}]": "x" for n in range(500)},
    "five hundred ranges": {f"range[code{n}]": "1..2" for n in range(500)},
    "a price beyond numbers": {"price_max": "9" * 40},
    "a range of nothing": {"range[height]": "x..y"},
}


@pytest.fixture
async def shop(door: Door) -> ShopScene:
    """A shop that sells mugs."""
    return await open_shop_scene(door, mug(stock=5))


@pytest.mark.parametrize("path", [SEARCH, SUGGEST])
@pytest.mark.parametrize("name", HOSTILE)
async def test_whatever_is_asked_is_answered_or_refused_within_the_deadline(
    shop: ShopScene, path: str, name: str
) -> None:
    async with shop.shopper() as shopper:
        await shopper.get(path)
        with delays_of_the_machine() as delayed_s:
            began_s = perf_counter()
            answer = await shopper.get(path, params=HOSTILE[name])
            assert perf_counter() - began_s < DEADLINE_S * ALLOWANCE + delayed_s()
        assert answer.status_code in (200, 400, 404, 414, 422), answer.text
        if answer.status_code != 200:
            assert answer.headers["content-type"].startswith("application/problem+json")
            assert answer.json()["code"]
        assert (await shopper.json("GET", f"{SEARCH}?q=mug"))["total"] == 1
