"""Requests that look alike go the short way; what may be answered otherwise goes the long one."""

from collections.abc import Iterator

import pytest

from galleria.engines.context import HOUSE, Tenant
from galleria.engines.sql.directory import Directory
from galleria.faces.gateway.request import Request
from galleria.faces.gateway.response_cache import Key
from galleria.faces.gateway.signposts import STANDS_S, Signposts
from galleria.platform import tenants
from tests.faces.gateway.door import Door, ShopScene, open_shop_scene

LIST = "/store/v1/products"


@pytest.fixture
async def shop(door: Door) -> ShopScene:
    return await open_shop_scene(door)


class Watched(Signposts):
    """Notes who went the long way, at the end of which a signpost is put."""

    def __init__(self, directory: Directory) -> None:
        self.now = 1_000.0
        self.paths: list[str] = []
        super().__init__(directory, lambda: self.now)

    def put(self, request: Request, told: int, key: Key, tenant: Tenant) -> None:
        self.paths.append(request.path)
        super().put(request, told, key, tenant)


@pytest.fixture
def watched(door: Door) -> Iterator[Watched]:
    """The door's signposts, watched for a while."""
    usual = door.gateway.signposts
    door.gateway.signposts = watched = Watched(door.engines.sql.directory)
    yield watched
    door.gateway.signposts = usual


async def test_the_second_that_looks_alike_goes_the_short_way(
    shop: ShopScene, watched: Watched
) -> None:
    async with shop.shopper() as one, shop.shopper() as another:
        first = await one.get(LIST)
        watched.paths.clear()
        again = await another.get(LIST)
        head = await another.head(LIST)
        unchanged = await another.get(LIST, headers={"If-None-Match": first.headers["etag"]})
        assert watched.paths == []
    assert (again.status_code, again.content) == (200, first.content)
    assert {*first.headers} == {*again.headers}, "no header is lost on the short way"
    assert (head.status_code, head.content) == (200, b"")
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert again.headers["x-request-id"] != first.headers["x-request-id"]


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Bearer nothing"},
        {"cookie": "galleria_locale=de"},
        {"accept-language": "de"},
        {"galleria-profile": "mobile"},
        {"galleria-version": "2026-11-22"},
        {"accept": 'application/json; profile="mobile"'},
        {"x-galleria-shop": "another"},
        {"sec-ch-ua-mobile": "?1"},
    ],
)
async def test_who_says_something_else_goes_the_long_way(
    shop: ShopScene, watched: Watched, headers: dict[str, str]
) -> None:
    async with shop.shopper() as shopper:
        await shopper.get(LIST)
        watched.paths.clear()
        answer = await shopper.get(LIST, headers=headers)
    assert watched.paths == [LIST] or answer.status_code >= 400


async def test_a_header_said_twice_leads_nobody_astray(shop: ShopScene) -> None:
    twice = [("galleria-profile", "web"), ("galleria-profile", "mobile")]
    async with shop.shopper() as shopper:
        usual = await shopper.get(LIST)
        await shopper.get(LIST, headers=twice)
        web = await shopper.get(LIST, headers={"galleria-profile": "web"})
    assert web.content == usual.content


async def test_what_is_refused_is_refused_on_the_short_way_too(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        await shopper.get(LIST)
        odd = await shopper.get(LIST, headers={"content_length": "7", "if_match": "x"})
        assert (odd.status_code, odd.json()["code"]) == (400, "malformed_request")
        huge = await shopper.get(LIST, headers={"x-filler": "x" * 33_000})
        assert huge.status_code == 431


async def test_a_closed_shop_shows_nothing_more(door: Door, shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        assert (await shopper.get(LIST)).status_code == 200
        await tenants.close_shop(shop.ctx.for_tenant(HOUSE), shop.ctx.tenant.slug)
        assert (await shopper.get(LIST)).status_code != 200


async def test_a_signpost_falls_by_itself(shop: ShopScene, watched: Watched) -> None:
    async with shop.shopper() as shopper:
        await shopper.get(LIST)
        watched.paths.clear()
        watched.now += STANDS_S + 0.01
        await shopper.get(LIST)
    assert watched.paths == [LIST]
