"""What GraphQL tells of the shop window is what REST tells of it."""

from typing import Any

from galleria.faces.graphql.kinds import camel
from tests.faces.gateway.door import ShopScene
from tests.faces.graphql.asking import data

MONEY = "{ amountMinor currency }"
PRODUCT = f"""
fragment Whole on Product {{
  productId handle title descriptionHtml brand productType tags isAvailable variantCount
  seoTitle seoDescription publishedAt
  images {{ url alt }} options {{ name values }}
  priceRange {{ min {MONEY} max {MONEY} }}
  attributes {{ code label value unit }}
  categories {{ handle name path }} collections {{ handle name path }}
  metafields {{ name label value unit }} relations {{ kind productId handle }}
  variants(first: 100) {{ nodes {{
    variantId sku options price {MONEY} compareAt {MONEY} isAvailable fewLeft imageUrl offer
    availableOn lowest30dMinor metafields {{ name }} components {{ title }}
  }} }}
}}
"""


def camelled(value: Any) -> Any:
    """What REST answers, with its fields called as GraphQL calls them."""
    if isinstance(value, dict):
        return {camel(key): camelled(each) for key, each in value.items()}
    return [camelled(each) for each in value] if isinstance(value, list) else value


async def test_a_product_is_told_field_by_field_as_rest_tells_it(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        rest = camelled(await shopper.json("GET", f"/store/v1/products/{shop.handle}"))
        found = await data(
            shopper, f"query($h: String!) {{ product(handle: $h) {{ ...Whole }} }} {PRODUCT}",
            h=shop.handle,
        )  # fmt: skip
    product = found["product"]
    product["variants"] = product["variants"]["nodes"]
    # REST leaves out of a variant what is usual.
    usual: dict[str, Any] = {"offer": "in_stock", "availableOn": None, "lowest30dMinor": None}
    usual |= {"metafields": [], "components": []}
    rest["variants"] = [usual | told for told in rest["variants"]]
    assert product == rest


async def test_a_search_by_post(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        found = await data(
            shopper,
            '{ search(query: "mug") { total queryId facets { code values { value count } }'
            " nodes { product { title handle descriptionHtml } highlights { field } } } }",
        )
    assert found["search"]["total"] == 1
