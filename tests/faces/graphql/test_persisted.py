"""Questions by GET: kept like any page, and by the digest of their document."""

from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from tests.faces.gateway.door import Client, Door, ShopScene, open_shop_scene
from tests.faces.graphql.asking import ADMIN, STORE, code, data

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
    found: str = answer.json()["errors"][0]["extensions"]["code"]
    return found


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
        assert "surrogate-key" in first.headers, "the door keeps it"
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


DOCUMENTS = "/admin/v1/graphql-documents"
SETTINGS = "/admin/v1/graphql-settings"


@pytest.fixture
async def own_shop(door: Door) -> ShopScene:
    """A shop whose settings may be changed."""
    return await open_shop_scene(door)


async def register(clerk: Client, *texts: str, **fields: str) -> list[str]:
    """The digests of the documents, which are registered."""
    documents = [{"name": "Page", "text": text, **fields} for text in texts]
    page = await clerk.json("PUT", DOCUMENTS, json={"documents": documents})
    return [each["sha256"] for each in page["items"]]


async def test_a_registered_document_is_known_for_good(own_shop: ShopScene, door: Door) -> None:
    query = "{ shop { name slug } }"
    async with own_shop.clerk() as clerk, own_shop.shopper() as shopper:
        (digest,) = await register(clerk, query)
        assert digest == digest_of(query)
        found = await shopper.get(address(digest))
        assert found.json()["data"]["shop"]["name"] == "Test Shop"
        listed = await clerk.json("GET", DOCUMENTS)
        assert [each["text"] for each in listed["items"]] == [query]
        other = await open_shop_scene(door)
        async with other.shopper() as stranger:
            assert await first_code(stranger, address(digest)) == "persisted_query_not_found"
        await clerk.json("DELETE", f"{DOCUMENTS}/{digest}")
        gone = await clerk.delete(f"{DOCUMENTS}/{digest}")
        assert gone.json()["code"] == "graphql_document_not_registered"
        assert await first_code(shopper, address(digest, s="1")) == "persisted_query_not_found"


async def test_a_document_that_fits_no_schema_is_refused_with_all_sent_beside_it(
    own_shop: ShopScene,
) -> None:
    async with own_shop.clerk() as clerk:
        documents = [{"name": "a", "text": "{ shop { name } }"}, {"name": "b", "text": "{ none }"}]
        refused = await clerk.put(DOCUMENTS, json={"documents": documents})
        assert (refused.status_code, refused.json()["code"]) == (400, "graphql_invalid_document")
        assert refused.json()["errors"][0]["path"] == "documents[1].text"
        assert (await clerk.json("GET", DOCUMENTS))["items"] == []
        assert await register(clerk, "{ products { nodes { status } } }", face="admin")


async def test_a_shop_may_answer_registered_documents_alone(own_shop: ShopScene) -> None:
    known, unknown = "{ shop { name } }", "{ shop { slug } }"
    async with own_shop.clerk() as clerk, own_shop.shopper() as shopper:
        (digest,) = await register(clerk, known)
        await clerk.json("PUT", SETTINGS, json={"only_registered": True})
        assert await clerk.json("GET", SETTINGS) == {"only_registered": True}
        assert await code(shopper, unknown) == "graphql_only_registered"
        assert await first_code(shopper, address(digest_of(unknown), unknown)) == (
            "graphql_only_registered"
        )
        assert (await data(shopper, known))["shop"] == {"name": "Test Shop"}
        assert (await shopper.get(address(digest))).json()["data"]
        # The shop's own programs go on as they like.
        assert (await data(clerk, "{ shop { name } }", ADMIN))["shop"]
        await clerk.json("PUT", SETTINGS, json={"only_registered": False})
        assert (await data(shopper, unknown))["shop"]


async def test_only_whoever_may_change_settings_registers(own_shop: ShopScene) -> None:
    async with own_shop.clerk(await own_shop.key_for("settings:read")) as clerk:
        documents = [{"name": "a", "text": "{ shop { name } }"}]
        refused = await clerk.put(DOCUMENTS, json={"documents": documents})
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
