"""Guards, documented failures and versions, on a real application."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

import msgspec
import pytest
from litestar import Litestar, Request, Response, get
from litestar.middleware import DefineMiddleware
from litestar.openapi import OpenAPIConfig
from litestar.params import HeaderParameter, PathParameter, QueryParameter
from litestar.testing import AsyncTestClient
from litestar.types import ASGIApp, Receive, Scope, Send

from galleria.foundation.errors import (
    Conflict,
    GalleriaError,
    NotFound,
    PreconditionFailed,
    Problem,
    problem_of,
)
from galleria.foundation.http import Handle, Sku
from galleria.foundation.pagination import CursorCodec
from galleria.foundation.routing import (
    CONTEXT_KEY,
    PROBLEM_MEDIA_TYPE,
    CursorQuery,
    LimitQuery,
    etag_of,
    expect_version,
    problems,
    requires,
    within,
)
from galleria.foundation.text import sort_key


class ProductNotFound(NotFound):
    code = "product_not_found"
    title = "No such product"


class ProductArchived(Conflict):
    code = "product_archived"
    title = "The product is archived"


class SkuTaken(Conflict):
    code = "sku_taken"
    title = "Another product has this SKU"


class Caller(msgspec.Struct, frozen=True):
    """Whoever calls: as much of an actor as a guard looks at."""

    kind: str
    scopes: frozenset[str]

    def may(self, scope: str) -> bool:
        return scope in self.scopes


class CallerContext(msgspec.Struct, frozen=True):
    actor: Caller


class CallerFromHeaders:
    """Puts the caller that the request's own headers describe where the door would."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        scopes = headers.get(b"x-scopes", b"").decode().split()
        actor = Caller(headers[b"x-kind"].decode(), frozenset(scopes))
        scope[CONTEXT_KEY] = CallerContext(actor)  # type: ignore[literal-required]
        await self.app(scope, receive, send)


@get("/products", guards=[requires("products:read", "prices:read")])
async def list_products() -> str:
    """All products."""
    return "products"


@get(
    "/me",
    guards=[requires()],
    responses=problems(SkuTaken, ProductNotFound, ProductArchived, SkuTaken),
)
async def whoami() -> str:
    """Who asks."""
    return "you"


@get("/shelves/{shelf:str}")
async def list_shelf(
    shelf: Annotated[str, within(PathParameter, Handle)],
    sku: Annotated[str | None, within(QueryParameter, Sku, "filter[sku]")] = None,
    shop: Annotated[str, within(HeaderParameter, Handle, "X-Galleria-Shop")] = "here",
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> list[str | int | None]:
    """What stands on a shelf."""
    return [shelf, sku, shop, limit, cursor]


def answer_problem(_: Request[Any, Any, Any], error: GalleriaError) -> Response[Problem]:
    """The error as the door would answer it."""
    problem = problem_of(error)
    return Response(problem, status_code=problem.status, media_type=PROBLEM_MEDIA_TYPE)


@pytest.fixture
async def client() -> AsyncIterator[AsyncTestClient[Litestar]]:
    app = Litestar(
        [list_products, whoami, list_shelf],
        middleware=[DefineMiddleware(CallerFromHeaders)],
        exception_handlers={GalleriaError: answer_problem},
        openapi_config=OpenAPIConfig(title="Test", version="1"),
    )
    async with AsyncTestClient(app) as client:
        yield client


async def test_who_holds_all_scopes_may_call(client: AsyncTestClient[Litestar]) -> None:
    headers = {"x-kind": "key", "x-scopes": "products:read prices:read other"}
    answer = await client.get("/products", headers=headers)
    assert (answer.status_code, answer.text) == (200, "products")


async def test_who_lacks_a_scope_is_told_which(client: AsyncTestClient[Litestar]) -> None:
    headers = {"x-kind": "person", "x-scopes": "products:read"}
    answer = await client.get("/products", headers=headers)
    assert answer.status_code == 403
    assert answer.json()["detail"] == "this needs the scope prices:read"


@pytest.mark.parametrize("path", ["/products", "/me"])
async def test_nobody_is_asked_to_say_who_they_are(
    client: AsyncTestClient[Litestar], path: str
) -> None:
    answer = await client.get(path, headers={"x-kind": "anonymous"})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_a_guard_without_scopes_lets_anyone_known_pass(
    client: AsyncTestClient[Litestar],
) -> None:
    answer = await client.get("/me", headers={"x-kind": "shopper"})
    assert answer.status_code == 200


async def test_nobody_may_hold_a_scope_that_the_house_gives_everybody(
    client: AsyncTestClient[Litestar],
) -> None:
    headers = {"x-kind": "anonymous", "x-scopes": "products:read prices:read"}
    assert (await client.get("/products", headers=headers)).status_code == 200


def test_a_guard_tells_its_scopes_to_whoever_documents_the_route() -> None:
    assert requires("a:read", "b:write").scopes == ("a:read", "b:write")


async def test_errors_of_one_status_are_documented_together_as_a_problem(
    client: AsyncTestClient[Litestar],
) -> None:
    headers = {"x-kind": "anonymous"}
    document = (await client.get("/schema/openapi.json", headers=headers)).json()

    responses = document["paths"]["/me"]["get"]["responses"]
    assert set(responses) == {"200", "404", "409"}
    assert responses["409"]["description"] == (
        "`product_archived`: The product is archived; `sku_taken`: Another product has this SKU"
    )
    schema = responses["409"]["content"][PROBLEM_MEDIA_TYPE]["schema"]
    assert schema == {"$ref": "#/components/schemas/Problem"}
    required = document["components"]["schemas"]["Problem"]["required"]
    assert set(required) == {"type", "title", "status", "code", "detail"}


@pytest.mark.parametrize(
    ("path", "shop", "answered"),
    [
        ("/shelves/a", "b", ["a", None, "b", 50, None]),
        ("/shelves/a?filter[sku]=X%2F1&limit=100&cursor=c", "b", ["a", "X/1", "b", 100, "c"]),
        ("/shelves/A", "b", None),
        ("/shelves/a?limit=0", "b", None),
        ("/shelves/a?limit=101", "b", None),
        ("/shelves/a?limit=x", "b", None),
        ("/shelves/a?filter[sku]=", "b", None),
        ("/shelves/a?filter[sku]=%00", "b", None),
        ("/shelves/a?cursor=" + "c" * 2001, "b", None),
        ("/shelves/a", "B!", None),
    ],
)
async def test_a_parameter_is_held_to_the_bounds_of_its_wire_type(
    client: AsyncTestClient[Litestar], path: str, shop: str, answered: list[object] | None
) -> None:
    headers = {"x-kind": "anonymous", "x-galleria-shop": shop}
    answer = await client.get(path, headers=headers)
    if answered is None:
        assert answer.status_code == 400
    else:
        assert answer.json() == answered


async def test_a_cursor_after_the_longest_sort_key_is_taken_back(
    client: AsyncTestClient[Litestar],
) -> None:
    key = sort_key("\U00020000" * 400)
    cursor = CursorCodec(b"k" * 32).encode(2**31 - 1, "s", [key, str(UUID(int=0))])
    headers = {"x-kind": "anonymous"}
    answer = await client.get("/shelves/a", params={"cursor": cursor}, headers=headers)
    assert answer.json()[-1] == cursor


async def test_the_bounds_of_a_parameter_are_documented(
    client: AsyncTestClient[Litestar],
) -> None:
    headers = {"x-kind": "anonymous"}
    document = (await client.get("/schema/openapi.json", headers=headers)).json()
    (limit,) = (
        each
        for each in document["paths"]["/shelves/{shelf}"]["get"]["parameters"]
        if each["name"] == "limit"
    )
    assert limit["schema"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 50}


@pytest.mark.parametrize("version", [0, 1, 7, 10**17])
def test_a_tag_given_out_comes_back_as_the_version(version: int) -> None:
    assert expect_version(etag_of(version)) == version
    assert etag_of(version) == f'"v{version}"'


def test_a_tag_weakened_by_a_compressing_proxy_is_the_same_version() -> None:
    assert expect_version(' W/"v7" ') == 7


@pytest.mark.parametrize("if_match", [None, "*", " * "])
def test_who_insists_on_no_version_gets_any(if_match: str | None) -> None:
    assert expect_version(if_match) is None


@pytest.mark.parametrize(
    "if_match", ["", "7", "v7", '"7"', '"v7"x', '"v07"', '"v-1"', '"v1", "v2"', '"v' + "9" * 5000]
)
def test_a_tag_that_is_none_of_ours_cannot_be_the_present_one(if_match: str) -> None:
    with pytest.raises(PreconditionFailed):
        expect_version(if_match)
