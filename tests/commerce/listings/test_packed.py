"""A packed listing comes back as it was made: card, page, further variants and picker."""

import msgspec
from hypothesis import given

from galleria.commerce.listings.model import packed
from galleria.commerce.listings.model.making import INLINE_VARIANTS, Listing, ShownVariant
from galleria.commerce.listings.model.packed import Stored
from galleria.commerce.listings.model.picking import matrix_of
from tests.commerce.listings.documents import listings


@given(listings())
def test_card_and_page_come_back_as_they_were(listing: Listing) -> None:
    ids = [*listing.category_ids, *listing.collection_ids]
    numbers = {each: at for at, each in enumerate(ids, 1)}
    row = packed.pack_listing(listing, numbers)
    stored = Stored(listing.card.product_id, listing.card.published_at, "EUR")

    assert packed.unpack_card(stored, row.document) == listing.card
    page = packed.unpack_detail(stored, row.document)
    inline = listing.detail.variants[:INLINE_VARIANTS]
    assert page.detail == msgspec.structs.replace(listing.detail, variants=inline)
    assert page.categories == [numbers[each] for each in listing.category_ids]
    assert page.collections == [numbers[each] for each in listing.collection_ids]
    assert [row.category, *(row.extra or [])] == (
        list(numbers.values()) or [0]
    ) or not page.categories


@given(listings())
def test_variants_past_the_hundredth_come_back_from_their_chunks(listing: Listing) -> None:
    row = packed.pack_listing(
        listing, dict.fromkeys([*listing.category_ids, *listing.collection_ids], 1)
    )
    stored = Stored(listing.card.product_id, listing.card.published_at, "EUR")
    options = listing.detail.options

    found: list[ShownVariant] = []
    for chunk in row.chunks:
        found += packed.unpack_chunk(stored, chunk, options)
    assert found == listing.detail.variants[INLINE_VARIANTS:]
    assert (row.picker is None) == (not found)
    if row.picker is not None:
        assert packed.unpack_matrix(row.picker) == matrix_of(options, listing.detail.variants)


def test_a_field_without_a_column_travels_along() -> None:
    class Coloured(ShownVariant, frozen=True, kw_only=True):
        swatch: str | None = None
        lead_days: int = 0

    rest = packed._Rest(Coloured, " ".join(ShownVariant.__struct_fields__))
    plain = {name: None for name in ShownVariant.__struct_fields__}
    items = [Coloured(**plain, swatch=swatch) for swatch in ("#fff", None)]  # type: ignore[arg-type]
    assert rest.read(rest.write(items), 2) == [{"swatch": "#fff"}, {"swatch": None}]
    assert rest.write(items[1:]) == ""
    assert rest.read("", 1) == [{}]
