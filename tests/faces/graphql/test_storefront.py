"""What GraphQL tells of the shop window is what REST tells of it."""

from typing import Any

from galleria.commerce.catalog import MediaDraft
from galleria.content import images
from galleria.faces.graphql.kinds import camel
from tests import pictures
from tests.commerce.selling import mug, put_on_sale
from tests.faces.gateway.door import ShopScene
from tests.faces.graphql.asking import code, data

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


async def test_pictures_are_named_in_the_width_that_is_asked_for(shop: ShopScene) -> None:
    image = await images.store_image(shop.ctx, pictures.jpeg())
    media = [MediaDraft(media_id=image.media_id, alt="A jug")]
    await put_on_sale(shop.ctx, mug("framed", media=media, stock=3))
    await shop.door.relay()
    document = """query($w: Int!) { product(handle: "framed") {
      images { url small: sizedUrl(width: $w) large: sizedUrl(width: 1280) }
      variants { nodes { imageUrl sizedImageUrl(width: $w) } } image { sizedUrl(width: 80) } } }"""
    async with shop.shopper() as shopper:
        found = (await data(shopper, document, w=320))["product"]
        url = f"/media/{image.media_id}"
        assert found["images"] == [{"url": url, "small": f"{url}?w=320", "large": f"{url}?w=1280"}]
        assert found["image"] == {"sizedUrl": f"{url}?w=80"}
        (variant, *_) = found["variants"]["nodes"]
        own = variant["imageUrl"]
        assert variant["sizedImageUrl"] == (own and f"{own}?w=320")
        assert (await shopper.get(found["images"][0]["small"])).status_code == 200
        assert await code(shopper, document, w=0) == "invalid_input"
        assert await code(shopper, document, w=5000) == "invalid_input"
