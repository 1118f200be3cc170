"""What is too large, too deep or too dear is refused before anything of it is read."""

import time
from contextlib import suppress

import pytest

from galleria.faces.graphql.documents import Documents
from galleria.faces.graphql.errors import DocumentTooLarge, InvalidDocument
from galleria.faces.graphql.faces import storefront
from tests.faces.gateway.door import ShopScene
from tests.faces.graphql.asking import STORE, ask, code, data

TITLE = '{ product(handle: "x") { title } }'
FLOOD = "{ " + " ".join(f"a{at}: shop {{ name }}" for at in range(101)) + " }"
CROWD = "{ " + "shop { name } " * 21 + "}"
DEEP = "relations { product { "
NESTED = 'query { product(handle: "x") { ' + DEEP * 5 + "relations { kind } " + "} } " * 5 + "} }"
DIRECTED = "{ shop { name " + "@include(if: true) " * 51 + "} }"
BOMB = (
    "query { ...f0 } "
    + " ".join(
        f"fragment f{at} on Query {{ a{at}: __typename ...f{at + 1} ...f{at + 1} }}"
        for at in range(40)
    )
    + " fragment f40 on Query { shop { name } }"
)
WIDE = (
    "{ products(first: 100) { nodes { variants(first: 100) { nodes { sku offer imageUrl"
    " price { amountMinor } } } } } }"
)


@pytest.mark.parametrize("query", [FLOOD, CROWD, NESTED, DIRECTED, BOMB, "{ a" * 300 + "}" * 300])
async def test_floods_and_bombs_are_refused_as_too_large(shop: ShopScene, query: str) -> None:
    async with shop.shopper() as shopper:
        assert await code(shopper, query) == "graphql_document_too_large"


async def test_too_many_tokens_are_refused(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        query = "{ " + "name " * 5_000 + "}"
        assert await code(shopper, query) == "graphql_document_too_large"


async def test_lists_in_lists_are_refused_by_their_cost(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        answer = await ask(shopper, WIDE)
        assert answer["errors"][0]["extensions"]["code"] == "graphql_too_costly"
        assert "data" not in answer
        by_variable = WIDE.replace(
            "{ products(first: 100)", "query($n: Int!) { products(first: $n)"
        )
        assert await code(shopper, by_variable, n=100) == "graphql_too_costly"
        assert (await data(shopper, by_variable, n=2))["products"]["nodes"]


async def test_several_requests_at_once_are_refused(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        answer = await shopper.json("POST", STORE, json=[{"query": TITLE}] * 10)
        assert answer["errors"][0]["extensions"]["code"] == "graphql_batch_refused"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{ nothing }", "graphql_invalid_document"),
        ("{", "graphql_invalid_document"),
        ("", "graphql_invalid_document"),
        ('{ product(handle: "\\u0000") { title } }', "graphql_invalid_document"),
        ('{ product(handle: "a\\u{0}") { title } }', "graphql_invalid_document"),
        ("{ ...a } fragment a on Query { ...a }", "graphql_invalid_document"),
        ("query($n: Int!) { products(first: $n) { nodes { title } } }",
         "graphql_invalid_variables"),
        ("query($n: Int = null) { products(first: $n) { nodes { title } } }",
         "graphql_invalid_variables"),
        ("{ products(first: 0) { nodes { title } } }", "invalid_input"),
        ("{ products(first: 101) { nodes { title } } }", "invalid_input"),
        ('{ products(after: "7") { nodes { title } } }', "invalid_cursor"),
        ('{ products(after: "1.abc") { nodes { title } } }', "invalid_cursor"),
        ('{ products(sort: "odd") { nodes { title } } }', "unknown_sort"),
        ('{ product(handle: "none") { title } }', "product_not_found"),
        ('{ product(productId: "none") { title } }', "invalid_input"),
        ("{ product { title } }", "invalid_input"),
        ('{ product(handle: "x", channel: "none") { title } }', "channel_not_found"),
        ('{ search(ranges: [{code: "x", least: 3, most: 1}]) { total } }', "invalid_range"),
        ('{ cart(token: "none") { token } }', "cart_not_found"),
        ('{ order(token: "none") { token } }', "order_not_found"),
        ('{ redirect(path: "/none") { to } }', "redirect_not_found"),
    ],
)  # fmt: skip
async def test_failures_have_the_codes_of_the_rest_api(
    shop: ShopScene, query: str, expected: str
) -> None:
    async with shop.shopper() as shopper:
        assert await code(shopper, query) == expected


async def test_the_newer_media_type_tells_refusals_by_status(shop: ShopScene) -> None:
    async with shop.shopper(accept="application/graphql-response+json") as shopper:
        refused = await shopper.post(STORE, json={"query": "{"})
        assert refused.status_code == 400
        assert refused.headers["content-type"].startswith("application/graphql-response+json")
        partly = await shopper.post(STORE, json={"query": TITLE})
        assert partly.status_code == 200
        assert partly.json()["data"] == {"product": None}
        assert partly.json()["errors"][0]["path"] == ["product"]


async def test_the_schema_is_told(shop: ShopScene) -> None:
    from graphql import get_introspection_query  # noqa: PLC0415

    async with shop.shopper() as shopper:
        found = await data(shopper, get_introspection_query())
        assert found["__schema"]["queryType"]["name"] == "Query"
        mixed = await data(
            shopper, '{ shop { name } k: __type(name: "Product") { name } __typename }'
        )
        assert mixed == {
            "shop": {"name": "Test Shop"},
            "k": {"name": "Product"},
            "__typename": "Query",
        }
        bomb = "{ __schema { types { " + "fields { type { " * 6 + "name" + " } }" * 6 + " } } }"
        assert await code(shopper, bomb) in {
            "graphql_document_too_large",
            "graphql_invalid_document",
        }


def test_the_worst_documents_are_refused_in_little_time() -> None:
    """Validation compares fields pairwise: what passes the bounds must not take it long."""
    documents = Documents(storefront().schema)
    inner = " ".join(f"b{at}: title" for at in range(99))
    heavy = [
        "{ " + f"shop {{ name }} products {{ nodes {{ {inner} }} }} " * 9 + "}",
        "{ " + " ".join('product(handle: "x") { title }' for _ in range(20)) + " }",
        BOMB,
        "query(" + " ".join(f"$v{at}: Int" for at in range(100)) + ") { shop { name } }",
    ]
    for text in heavy:
        started = time.process_time()
        with suppress(DocumentTooLarge, InvalidDocument):
            documents.read(text)
        assert time.process_time() - started < 2.0, text[:80]
