"""The rules of the catalog by themselves."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.commerce.catalog.errors import InvalidProduct, ProductNotPublishable
from galleria.commerce.catalog.events import MAX_IDS, products_changed, products_removed
from galleria.commerce.catalog.model import changes, drafts, merging, products
from galleria.commerce.catalog.model.drafts import MediaDraft, ProductDraft, VariantDraft
from galleria.commerce.catalog.model.products import Option, Seo, Translation
from galleria.commerce.catalog.model.structure import category_path, free_handle
from galleria.commerce.catalog.model.wording import KeptVariant
from galleria.foundation.ids import new_id

MORNING = datetime(2026, 1, 1, 9, tzinfo=UTC)
EVENING = datetime(2026, 1, 1, 20, tzinfo=UTC)


def product(**fields: Any) -> products.Product:
    """A draft of one variant, made in the morning."""
    usual: dict[str, Any] = {
        "product_id": UUID(int=1),
        "handle": "mug",
        "title": "Mug",
        "description_html": "",
        "brand": "",
        "product_type_id": None,
        "status": "draft",
        "published_at": None,
        "tags": [],
        "attributes": {},
        "options": [],
        "translations": {},
        "seo": Seo(),
        "external_ref": None,
        "variant_count": 1,
        "version": 1,
        "created_at": MORNING,
        "updated_at": MORNING,
    }
    return products.Product(**{**usual, **fields})


def variant(number: int = 1, **fields: Any) -> products.Variant:
    """A variant of the product."""
    usual: dict[str, Any] = {
        "variant_id": UUID(int=number),
        "product_id": UUID(int=1),
        "position": 0,
        "sku": None,
        "barcode": None,
        "option_values": [],
        "weight_g": None,
        "is_shippable": True,
        "is_taxable": True,
        "media_id": None,
        "image_url": None,
        "external_ref": None,
    }
    return products.Variant(**{**usual, **fields})


def kept_variant(number: int, **fields: Any) -> KeptVariant:
    """A variant of the product as its row says it."""
    words = variant(number)
    facts = {name: getattr(words, name) for name in products.VariantFacts.__struct_fields__}
    return KeptVariant(**{**facts, **fields})


def test_a_product_keeps_the_time_it_was_first_published() -> None:
    first = products.publish(product(), MORNING)
    again = products.publish(products.unpublish(first, MORNING), EVENING)
    assert (again.status, again.published_at, again.updated_at) == ("active", MORNING, EVENING)
    assert again.version == 4


@pytest.mark.parametrize("status", products.STATUSES)
def test_a_status_it_has_already_leaves_a_product_as_it_is(status: products.Status) -> None:
    before = product(status=status)
    assert products.with_status(before, status, EVENING) is before


def test_what_is_archived_or_empty_is_not_published() -> None:
    for refused in (product(status="archived"), product(variant_count=0)):
        with pytest.raises(ProductNotPublishable):
            products.publish(refused, EVENING)


def test_a_single_variant_gains_and_loses_axes() -> None:
    axes = [Option("Size", ["S", "M"]), Option("Colour", ["Red"])]
    (gained,) = products.fit_variants(axes, [variant()])
    assert gained.option_values == ["S", "Red"]
    (kept,) = products.fit_variants(axes[:1], [variant(option_values=["M", "Red"])])
    assert kept.option_values == ["M"]
    (moved,) = products.fit_variants(axes[:1], [variant(option_values=["XL", "Red"])])
    assert moved.option_values == ["S"]


def test_several_variants_keep_their_axes_and_their_values() -> None:
    small, large = variant(1, option_values=["S"]), variant(2, option_values=["L"])
    renamed = [Option("Maat", ["L", "M", "S"])]
    assert products.fit_variants(renamed, [small, large]) == [small, large]

    with pytest.raises(InvalidProduct) as raised:
        products.fit_variants([Option("Size", ["S"])], [small, large])
    assert [(e.path, e.code) for e in raised.value.errors] == [
        ("options[0].values", "option_value_in_use")
    ]
    with pytest.raises(InvalidProduct) as raised:
        products.fit_variants([], [small, large])
    assert [e.code for e in raised.value.errors] == ["option_count"]


def test_a_variant_speaks_the_shoppers_language_where_there_are_words() -> None:
    view = products.VariantView(
        **{name: getattr(variant(), name) for name in products.Variant.__struct_fields__}
        | {"option_values": ["Red", "S"]},
        product_handle="shirt",
        title="Shirt",
        product_status="active",
        brand="",
        option_names=["Colour", "Size"],
        translations={"de": Translation(title="Hemd", options={"Colour": "Farbe", "Red": "Rot"})},
    )
    assert view.is_sellable
    assert (view.title_in("de"), view.title_in("fr")) == ("Hemd", "Shirt")
    assert view.options_in("de") == [("Farbe", "Rot"), ("Size", "S")]
    assert view.options_in("fr") == [("Colour", "Red"), ("Size", "S")]


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
DRAFTS = st.builds(
    ProductDraft,
    handle=st.just("mug"),
    title=WORDS,
    brand=WORDS,
    tags=st.lists(WORDS, max_size=3),
    attributes=st.dictionaries(WORDS, st.one_of(WORDS, st.booleans(), st.integers()), max_size=4),
    status=st.none(),
)


@given(DRAFTS, DRAFTS)
def test_drafts_have_the_same_hash_when_they_say_the_same(
    one: ProductDraft, other: ProductDraft
) -> None:
    assert (drafts.content_hash(one) == drafts.content_hash(other)) == (one == other)


@given(st.text(max_size=30))
def test_no_text_at_all_breaks_the_hash_but_nul_and_half_characters(text: str) -> None:
    draft = ProductDraft(handle="mug", title="Mug", attributes={"a": text})
    if "\0" in text:
        with pytest.raises(drafts.NulCharacter):
            drafts.content_hash(draft)
    elif any("\ud800" <= mark <= "\udfff" for mark in text):
        with pytest.raises(UnicodeEncodeError):
            drafts.content_hash(draft)
    else:
        assert len(drafts.content_hash(draft)) == 16


def test_a_text_that_speaks_of_nul_is_no_nul() -> None:
    talk = ProductDraft(
        handle="mug",
        title="the escape \\u0000",
        translations={"de": Translation(title="x")},
        category_paths=[["a", "b"]],
    )
    assert len(drafts.content_hash(talk)) == 16


AXES = st.lists(
    st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4, unique=True), max_size=3
)


@given(AXES, st.data())
def test_combinations_are_sound_exactly_when_complete_known_and_distinct(
    axes: list[list[str]], data: st.DataObject
) -> None:
    options = [Option(f"axis {at}", values) for at, values in enumerate(axes)]
    value = st.sampled_from("abcdefgh")
    rows = data.draw(st.lists(st.lists(value, max_size=4), min_size=1, max_size=5))
    is_sound = len({tuple(row) for row in rows}) == len(rows) and all(
        len(row) == len(axes) and all(v in axis for v, axis in zip(row, axes, strict=True))
        for row in rows
    )
    assert (drafts.check_combinations(options, rows) == []) == is_sound


@given(st.data())
def test_a_merge_keeps_each_variant_at_most_once_and_loses_none(data: st.DataObject) -> None:
    skus = st.one_of(st.none(), st.sampled_from("xyz"))
    values = st.permutations("abcde")
    count = data.draw(st.integers(1, 5))

    def rows() -> list[tuple[str | None, str]]:
        names = data.draw(st.lists(skus, min_size=count, max_size=count))
        unique = [n if n is None or names.index(n) == at else None for at, n in enumerate(names)]
        return list(zip(unique, data.draw(values), strict=False))

    existing = [
        kept_variant(number, sku=sku, selection=[ord(value)], position=number)
        for number, (sku, value) in enumerate(rows(), 1)
    ]
    wanted = [(VariantDraft(sku=sku), [ord(value)]) for sku, value in rows()]
    match = merging.match_variants(UUID(int=1), existing, wanted, new_id)

    assert len(match.variant_ids) == len(set(match.variant_ids)) == len(wanted)
    before = {each.variant_id for each in existing}
    kept = before & set(match.variant_ids)
    assert kept | set(match.removed) == before
    assert not kept & set(match.removed)
    assert {each.variant_id for each in match.new} == set(match.variant_ids) - before
    by_sku = {each.sku: each.variant_id for each in existing if each.sku}
    for (draft, _), variant_id in zip(wanted, match.variant_ids, strict=True):
        if draft.sku in by_sku:
            assert variant_id == by_sku[draft.sku]


def test_pictures_that_only_a_variant_names_come_behind_the_others() -> None:
    url = "https://x.example/"
    draft = ProductDraft(
        handle="mug",
        title="Mug",
        media=[MediaDraft(source_url=url + "1")],
        variants=[VariantDraft(image_url=url + n) for n in ("2", "1", "2")],
    )
    assert [m.source_url for m in merging.pictures_of(draft)] == [url + "1", url + "2"]


@pytest.mark.parametrize(
    ("fields", "path", "code"),
    [
        ({"tags": ["x"] * 251}, "tags", "too_many"),
        ({"tags": [""]}, "tags[0]", "required"),
        ({"tags": ["x" * 256]}, "tags[0]", "too_long"),
        ({"external_ref": ""}, "external_ref", "required"),
        ({"brand": "x" * 201}, "brand", "too_long"),
        ({"options": [Option("Size", ["S", "S"])]}, "options[0].values", "duplicate_value"),
        ({"variants": [VariantDraft(sku=" ")]}, "variants[0].sku", "required"),
        ({"variants": [VariantDraft(sku="x" * 101)]}, "variants[0].sku", "too_long"),
        (
            {"variants": [VariantDraft(image_url="https://x/" + "x" * 2_000)]},
            "variants[0].image_url",
            "too_long",
        ),
        ({"media": [MediaDraft()]}, "media[0]", "required"),
        ({"media": [MediaDraft(source_url="https://x")] * 251}, "media", "too_many"),
        (
            {"media": [MediaDraft(source_url="https://x", alts={"de": "x" * 501})]},
            "media[0].alt",
            "too_long",
        ),
        (
            {"translations": {"de": Translation(title="x" * 501)}},
            "translations.de.title",
            "too_long",
        ),
        (
            {"translations": {"de": Translation(description_html="x" * 50_001)}},
            "translations.de.description_html",
            "too_long",
        ),
        (
            {"translations": {"de": Translation(options={"a": "x" * 256})}},
            "translations.de.options",
            "too_long",
        ),
        ({"translations": {str(n): Translation() for n in range(51)}}, "translations", "too_many"),
        ({"category_paths": [["a"]] * 51}, "category_paths", "too_many"),
        ({"category_paths": [[]]}, "category_paths[0]", "required"),
        ({"category_paths": [["a", " "]]}, "category_paths[0][1]", "required"),
        ({"collections": ["x"] * 51}, "collections", "too_many"),
    ],
)
def test_every_limit_has_its_error(fields: dict[str, Any], path: str, code: str) -> None:
    errors = drafts.check_draft(ProductDraft(**{"handle": "mug", "title": "Mug", **fields}))
    assert (path, code) in [(error.path, error.code) for error in errors]


def test_a_changed_variant_is_judged_among_its_siblings() -> None:
    shirt = product(options=[Option("Size", ["S", "M"])])
    small, medium = variant(1, option_values=["S"]), variant(2, option_values=["M"])
    wish = changes.VariantChanges(sku="new", weight_g=200)
    changed = changes.change_variant(shirt, [small, medium], small, wish)
    assert (changed.sku, changed.weight_g, changed.option_values) == ("new", 200, ["S"])

    for values, code in ((["M"], "duplicate_combination"), (["XL"], "unknown_option_value")):
        wish = changes.VariantChanges(option_values=values)
        with pytest.raises(InvalidProduct) as raised:
            changes.change_variant(shirt, [small, medium], small, wish)
        (error,) = raised.value.errors
        assert (error.path.removesuffix("[0]"), error.code) == ("option_values", code)


def test_changes_are_held_to_the_rules_of_drafts() -> None:
    with pytest.raises(InvalidProduct) as raised:
        changes.check_changes(product(), changes.ProductChanges(title=" ", tags=[""]))
    assert [e.path for e in raised.value.errors] == ["title", "tags[0]"]
    changes.check_changes(product(), changes.ProductChanges(brand="Kiln"))


def test_a_category_is_found_by_the_words_that_led_to_it() -> None:
    assert category_path(["Kids & Babies", "Größe 5"]) == "kids-babies/grosse-5"


@given(st.sets(st.integers(2, 30)), st.text("ab-", min_size=1, max_size=130))
def test_a_free_handle_is_free_and_fits(numbers: set[int], wanted: str) -> None:
    base = wanted.strip("-")[:120].strip("-") or "x"
    taken = {base} | {f"{base[: 119 - len(str(n))].rstrip('-')}-{n}" for n in numbers}
    handle = free_handle(base, taken)
    assert handle not in taken
    assert len(handle) <= 120


def test_events_name_the_product_when_it_is_one() -> None:
    ids = [new_id() for _ in range(MAX_IDS + 1)]
    many = products_changed(ids, "merged")
    assert [(e.subject, len(e.product_ids)) for e in many] == [
        ("catalog", 500),
        (str(ids[-1]), 1),
    ]
    assert products_removed([]) == []
