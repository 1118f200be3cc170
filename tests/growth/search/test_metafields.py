"""Metafields that shoppers may read are shown, found by their words and counted as facets."""

from typing import Any

import msgspec

from galleria.commerce import attributes, catalog, listings
from galleria.commerce.attributes import NewMetafieldDefinition
from galleria.commerce.catalog import CategoryChanges, ProductChanges, VariantChanges
from galleria.commerce.listings import Detail
from galleria.engines.context import Context
from galleria.growth.search.documents import document_of
from tests.commerce.selling import mug, open_shop, put_on_sale, show, window


async def defined(ctx: Context, owner: Any, code: str, **fields: Any) -> None:
    whole = {"kind": "text", "storefront": "public", **fields}
    wanted = NewMetafieldDefinition(owner_kind=owner, namespace="care", code=code, **whole)
    await attributes.create_metafield_definition(ctx, wanted)


async def test_public_metafields_reach_the_shop_window_and_the_index(house_ctx: Context) -> None:
    _, shop = await open_shop(house_ctx)
    await put_on_sale(shop, mug())
    await defined(shop, "product", "note", labels={"de": "Hinweis"}, is_searchable=True)
    await defined(shop, "product", "days", kind="integer", unit=None, is_filterable=True)
    await defined(shop, "product", "cost", kind="integer", storefront="none", is_filterable=True)
    await defined(shop, "variant", "glaze")
    await defined(shop, "category", "banner")
    tree = await catalog.get_product_by_handle(shop, "mug")
    values = {"care.note": "Dishwasher proof", "care.days": 3, "care.cost": 7}
    await catalog.update_product(shop, tree.product_id, ProductChanges(metafields=values))
    glaze = VariantChanges(metafields={"care.glaze": "Matt"})
    await catalog.update_variant(shop, tree.variants[0].variant_id, glaze)
    place = tree.categories[0].category_id
    banner = CategoryChanges(metafields={"care.banner": "Hand made"})
    await catalog.update_category(shop, place, banner)
    await show(shop)

    text, _ = await listings.detail_of(shop, await window(shop, "de"), "mug")
    detail = msgspec.json.decode(text, type=Detail)
    assert [(each.name, each.label, each.value) for each in detail.metafields] == [
        ("care.days", "Days", 3),
        ("care.note", "Hinweis", "Dishwasher proof"),
    ]
    assert [[m.value for m in v.metafields] for v in detail.variants] == [["Matt"], []]
    node = next(n for n in await listings.categories_of(shop) if n.category_id == place)
    assert [(each.name, each.value) for each in node.metafields] == [("care.banner", "Hand made")]

    definitions = (await attributes.dictionary(shop)).definitions["product"]
    document = document_of((await window(shop)).channel_id, "de", detail, definitions)
    assert "Dishwasher proof" in document.text
    assert document.facets["care.days"] == ("3",)
    assert "care.note" not in document.facets
    assert "care.cost" not in document.facets
