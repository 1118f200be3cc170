"""The shop's own side by GraphQL: what REST says, by the scopes that REST asks for."""

from typing import Any

import pytest
from graphql import GraphQLList, GraphQLNonNull, GraphQLObjectType, is_required_argument

from galleria.faces.graphql.faces import admin
from galleria.faces.graphql.specs import spec_of
from tests.faces.gateway.door import ShopScene, buy
from tests.faces.graphql.asking import ADMIN, ask, data
from tests.faces.graphql.test_storefront import camelled

PRODUCT = """
query($h: String!) { product(handle: $h) {
  productId handle title descriptionHtml brand productTypeId status publishedAt tags translations
  seo { title description } externalRef variantCount version createdAt updatedAt publishAt
  unpublishAt metafields attributes options { name values } productType labels
  media { position mediaId alt alts sourceUrl }
  categories { categoryId handle name path translations isDirect }
  variants { nodes { variantId productId position sku barcode weightG isShippable isTaxable
    mediaId imageUrl externalRef metafields optionValues } }
} }
"""
# Maps by the shop's own words, which nobody renames.
AS_THEY_ARE = ("attributes", "translations", "labels")


async def test_a_product_is_told_field_by_field_as_rest_tells_it(shop: ShopScene) -> None:
    async with shop.clerk() as clerk:
        found = (await data(clerk, PRODUCT, ADMIN, h=shop.handle))["product"]
        rest = await clerk.json("GET", f"/admin/v1/products/{found['productId']}")
    expected = camelled(rest) | {name: rest[name] for name in AS_THEY_ARE}
    expected["seo"] = {"title": None, "description": None} | expected["seo"]
    for told, kept in zip(expected["categories"], rest["categories"], strict=True):
        told["translations"] = kept["translations"]
    found["variants"] = found["variants"]["nodes"]
    assert found == expected


async def test_lists_go_on_after_any_row(shop: ShopScene) -> None:
    query = (
        "query($n: Int!, $a: String) { variants(first: $n, after: $a) { nodes { sku }"
        " edges { cursor } pageInfo { hasNextPage endCursor } } }"
    )
    async with shop.clerk() as clerk:
        whole = (await data(clerk, query, ADMIN, n=100))["variants"]
        assert not whole["pageInfo"]["hasNextPage"]
        walked, after = [], None
        while True:
            page = (await data(clerk, query, ADMIN, n=1, a=after))["variants"]
            walked += page["nodes"]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
        assert walked == whole["nodes"]
        middle = await data(clerk, query, ADMIN, n=100, a=whole["edges"][0]["cursor"])
        assert middle["variants"]["nodes"] == whole["nodes"][1:]


async def test_stock_and_prices_of_many_variants(shop: ShopScene) -> None:
    async with shop.clerk() as clerk:
        found = await data(
            clerk,
            "{ products { nodes { title variants { nodes { sku stock { onHand }"
            " prices { amountMinor currency } costs { amountMinor } } } } } }",
            ADMIN,
        )
    (product,) = found["products"]["nodes"]
    assert [each["prices"][0]["amountMinor"] for each in product["variants"]["nodes"]] == [
        2400,
        2600,
    ]
    assert product["variants"]["nodes"][0]["stock"][0]["onHand"] >= 0


def scoped_fields() -> list[tuple[str, str, tuple[str, ...]]]:
    """Every field that asks for a scope."""
    found = []
    for name, kind in admin().schema.type_map.items():
        if isinstance(kind, GraphQLObjectType) and not name.startswith("__"):
            for key, field in kind.fields.items():
                if spec_of(field).scopes:
                    found.append((name, key, spec_of(field).scopes))
    return found


def test_every_field_of_the_roots_asks_for_a_scope() -> None:
    for root in (admin().schema.query_type, admin().schema.mutation_type):
        assert root is not None
        for key, field in root.fields.items():
            assert spec_of(field).scopes, key
            wanted = ":write" if root is admin().schema.mutation_type else ":read"
            assert all(scope.endswith(wanted) for scope in spec_of(field).scopes), key


def _asked(kind: Any) -> str:
    while isinstance(kind, GraphQLNonNull | GraphQLList):
        kind = kind.of_type
    return " { __typename }" if isinstance(kind, GraphQLObjectType) else ""


async def test_without_the_scope_a_field_is_null_and_says_so(shop: ShopScene) -> None:
    query_type = admin().schema.query_type
    assert query_type is not None
    fields = {
        key: field
        for key, field in query_type.fields.items()
        if not any(map(is_required_argument, field.args.values()))
    }
    query = "{ " + " ".join(key + _asked(field.type) for key, field in fields.items()) + " }"
    none = await shop.key_for("search:read")
    async with shop.clerk(none) as clerk:
        answer = await ask(clerk, query, ADMIN)
    assert set(answer["data"].values()) == {None}
    assert {each["extensions"]["code"] for each in answer["errors"]} == {"forbidden"}
    assert len(answer["errors"]) == len(fields)


async def test_a_key_for_products_sees_no_stock_and_changes_nothing(shop: ShopScene) -> None:
    narrow = await shop.key_for("products:read")
    async with shop.clerk(narrow) as clerk:
        answer = await ask(
            clerk,
            "{ products { nodes { title variants { nodes { sku stock { onHand } } } } }"
            " orders { nodes { number } } }",
            ADMIN,
        )
        (product,) = answer["data"]["products"]["nodes"]
        assert product["title"] == "Stoneware Mug"
        assert {each["stock"] for each in product["variants"]["nodes"]} == {None}
        assert answer["data"]["orders"] is None
        assert {each["extensions"]["code"] for each in answer["errors"]} == {"forbidden"}
        write = 'mutation { createProduct(input: {title: "X"}) { product { productId } } }'
        refused = await ask(clerk, write, ADMIN)
        assert refused["data"] == {"createProduct": None}
        assert refused["errors"][0]["extensions"]["code"] == "forbidden"


async def test_nobody_without_a_key_is_answered(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        answer = await shopper.post(ADMIN, json={"query": "{ __typename }"})
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthenticated"


@pytest.fixture
async def made(shop: ShopScene) -> dict[str, Any]:
    """A draft that nobody else touches."""
    async with shop.clerk() as clerk:
        found = await data(
            clerk,
            "mutation($input: ProductDraftInput!) { createProduct(input: $input) {"
            " product { productId version status variants { nodes { variantId } } }"
            " errors { code path } } }",
            ADMIN,
            input={"title": "Bowl", "variants": [{"sku": "bowl-g", "optionValues": []}]},
        )
    assert found["createProduct"]["errors"] == []
    product: dict[str, Any] = found["createProduct"]["product"]
    return product


async def test_a_product_is_made_changed_and_removed(shop: ShopScene, made: dict[str, Any]) -> None:
    change = (
        "mutation($p: ID!, $v: Int, $input: ProductChangesInput!) {"
        " updateProduct(productId: $p, expectedVersion: $v, input: $input) {"
        " product { title brand version } errors { code path reason } } }"
    )
    product_id, version = made["productId"], made["version"]
    async with shop.clerk() as clerk:
        asked: dict[str, Any] = {"p": product_id, "v": version, "input": {"brand": "Kiln"}}
        changed = (await data(clerk, change, ADMIN, **asked))["updateProduct"]
        assert changed["product"] == {"title": "Bowl", "brand": "Kiln", "version": version + 1}
        stale = (await data(clerk, change, ADMIN, **asked))["updateProduct"]
        assert stale["product"] is None
        assert [each["code"] for each in stale["errors"]] == ["stale_version"]
        asked |= {"v": None, "input": {"title": ""}}
        wrong = (await data(clerk, change, ADMIN, **asked))["updateProduct"]["errors"]
        assert wrong == [{"code": "invalid_product", "path": "input.title", "reason": "required"}]

        variant_id = made["variants"]["nodes"][0]["variantId"]
        steps = await data(
            clerk,
            "mutation($p: ID!, $v: ID!) {"
            " setPrices(prices: [{variantId: $v, amountMinor: 900}]) { errors { code message } }"
            " adjustStock(variantId: $v, input: {delta: 4}) { level { onHand } }"
            " publishProduct(productId: $p) { product { status } errors { code message } }"
            " archiveProduct(productId: $p) { product { status } }"
            " deleteProduct(productId: $p) { productId errors { code } } }",
            ADMIN,
            p=product_id,
            v=variant_id,
        )
        assert steps["setPrices"]["errors"] == []
        assert steps["adjustStock"]["level"]["onHand"] == 4
        assert steps["publishProduct"]["product"] == {"status": "active"}
        assert steps["deleteProduct"] == {"productId": product_id, "errors": []}


async def test_orders_with_their_customers(shop: ShopScene) -> None:
    async with shop.shopper() as shopper, shop.clerk() as clerk:
        bought = await buy(shopper, (shop.variant_ids[0], 2))
        found = await data(
            clerk,
            "{ orders { nodes { orderId total { amountMinor } customer { email } } } }",
            ADMIN,
        )
        line = next(
            each for each in found["orders"]["nodes"] if each["orderId"] == bought["order_id"]
        )
        assert line["customer"]["email"] == "ana@example.com"
        work = (
            "mutation($o: ID!, $key: String!) {"
            ' addOrderNote(orderId: $o, input: {note: "gift"}) { entry { note } errors { code } }'
            " fulfilOrder(orderId: $o) { fulfillment { quantities } errors { code } }"
            " cancelOrder(orderId: $o) { errors { code } }"
            " refundOrder(orderId: $o, idempotencyKey: $key, input: {}) {"
            " refund { amount { amountMinor } } errors { code } } }"
        )
        done = await data(clerk, work, ADMIN, o=bought["order_id"], key="r-1")
        assert done["addOrderNote"]["entry"] == {"note": "gift"}
        assert done["fulfilOrder"]["errors"] == []
        assert done["cancelOrder"]["errors"] == [{"code": "order_not_cancellable"}]
        total = bought["total"]["amount_minor"]
        assert done["refundOrder"]["refund"] == {"amount": {"amountMinor": total}}
        again = await data(clerk, work.replace("fulfilOrder", "fulfilOrder"), ADMIN,
                           o=bought["order_id"], key="r-1")  # fmt: skip
        assert again["refundOrder"] == done["refundOrder"]


async def test_a_second_shop_sees_nothing_of_the_first(
    shop: ShopScene, other_shop: ShopScene
) -> None:
    async with shop.clerk() as clerk, other_shop.clerk() as stranger:
        own = await data(clerk, PRODUCT, ADMIN, h=shop.handle)
        by_id = "query($p: ID!) { product(productId: $p) { title } }"
        answer = await ask(stranger, by_id, ADMIN, p=own["product"]["productId"])
        assert answer["data"] == {"product": None}
        assert answer["errors"][0]["extensions"]["code"] == "product_not_found"
