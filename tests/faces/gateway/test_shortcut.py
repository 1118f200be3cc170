"""A plain question goes straight to its route, any other by the framework, to the same answer."""

from typing import Annotated, Any

import httpx
import pytest
from litestar import Litestar, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromHeader, FromPath, FromQuery, PathParameter, QueryParameter
from litestar.types import Scope

from galleria.faces.gateway import Shortcut
from galleria.faces.gateway.shortcut import NotStraight
from galleria.foundation.errors import NotFound
from galleria.foundation.routing import CONTEXT_KEY, STRAIGHT, ReadyJson, requires
from tests.faces.gateway.door import ShopScene

STRAIGHT_WAY, USUAL_WAY = b"straight", b"usual"
# What differs from one answer to the next, whoever gives it.
OF_THE_MOMENT = {"x-request-id", "ratelimit", "ratelimit-policy"}


def way_of(scope: Scope) -> bytes:
    """Which way led to a route: the framework leaves its application in the scope."""
    return USUAL_WAY if "litestar_app" in scope else STRAIGHT_WAY


@get("/things", opt={STRAIGHT: True})
async def list_things(
    ctx: NamedDependency[str],
    scope: Scope,
    words: Annotated[str | None, QueryParameter(name="filter[words]")] = None,
    limit: FromQuery[int] = 20,
) -> Response[bytes]:
    assert ctx == "who asks"
    return ReadyJson(way_of(scope), [])


@get("/things/{name:str}", opt={STRAIGHT: True})
async def show_thing(
    ctx: NamedDependency[str],
    scope: Scope,
    name: Annotated[str, PathParameter(max_length=500)],
    channel: FromQuery[str | None] = None,
) -> Response[bytes]:
    if name == "gone":
        raise NotFound(f"no thing {name!r}")
    return ReadyJson(b"%s %s" % (way_of(scope), name.encode()), [(b"x-thing", b"1")])


@get("/things/newest")
async def newest_thing(ctx: NamedDependency[str], scope: Scope) -> Response[bytes]:
    return ReadyJson(b"%s newest of all" % way_of(scope), [])


@get("/things/{name:str}/parts")
async def list_parts(
    ctx: NamedDependency[str], scope: Scope, name: FromPath[str]
) -> Response[bytes]:
    return ReadyJson(way_of(scope), [])


@post("/things")
async def add_thing(ctx: NamedDependency[str], scope: Scope) -> Response[bytes]:
    return ReadyJson(way_of(scope), [], 201)


ROUTES = [list_things, show_thing, newest_thing, list_parts, add_thing]


def application(*routes: Any) -> Litestar:
    async def who_asks(scope: Scope) -> str:
        return scope[CONTEXT_KEY]  # type: ignore[literal-required,no-any-return]

    return Litestar([*routes], dependencies={"ctx": Provide(who_asks)}, openapi_config=None)


async def ask(path: str, method: str = "GET") -> httpx.Response:
    app = Shortcut(application(*ROUTES))

    async def known(scope: dict[str, Any], receive: Any, send: Any) -> None:
        scope[CONTEXT_KEY] = "who asks"
        await app(scope, receive, send)

    transport = httpx.ASGITransport(known)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://house") as client:
        return await client.request(method, path)


@pytest.mark.parametrize(
    "path", ["/things", "/things?", "/things?v=1", "/things?limits=1&v", "/things?v=limit"]
)
async def test_a_plain_question_goes_straight(path: str) -> None:
    answer = await ask(path)
    assert (answer.status_code, answer.content) == (200, STRAIGHT_WAY)
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "path",
    [
        "/things/",
        "/things?limit=5",
        "/things?v=1&limit=5",
        "/things?filter[words]=a",
        "/things?filter%5Bwords%5D=a",
        "/things?%6Cimit=5",
        "/things?v=a+b",
        "/things/mug/parts",
    ],
)
async def test_what_says_more_goes_the_usual_way(path: str) -> None:
    assert (await ask(path)).content == USUAL_WAY


async def test_other_methods_go_the_usual_way() -> None:
    added = await ask("/things", "POST")
    assert (added.status_code, added.content) == (201, USUAL_WAY)


async def test_a_plain_name_is_asked_for_straight() -> None:
    answer = await ask("/things/mug-3?v=1")
    assert answer.content == b"straight mug-3"
    assert answer.headers["x-thing"] == "1"


@pytest.mark.parametrize("name", ["Mug", "m%C3%BCg", "a_b", "-mug", "a" * 101, "mug/", "m%75g%20"])
async def test_odd_names_go_the_usual_way(name: str) -> None:
    assert (await ask(f"/things/{name}")).content.startswith(USUAL_WAY)


async def test_an_encoded_plain_name_is_that_name() -> None:
    assert (await ask("/things/m%75g")).content == b"straight mug"


async def test_a_path_of_its_own_goes_before_a_name() -> None:
    assert (await ask("/things/newest")).content == b"usual newest of all"


async def test_what_is_known_to_the_route_is_never_left_unheard() -> None:
    assert (await ask("/things/mug?channel=shop")).content == b"usual mug"
    assert (await ask("/things?limit=many")).status_code == 400


async def test_a_refusal_is_a_problem() -> None:
    answer = await ask("/things/gone")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"


@get("/a", opt={STRAIGHT: True})
async def asks_for_a_header(ctx: NamedDependency[str], words: FromHeader[str]) -> Response[bytes]:
    return ReadyJson(b"", [])


@get("/a", opt={STRAIGHT: True})
async def must_be_told(ctx: NamedDependency[str], words: FromQuery[str]) -> Response[bytes]:
    return ReadyJson(b"", [])


@get("/a", opt={STRAIGHT: True}, guards=[requires("things:read")])
async def is_guarded(ctx: NamedDependency[str]) -> Response[bytes]:
    return ReadyJson(b"", [])


@get("/a/{one:str}/{other:str}", opt={STRAIGHT: True})
async def has_two_names(
    ctx: NamedDependency[str], one: FromPath[str], other: FromPath[str]
) -> Response[bytes]:
    return ReadyJson(b"", [])


@get("/a/{number:int}", opt={STRAIGHT: True})
async def has_a_number(ctx: NamedDependency[str], number: FromPath[int]) -> Response[bytes]:
    return ReadyJson(b"", [])


@post("/a", opt={STRAIGHT: True})
async def writes(ctx: NamedDependency[str]) -> Response[bytes]:
    return ReadyJson(b"", [])


@pytest.mark.parametrize(
    "route", [asks_for_a_header, must_be_told, is_guarded, has_two_names, has_a_number, writes]
)
def test_a_route_that_needs_the_framework_is_refused_at_the_start(route: Any) -> None:
    with pytest.raises(NotStraight):
        Shortcut(application(route))


@pytest.mark.parametrize("path", ["/store/v1/products", "/store/v1/products/{}"])
async def test_both_ways_lead_to_the_same_answer(shop: ShopScene, path: str) -> None:
    path = path.format(shop.handle)
    async with shop.shopper() as shopper:
        straight = await shopper.get(f"{path}?v=1")
        usual = await shopper.get(f"{path}?v=a+b")
        tag = {"If-None-Match": straight.headers["etag"]}
        again = [await shopper.get(f"{path}?v={v}", headers=tag) for v in ("1", "a+b")]
    assert straight.status_code == usual.status_code == 200
    assert straight.content == usual.content
    assert said(straight) == said(usual)
    assert [each.status_code for each in again] == [304, 304]


async def test_both_ways_refuse_alike(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        straight = await shopper.get("/store/v1/products/no-such-thing?v=1")
        usual = await shopper.get("/store/v1/products/no-such-thing?v=a+b")
    assert straight.status_code == usual.status_code == 404
    assert straight.json()["code"] == usual.json()["code"] == "product_not_found"
    assert said(straight) == said(usual)


async def test_a_shop_is_told_what_it_may_keep_by_either_way(shop: ShopScene) -> None:
    async with shop.clerk() as clerk:
        path = f"/store/v1/products/{shop.handle}"
        tag = (await clerk.get(path)).headers["etag"]
        for query in ("v=1", "v=a+b"):
            answer = await clerk.get(f"{path}?{query}", headers={"If-None-Match": tag})
            assert (answer.status_code, answer.content) == (304, b"")
            assert "content-length" not in answer.headers and answer.headers["etag"] == tag


def said(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in OF_THE_MOMENT}
