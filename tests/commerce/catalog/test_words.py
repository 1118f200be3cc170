"""Words by number: shared between products, numbers as axes, and combinations that are not made."""

from typing import Any

import pytest
from msgspec import UNSET

from galleria.commerce import attributes, catalog
from galleria.commerce.attributes import (
    AxisCondition,
    ForbidRule,
    NewAttribute,
    NewProductType,
    RangeRule,
)
from galleria.commerce.catalog import (
    InvalidProduct,
    Option,
    ProductChanges,
    ProductDraft,
    VariantChanges,
    VariantDraft,
)
from galleria.engines.context import Context
from tests.commerce.catalog.wares import made, merge, shirt, simple


async def numbers_of(ctx: Context, code: str) -> dict[str, int]:
    """The number of each word of an attribute."""
    return {each.word: each.value_id for each in (await attributes.list_values(ctx, code)).items}


async def rows_of(ctx: Context, sql: str) -> list[Any]:
    """What the shop's tables hold."""
    return [tuple(row) for row in await ctx.read(sql)]


async def test_a_word_is_kept_once_whoever_uses_it(ctx: Context) -> None:
    await merge(ctx, shirt("one"), shirt("two"), simple("mug", attributes={"colour": "blue"}))
    numbers = await numbers_of(ctx, "colour")
    assert sorted(numbers) == ["Blue", "Red"]
    rows = await rows_of(ctx, "SELECT axes FROM catalog.product WHERE tenant_id = $1")
    assert rows.count(([[1, [numbers["Red"], numbers["Blue"]]], [2, [3, 4, 5]]],)) == 2
    held = await rows_of(ctx, "SELECT attributes FROM catalog.product WHERE tenant_id = $1")
    assert ({"1": numbers["Blue"]},) in held


async def test_what_the_dictionary_calls_a_word_is_what_products_say(ctx: Context) -> None:
    product_id = await made(ctx, shirt(attributes={"material": "wool"}))
    numbers = await numbers_of(ctx, "colour")
    change = attributes.AttributeValueChanges(word="Navy", labels={"de": "Marine"})
    await attributes.update_value(ctx, numbers["Blue"], change)
    tree = await catalog.get_product(ctx, product_id)
    assert tree.options[0] == Option("Colour", ["Red", "Navy"])
    assert tree.variants[3].option_values == ["Navy", "S"]
    assert tree.labels == {"de": {"Navy": "Marine"}}
    # A file that still says Blue means the same.
    (again,) = await merge(ctx, shirt(attributes={"material": "silk"}))
    assert again.outcome == "changed"
    tree = await catalog.get_product(ctx, product_id)
    assert [v.variant_id for v in tree.variants] == again.variant_ids
    assert tree.options[0].values == ["Red", "Navy"]


async def test_an_option_is_found_by_what_it_is_called(ctx: Context) -> None:
    await merge(ctx, shirt("one"))
    await attributes.update_attribute(ctx, "colour", attributes.AttributeChanges(label="Farbe"))
    options = [Option("Farbe", ["Red"])]
    await merge(ctx, simple("two", options=options, variants=[VariantDraft(option_values=["Red"])]))
    assert sorted((await attributes.dictionary(ctx)).by_code) == ["colour", "size"]


async def test_two_spellings_of_a_word_on_one_axis_are_refused(ctx: Context) -> None:
    options = [Option("Colour", ["Red", "red "])]
    variants = [VariantDraft(option_values=[value]) for value in options[0].values]
    (refused,) = await merge(ctx, simple("mug", options=options, variants=variants))
    assert [(e.path, e.code) for e in refused.errors] == [("options[0].values", "duplicate_value")]


async def test_a_date_that_has_the_name_of_an_option_keeps_it(ctx: Context) -> None:
    await attributes.create_attribute(ctx, NewAttribute(code="edition", kind="date"))
    options = [Option("Edition", ["First"])]
    product_id = await made(
        ctx, simple("book", options=options, variants=[VariantDraft(option_values=["First"])])
    )
    assert (await catalog.get_product(ctx, product_id)).options == options
    assert (await attributes.dictionary(ctx)).by_code["edition-option"].label == "Edition"


def rope(*lengths: str, values: list[str] | None = None) -> ProductDraft:
    """A rope cut to these lengths."""
    return simple(
        "rope",
        options=[Option("Length", list(lengths) if values is None else values)],
        variants=[VariantDraft(option_values=[length]) for length in lengths],
    )


async def with_lengths(ctx: Context) -> None:
    """Lengths are numbers in millimetres, with one digit behind the point, from 10 on."""
    wanted = NewAttribute(
        code="length", kind="decimal", unit="mm", decimals=1, minimum=10, is_axis=True
    )
    await attributes.create_attribute(ctx, wanted)


async def test_variants_may_differ_by_any_number(ctx: Context) -> None:
    await with_lengths(ctx)
    product_id = await made(ctx, rope("120", "12.5", "2 cm", values=[]))
    tree = await catalog.get_product(ctx, product_id)
    assert tree.options == [Option("Length", [])]
    assert [v.option_values for v in tree.variants] == [["120"], ["12.5"], ["20"]]
    rows = await rows_of(ctx, "SELECT selection FROM catalog.variant WHERE tenant_id = $1")
    assert sorted(rows) == [(number.to_bytes(4, "big"),) for number in (125, 200, 1200)]

    added = await catalog.add_variant(ctx, product_id, VariantDraft(option_values=["33.3"]))
    assert added.option_values == ["33.3"]
    for length, code in (("9", "out_of_range"), ("1.23456", "too_precise"), ("a", "wrong_type")):
        with pytest.raises(InvalidProduct) as refusal:
            await catalog.add_variant(ctx, product_id, VariantDraft(option_values=[length]))
        assert [error.code for error in refusal.value.errors] == [code]


async def test_only_an_axis_of_numbers_goes_without_values(ctx: Context) -> None:
    options = [Option("Colour", [])]
    draft = simple("mug", options=options, variants=[VariantDraft(option_values=["x"])])
    (refused,) = await merge(ctx, draft)
    assert [(e.path, e.code) for e in refused.errors] == [("options[0].values", "required")]


async def with_shirts(ctx: Context) -> None:
    """White is not made in L."""
    await merge(ctx, shirt("first", product_type="Shirt"))
    known = (await attributes.dictionary(ctx)).by_code
    colours, sizes = await numbers_of(ctx, "colour"), await numbers_of(ctx, "size")
    rule = ForbidRule(
        rule_id="red-l",
        words="Large reds are sold out for good",
        when=[
            AxisCondition(attribute_id=known["colour"].attribute_id, values=[colours["Red"]]),
            AxisCondition(attribute_id=known["size"].attribute_id, values=[sizes["L"]]),
        ],
    )
    (shirts,) = (await attributes.list_product_types(ctx)).items
    axes = [known["colour"].attribute_id, known["size"].attribute_id]
    changes = attributes.ProductTypeChanges(axes=axes, rules=[rule])
    await attributes.update_product_type(ctx, shirts.product_type_id, changes)


async def test_a_combination_that_is_not_made_never_enters(ctx: Context) -> None:
    await with_shirts(ctx)
    bad = shirt("bad", product_type="Shirt")
    good = shirt("good", sizes="SM", product_type="Shirt")
    before = await catalog.diff_products(ctx, [bad, good])
    after = await merge(ctx, bad, good)
    for refused, taken in (before, after):
        assert (refused.outcome, taken.outcome) == ("refused", "created")
        (error,) = refused.errors
        assert (error.path, error.code) == ("variants[2].option_values", "illegal_combination")
        assert "Large reds are sold out for good" in error.message
        assert "'red-l'" in error.message
        assert "possible for" in error.message


async def test_edits_do_not_make_what_is_not_made(ctx: Context) -> None:
    await with_shirts(ctx)
    product_id = await made(ctx, shirt("mine", sizes="SM", product_type="Shirt"))
    options = [Option("Colour", ["Red", "Blue"]), Option("Size", ["S", "M", "L"])]
    tree = await catalog.update_product(ctx, product_id, ProductChanges(options=options))
    with pytest.raises(InvalidProduct, match="not all of these"):
        await catalog.add_variant(ctx, product_id, VariantDraft(option_values=["Red", "L"]))
    await catalog.add_variant(ctx, product_id, VariantDraft(option_values=["Blue", "L"]))
    with pytest.raises(InvalidProduct, match="not all of these"):
        await catalog.update_variant(
            ctx, tree.variants[0].variant_id, VariantChanges(option_values=["Red", "L"])
        )

    plain = await made(ctx, shirt("plain"))
    with pytest.raises(InvalidProduct, match="not all of these"):
        await catalog.update_product(ctx, plain, ProductChanges(product_type="Shirt"))
    assert (await catalog.get_product(ctx, plain)).product_type == ""


async def test_numbers_stay_within_the_range_of_their_type(ctx: Context) -> None:
    await with_lengths(ctx)
    axis = (await attributes.dictionary(ctx)).by_code["length"].attribute_id
    rule = RangeRule(rule_id="cuts", attribute_id=axis, minimum=100, maximum=500, step=50)
    await attributes.create_product_type(
        ctx, NewProductType(name="Rope", axes=[axis], rules=[rule])
    )
    fine = rope("100", "150", "500", values=[])
    (taken,) = await merge(ctx, ProductDraft(**fields_of(fine, product_type="Rope")))
    assert taken.outcome == "created"
    (refused,) = await merge(
        ctx, ProductDraft(**fields_of(rope("120", values=[]), handle="other", product_type="Rope"))
    )
    (error,) = refused.errors
    assert error.code == "illegal_combination"
    assert "150" in error.message


def fields_of(draft: ProductDraft, **others: Any) -> dict[str, Any]:
    """The fields of a draft, some of them others."""
    fields = {name: getattr(draft, name) for name in draft.__struct_fields__}
    return {name: value for name, value in {**fields, **others}.items() if value is not UNSET}
