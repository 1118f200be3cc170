"""The goods of the demo are complete and agree with themselves."""

import re
from collections import Counter

import pytest

from galleria.demo.goods import SHOPS, DemoProduct, DemoShop, DemoVariant, goods_of
from galleria.demo.pictures import picture_ids

EVERY_SHOP = pytest.mark.parametrize("shop", SHOPS, ids=lambda shop: shop.slug)
HANDLE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
COLOUR_OPTIONS = {"Colourway", "Glaze", "Colour", "Moulding"}
KIND_OF_TYPE = {str: "text", bool: "boolean", int: "number", float: "number"}


def _variants(shop: DemoShop) -> list[DemoVariant]:
    return [variant for product in goods_of(shop.slug) for variant in product.variants]


def _on_hand(variant: DemoVariant) -> int:
    return sum(row.on_hand for row in variant.stock)


def test_there_are_three_shops_with_about_three_dozen_products_each() -> None:
    assert [shop.slug for shop in SHOPS] == ["prints", "ceramics", "textiles"]
    assert all(34 <= len(goods_of(shop.slug)) <= 42 for shop in SHOPS)


def test_a_shop_that_is_not_there_has_no_goods() -> None:
    with pytest.raises(KeyError):
        goods_of("hats")


def test_goods_do_not_change_from_call_to_call_and_a_caller_cannot_change_them() -> None:
    goods = goods_of("prints")
    goods.clear()

    assert goods_of("prints") == goods_of("prints")
    assert goods_of("prints")


@EVERY_SHOP
def test_handles_are_unique_and_can_stand_in_an_address(shop: DemoShop) -> None:
    handles = [product.handle for product in goods_of(shop.slug)]

    assert len(set(handles)) == len(handles)
    assert all(HANDLE.fullmatch(handle) for handle in handles)


def test_skus_and_barcodes_are_unique_in_all_shops_together() -> None:
    variants = [variant for shop in SHOPS for variant in _variants(shop)]

    assert [sku for sku, times in Counter(v.sku for v in variants).items() if times > 1] == []
    assert len({variant.barcode for variant in variants}) == len(variants)


def test_barcodes_are_for_use_inside_a_company_and_their_check_digits_are_right() -> None:
    for shop in SHOPS:
        for variant in _variants(shop):
            digits = [int(digit) for digit in variant.barcode]
            assert len(digits) == 13
            assert variant.barcode.startswith("2")
            assert (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0


@EVERY_SHOP
def test_every_word_is_there_in_german_too(shop: DemoShop) -> None:
    for product in goods_of(shop.slug):
        german = product.translations["de"]
        assert german.title.strip(), product.handle
        assert german.description_html != product.description_html, product.handle
        said = {option.name for option in product.options}
        said |= {value for option in product.options for value in option.values}
        assert set(german.options) == said, product.handle
        assert all(german.options.values()), product.handle
        assert all(picture.alt.de for picture in product.pictures), product.handle
    for words in (shop.name, shop.tagline, shop.story):
        assert words.en != words.de
    named = [*shop.categories, *shop.attributes]
    assert all(getattr(each, "name", None) or getattr(each, "label", None) for each in named)


@EVERY_SHOP
def test_descriptions_are_plain_html_and_nothing_else(shop: DemoShop) -> None:
    for product in goods_of(shop.slug):
        for text in (product.description_html, product.translations["de"].description_html):
            assert set(re.findall(r"</?(\w+)", text)) <= {"p", "ul", "li"}
            assert text.count("<li>") >= 2, product.handle
            assert len(text) > 200, product.handle


@EVERY_SHOP
def test_search_engines_are_told_enough_and_not_too_much(shop: DemoShop) -> None:
    for product in goods_of(shop.slug):
        assert len(product.seo.title) <= 70, product.handle
        assert 40 <= len(product.seo.description) <= 160, product.handle


@EVERY_SHOP
def test_each_variant_has_a_value_of_each_option_and_no_two_the_same(shop: DemoShop) -> None:
    for product in goods_of(shop.slug):
        assert 1 <= len(product.options) <= 3, product.handle
        combinations = [variant.option_values for variant in product.variants]
        assert len(set(combinations)) == len(combinations), product.handle
        for at, option in enumerate(product.options):
            assert len(set(option.values)) == len(option.values)
            assert {values[at] for values in combinations} == set(option.values), product.handle
        assert all(len(values) == len(product.options) for values in combinations)


@EVERY_SHOP
def test_each_variant_costs_something_in_each_channel(shop: DemoShop) -> None:
    currencies = {channel.code: channel.currency for channel in shop.channels}
    for variant in _variants(shop):
        assert {price.channel: price.currency for price in variant.prices} == currencies
        for price in variant.prices:
            assert price.amount_minor > 0, variant.sku
            assert price.compare_at_minor is None or price.compare_at_minor > price.amount_minor


def test_the_print_shop_sells_in_dollars_too() -> None:
    assert {price.currency for v in _variants(SHOPS[0]) for price in v.prices} == {"EUR", "USD"}


@EVERY_SHOP
def test_prices_differ_and_some_are_reduced(shop: DemoShop) -> None:
    prices = [variant.prices[0] for variant in _variants(shop)]

    assert len({price.amount_minor for price in prices}) > 12
    assert sum(price.compare_at_minor is not None for price in prices) > 10
    assert sum(price.compare_at_minor is None for price in prices) > len(prices) / 2


@EVERY_SHOP
def test_stock_lies_at_two_locations_and_some_of_it_has_run_low_or_out(shop: DemoShop) -> None:
    codes = [location.code for location in shop.locations]
    variants = _variants(shop)
    tracked = [variant for variant in variants if variant.is_tracked]

    assert len(codes) == 2
    assert sum(location.share for location in shop.locations) == pytest.approx(1)
    assert all([row.location for row in variant.stock] == codes for variant in tracked)
    assert all(row.on_hand >= 0 for variant in tracked for row in variant.stock)
    assert sum(_on_hand(variant) == 0 for variant in tracked) >= 5
    assert sum(0 < _on_hand(variant) < 4 for variant in tracked) >= 5
    assert sum(_on_hand(variant) > 10 for variant in tracked) > len(variants) / 3
    assert all(variant.stock == () for variant in variants if not variant.is_tracked)


def test_some_goods_are_made_to_order_and_some_may_be_ordered_before_they_are_there() -> None:
    variants = [variant for shop in SHOPS for variant in _variants(shop)]

    assert any(not variant.is_tracked for variant in variants)
    assert any(variant.allows_backorder and _on_hand(variant) == 0 for variant in variants)


@EVERY_SHOP
def test_each_picture_can_be_drawn_and_each_variant_shows_one_of_its_products(
    shop: DemoShop,
) -> None:
    drawn = set(picture_ids())
    for product in goods_of(shop.slug):
        pictures = [picture.picture_id for picture in product.pictures]
        assert set(pictures) <= drawn, product.handle
        assert len(set(pictures)) == len(pictures), product.handle
        assert {variant.picture_id for variant in product.variants} <= set(pictures)


@EVERY_SHOP
def test_another_colour_is_another_picture(shop: DemoShop) -> None:
    for product in goods_of(shop.slug):
        for at, option in enumerate(product.options):
            if option.name in COLOUR_OPTIONS:
                shown = {(v.option_values[at], v.picture_id) for v in product.variants}
                pictures = [picture_id for _, picture_id in shown]
                assert len(set(pictures)) == len(pictures), product.handle
                assert {value for value, _ in shown} == set(option.values)


@EVERY_SHOP
def test_categories_and_collections_are_declared_and_the_tree_is_three_deep(shop: DemoShop) -> None:
    paths = {category.path for category in shop.categories}
    handles = {collection.handle for collection in shop.collections}
    used = {path for product in goods_of(shop.slug) for path in product.category_paths}

    assert used <= paths
    assert all(path[:-1] in paths for path in paths if len(path) > 1)
    assert max(len(path) for path in used) == 3
    assert {c for product in goods_of(shop.slug) for c in product.collections} == handles


def _breaches(shop: DemoShop, product: DemoProduct) -> list[str]:
    dictionary = {attribute.code: attribute for attribute in shop.attributes}
    found = []
    for code, value in product.attributes.items():
        attribute = dictionary[code]
        choices = {choice.en for choice in attribute.choices}
        if attribute.kind == "select":
            found += [code] if value not in choices else []
        elif KIND_OF_TYPE[type(value)] != attribute.kind:
            found.append(code)
    return found


@EVERY_SHOP
def test_attributes_are_in_the_dictionary_and_of_its_kinds(shop: DemoShop) -> None:
    for product in goods_of(shop.slug):
        assert product.attributes, product.handle
        assert _breaches(shop, product) == [], product.handle
    kinds = {attribute.kind for attribute in shop.attributes}
    assert kinds == {"text", "number", "boolean", "select"}
    assert any(attribute.unit for attribute in shop.attributes)


@EVERY_SHOP
def test_weights_are_those_of_things_one_can_send(shop: DemoShop) -> None:
    assert all(20 <= variant.weight_g <= 20_000 for variant in _variants(shop))


@EVERY_SHOP
def test_the_shops_colours_stand_out_on_its_pages(shop: DemoShop) -> None:
    bright, dark = "#fbf9f5", "#171513"  # as the storefront's pages are
    for colour, page in ((shop.theme.accent, bright), (shop.theme.accent_dark, dark)):
        low, high = sorted((_luminance(colour), _luminance(page)))
        assert (high + 0.05) / (low + 0.05) >= 4.5  # WCAG 2.2, 1.4.3


def _luminance(colour: str) -> float:
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)
