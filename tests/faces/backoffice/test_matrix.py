"""The matrix of a product's variants: seen by windows, typed over, filled and completed."""

from itertools import product as combinations
from uuid import UUID

from galleria.commerce import attributes, catalog, inventory, pricing
from galleria.commerce.attributes import (
    AxisCondition,
    ForbidRule,
    NewAttribute,
    NewProductType,
)
from galleria.commerce.catalog import Option, ProductDraft, ProductTree, VariantDraft
from galleria.engines.context import Context
from galleria.faces.backoffice.pages.products.sheet import row_of
from galleria.platform import tenants
from tests.faces.backoffice.conftest import SignedIn
from tests.faces.backoffice.test_products import on_hand, price_of

COLOURS, SIZES = ["Blue", "White", "Red"], ["S", "M", "L"]


async def a_shirt(
    shop: Context, colours: list[str] = COLOURS, sizes: list[str] = SIZES, **more: object
) -> ProductTree:
    """A shirt in all combinations but the last."""
    rows = list(combinations(colours, sizes))[:-1]
    draft = ProductDraft(
        title="Shirt",
        options=[Option("Colour", colours), Option("Fit", sizes)],
        variants=[VariantDraft(sku=f"s-{c}-{s}", option_values=[c, s]) for c, s in rows],
        **more,  # type: ignore[arg-type]
    )
    return await catalog.create_product(shop, draft)


def test_rows_count_up_like_the_numbers_on_a_meter() -> None:
    axes = [["a", "b"], ["1", "2", "3"]]
    assert [row_of(axes, at) for at in range(6)] == [list(each) for each in combinations(*axes)]


async def test_a_window_is_saved_as_a_whole_and_only_what_was_typed(
    shop: Context, at_work: SignedIn
) -> None:
    shirt = await a_shirt(shop)
    mia = await at_work(shop)
    path = f"/products/{shirt.product_id}/matrix"
    blue_s, blue_m = shirt.variants[0].variant_id, shirt.variants[1].variant_id

    page = await mia.get(f"{path}?field=sku")
    assert "s-Blue-S" in page.text
    assert "missing" in page.text
    page = await mia.send(page, path, {f"c[{blue_s}]": "blue-small"})
    assert "One cell is saved." in page.text
    view = await catalog.get_variant(shop, blue_s)
    assert view.sku == "blue-small"

    page = await mia.get(f"{path}?field=price")
    page = await mia.send(page, path, {f"c[{blue_s}]": "10", f"c[{blue_m}]": "11,50"})
    assert "2 cells are saved." in page.text
    assert (await price_of(shop, blue_m))[0] == 1150
    page = await mia.get(f"{path}?field=compare_at")
    page = await mia.send(page, path, {f"c[{blue_m}]": "20"})
    assert await price_of(shop, blue_m) == (1150, 2000)

    page = await mia.get(f"{path}?field=stock")
    page = await mia.send(page, path, {f"c[{blue_s}]": "7"})
    assert await on_hand(shop, blue_s) == 7
    page = await mia.get(f"{path}?field=weight_g")
    page = await mia.send(page, path, {f"c[{blue_s}]": "250"})
    assert (await catalog.get_variant(shop, blue_s)).weight_g == 250


async def test_what_is_wrong_is_said_at_the_cell_and_nothing_is_kept(
    shop: Context, at_work: SignedIn
) -> None:
    shirt = await a_shirt(shop)
    mia = await at_work(shop)
    path = f"/products/{shirt.product_id}/matrix"
    one, other = shirt.variants[0].variant_id, shirt.variants[1].variant_id
    page = await mia.get(f"{path}?field=sku")
    refused = await mia.send(page, path, {f"c[{one}]": "new", f"c[{other}]": "s-Red-S"})
    assert refused.status in (400, 409, 422)
    assert "aria-invalid" in refused.text
    assert (await catalog.get_variant(shop, one)).sku == "s-Blue-S"

    page = await mia.get(f"{path}?field=price")
    refused = await mia.send(page, path, {f"c[{one}]": "10", f"c[{other}]": "cheap"})
    assert "Write an amount" in refused.text
    assert "cheap" in refused.text, "nothing that was typed is lost"


async def test_somebody_quicker_is_noticed_and_a_sale_meanwhile_is_not_undone(
    shop: Context, at_work: SignedIn
) -> None:
    shirt = await a_shirt(shop)
    mia = await at_work(shop)
    path = f"/products/{shirt.product_id}/matrix"
    one = shirt.variants[0].variant_id
    page = await mia.get(f"{path}?field=sku")
    await catalog.update_product(shop, shirt.product_id, catalog.ProductChanges(brand="Loom"))
    refused = await mia.send(page, path, {f"c[{one}]": "mine"})
    assert refused.status == 412
    assert 'value="mine"' in refused.text
    assert "One cell is saved." in (await mia.send(refused, path, {})).text

    await inventory.set_stock(shop, [inventory.SetStock(variant_id=one, on_hand=5)])
    page = await mia.get(f"{path}?field=stock")
    await inventory.set_stock(shop, [inventory.SetStock(variant_id=one, on_hand=4)])
    await mia.send(page, path, {f"c[{one}]": "10"})
    assert await on_hand(shop, one) == 9


async def test_one_value_goes_to_a_whole_column_on_the_page_or_off(
    shop: Context, at_work: SignedIn
) -> None:
    shirt = await a_shirt(shop, [f"Colour {n}" for n in range(60)])
    mia = await at_work(shop)
    path = f"/products/{shirt.product_id}/matrix"
    page = await mia.get(f"{path}?field=price&row=40")
    assert "Colour 40" in page.text
    assert ">Colour 0<" not in page.text.partition("<tbody>")[2].partition("</tbody>")[0]
    page = await mia.send(page, f"{path}/fill", {"axis[1]": "M", "fill": "9.90"})
    assert "60 cells are saved." in page.text
    channel_id = await pricing_channel(shop)
    prices = await pricing.prices_of(
        shop, [each.variant_id for each in shirt.variants], channel_id, "EUR"
    )
    assert len(prices) == 60
    page = await mia.get(f"{path}?field=weight_g")
    page = await mia.send(page, f"{path}/fill", {"axis[0]": "Colour 3", "fill": "100"})
    assert "3 cells are saved." in page.text
    page = await mia.get(f"{path}?field=stock")
    page = await mia.send(page, f"{path}/fill", {"fill": "2"})
    assert "179 cells are saved." in page.text
    refused = await mia.send(page, f"{path}/fill", {"fill": "many"})
    assert "Write a number" in refused.text


async def pricing_channel(shop: Context) -> UUID:
    """The default channel."""
    return (await tenants.channel_of(shop)).channel_id


async def test_missing_combinations_are_made_by_the_pattern_and_illegal_ones_are_greyed(
    shop: Context, at_work: SignedIn
) -> None:
    colour = await attributes.create_attribute(
        shop, NewAttribute(code="colour", label="Colour", kind="select", is_axis=True)
    )
    fit = await attributes.create_attribute(
        shop, NewAttribute(code="fit", label="Fit", kind="select", is_axis=True)
    )
    kept = {}
    for attribute, words in ((colour, COLOURS), (fit, SIZES)):
        for word in words:
            value = await attributes.add_value(
                shop, attribute.code, attributes.NewAttributeValue(word=word)
            )
            kept[word] = value.value_id
    await attributes.create_product_type(
        shop,
        NewProductType(
            name="Shirts",
            axes=[colour.attribute_id, fit.attribute_id],
            sku_pattern="{handle}-{colour}-{fit}",
            rules=[
                ForbidRule(
                    rule_id="no-white-large",
                    words="White is not made in L.",
                    when=[
                        AxisCondition(attribute_id=colour.attribute_id, values=[kept["White"]]),
                        AxisCondition(attribute_id=fit.attribute_id, values=[kept["L"]]),
                    ],
                )
            ],
        ),
    )
    shirt = await catalog.create_product(
        shop,
        ProductDraft(
            title="Shirt",
            handle="shirt",
            product_type="Shirts",
            options=[Option("Colour", COLOURS), Option("Fit", SIZES)],
            variants=[VariantDraft(option_values=["Blue", "S"])],
        ),
    )
    mia = await at_work(shop)
    path = f"/products/{shirt.product_id}/matrix"
    page = await mia.get(path)
    assert 'title="White is not made in L."' in page.text
    assert page.text.count('class="missing"') == 7

    fields = [*page.form(f"{mia.base}{path}/look"), ("make[0]", "Red")]
    page = await mia.browser.post(f"{mia.base}{path}/look", fields)
    assert "3 variants would be made." in page.text
    assert "shirt-red-s" in page.text.lower()
    assert len((await catalog.get_product(shop, shirt.product_id)).variants) == 1
    fields = [*page.form(f"{mia.base}{path}/look"), ("make[0]", "Red")]
    page = await mia.browser.post(f"{mia.base}{path}/make", fields)
    assert "3 variants were added." in page.text
    assert len((await catalog.get_product(shop, shirt.product_id)).variants) == 4


async def test_a_product_with_one_option_reads_down_and_one_without_has_no_matrix(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    mia = await at_work(shop)
    page = await mia.get(f"/products/{a_mug.product_id}/matrix?field=price")
    assert 'aria-label="Price: Blue"' in page.text
    plain = await catalog.create_product(shop, ProductDraft(title="Plain"))
    page = await mia.get(f"/products/{plain.product_id}/matrix")
    assert page.status == 200
    assert f"{mia.base}/products/{plain.product_id}/matrix" not in page.links


async def test_who_may_only_look_types_nothing(shop: Context, at_work: SignedIn) -> None:
    shirt = await a_shirt(shop)
    ben = await at_work(shop, "viewer")
    page = await ben.get(f"/products/{shirt.product_id}/matrix?field=sku")
    assert "readonly" in page.text
    one = shirt.variants[0].variant_id
    refused = await ben.browser.post(
        f"{ben.base}/products/{shirt.product_id}/matrix?field=sku",
        {"form_token": page.token, f"c[{one}]": "x", "version": "1"},
    )
    assert refused.status == 403
    assert (await catalog.get_variant(shop, one)).sku == "s-Blue-S"
