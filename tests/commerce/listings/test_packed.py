"""A packed listing comes back as it was made: card, page, further variants and picker."""

import msgspec
from hypothesis import given

from galleria.commerce.listings.model import packed, unpacked
from galleria.commerce.listings.model.making import INLINE_VARIANTS, Listing, ShownVariant
from galleria.commerce.listings.model.picking import matrix_of
from galleria.commerce.listings.model.unpacked import Stored
from tests.commerce.listings.documents import listings


@given(listings())
def test_card_and_page_come_back_as_they_were(listing: Listing) -> None:
    ids = [*listing.category_ids, *listing.collection_ids]
    numbers = {each: at for at, each in enumerate(ids, 1)}
    row = packed.pack_listing(listing, numbers)
    stored = Stored(listing.card.product_id, listing.card.published_at, "EUR")

    card = unpacked.card_json(stored, row.document)
    assert card == msgspec.json.encode(listing.card).decode()
    assert unpacked.description_in(row.document) == listing.detail.description_html
    page = unpacked.unpack_page(stored, row.document, listing.detail.handle)
    assert page is not None
    inline = listing.detail.variants[:INLINE_VARIANTS]
    shown = msgspec.structs.replace(listing.detail, variants=inline)
    assert page.to_json([], []) == msgspec.json.encode(shown).decode()
    assert page.to_detail() == shown
    assert unpacked.unpack_page(stored, row.document, listing.detail.handle + "x") is None
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
        found += unpacked.unpack_chunk(stored, chunk, [each.values for each in options])
    assert found == listing.detail.variants[INLINE_VARIANTS:]
    assert (row.picker is None) == (not found)
    if row.picker is not None:
        assert unpacked.unpack_matrix(row.picker) == matrix_of(options, listing.detail.variants)


def test_a_field_without_a_column_travels_along() -> None:
    class Coloured(ShownVariant, frozen=True, kw_only=True, omit_defaults=False):
        swatch: str | None = None
        lead_days: int = 0
        notes: list[str] = msgspec.field(default_factory=list)

    class Terse(Coloured, frozen=True, kw_only=True, omit_defaults=True):
        pass

    known = " ".join(ShownVariant.__struct_fields__)
    for kind, nothing in ((Coloured, ',"swatch":null,"lead_days":0,"notes":[]'), (Terse, "")):
        rest = packed.Rest(kind, known)
        plain = {name: None for name in ShownVariant.__struct_fields__}
        items = [kind(**plain, swatch=swatch) for swatch in ('"#fff"', None)]  # type: ignore[arg-type]
        said, unsaid = rest.read(rest.write(items), 2)
        assert said.startswith(',"swatch":"\\"#fff\\""')
        assert unsaid == nothing
        assert rest.write(items[1:]) == ""
        noted = kind(**plain, notes=["a"])  # type: ignore[arg-type]
        said, unsaid = rest.read(rest.write([noted, items[1]]), 2)
        assert said.endswith(',"notes":["a"]')
        assert unsaid == nothing
        assert rest.read("", 1) == [nothing]
