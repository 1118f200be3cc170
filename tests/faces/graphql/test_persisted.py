"""Questions by GET: kept like any page, and by the digest of their document."""

from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from tests.faces.gateway.door import Client, ShopScene
from tests.faces.graphql.asking import STORE

QUERY = "query($h: String!) { product(handle: $h) { title productId } }"


def address(digest: str, query: str | None = None, **variables: Any) -> str:
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": digest}}
    asked = {"extensions": msgspec.json.encode(persisted).decode()}
    if query is not None:
        asked["query"] = query
    if variables:
        asked["variables"] = msgspec.json.encode(variables).decode()
    return f"{STORE}?{urlencode(asked)}"


def plain(query: str) -> str:
    return f"{STORE}?{urlencode({'query': query})}"


def digest_of(query: str) -> str:
    return sha256(query.encode()).hexdigest()


async def first_code(client: Client, path: str) -> str:
    answer = await client.get(path)
    assert answer.headers["cache-control"] == "private, no-store"
    code: str = answer.json()["errors"][0]["extensions"]["code"]
    return code


async def test_a_document_goes_by_its_digest_once_it_was_sent(shop: ShopScene) -> None:
    query = f"{QUERY} # {shop.host}"
    async with shop.shopper() as shopper:
        path = address(digest_of(query), h=shop.handle)
        unknown = await shopper.get(path)
        assert unknown.json()["errors"][0]["message"] == "PersistedQueryNotFound"
        assert await first_code(shopper, path) == "persisted_query_not_found"
        await shopper.get(address(digest_of(query), query, h=shop.handle))
        found = await shopper.get(path)
        assert found.json()["data"]["product"]["title"] == "Stoneware Mug"
        assert found.headers["cache-control"] == "public, max-age=0, s-maxage=5"
        assert await first_code(shopper, address("0" * 64, query)) == "persisted_query_mismatch"


async def test_an_answer_by_get_is_kept_by_the_gateway(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        path = plain('{ product(handle: "mug") { title } }')
        first = await shopper.get(path)
        cache = shop.door.gateway.cache
        key = (shop.ctx.tenant.tenant_id, first.request.url.raw_path.split(b"?")[0],
               first.request.url.query, "en")  # fmt: skip
        assert cache.get(key) is not None
        second = await shopper.get(path)
        assert second.content == first.content
        unchanged = await shopper.get(path, headers={"if-none-match": first.headers["etag"]})
        assert unchanged.status_code == 304


@pytest.mark.parametrize(
    ("query", "is_kept"),
    [
        ("{ shop { name } }", True),
        ('{ shop { name } search(query: "mug") { total } }', True),
        ('{ shop { name } cart(token: "x") { token } }', False),
        ("{ shippingMethods { code } }", False),
        ('{ product(handle: "none") { title } }', False),
        ("{ __typename }", False),
    ],
)
async def test_only_what_is_the_same_for_everybody_may_be_kept(
    shop: ShopScene, query: str, is_kept: bool
) -> None:
    async with shop.shopper() as shopper, shop.clerk() as clerk:
        path = plain(query)
        answer = await shopper.get(path)
        assert answer.headers["cache-control"].startswith("public") is is_kept
        assert (await clerk.get(path)).headers["cache-control"] == "private, no-store"


async def test_a_mutation_does_not_come_by_get(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        query = "mutation { openCart { cart { token } } }"
        path = plain(query)
        assert await first_code(shopper, path) == "graphql_write_by_get"
        broken = f"{STORE}?{urlencode({'query': QUERY, 'variables': '{'})}"
        assert await first_code(shopper, broken) == "graphql_invalid_variables"
