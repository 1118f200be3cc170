"""Made-up documents of the shop window, for tests of what becomes of them."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import strategies as st

from galleria.commerce.listings.model.making import (
    Card,
    Detail,
    Listing,
    PriceRange,
    ShownAttribute,
    ShownImage,
    ShownOption,
    ShownVariant,
)
from galleria.foundation.money import Money

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
NAMES = WORDS.filter(bool)
AMOUNTS = st.integers(0, 2**40)
IMAGES = st.builds(ShownImage, NAMES.map("/media/{}".format), WORDS)
ATTRIBUTES = st.builds(
    ShownAttribute,
    NAMES,
    WORDS.filter(bool),
    WORDS | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e6, 1e6),
    st.none() | WORDS,
)
OPTIONS = st.lists(
    st.builds(ShownOption, NAMES, st.lists(NAMES, min_size=1, max_size=6, unique=True)),
    max_size=3,
    unique_by=lambda option: option.name,
)


@st.composite
def variants_of(draw: st.DrawFn, options: list[ShownOption], most: int = 130) -> list[ShownVariant]:
    """Some variants of these axes; two may be the same choice."""
    count = draw(st.integers(1, 8) | st.integers(90, most))
    seed = draw(st.integers(0, 2**64))
    amounts = draw(st.lists(AMOUNTS, min_size=1, max_size=5))
    dear = draw(st.none() | st.integers(1, 500))
    skus = draw(st.none() | NAMES)
    return [
        ShownVariant(
            variant_id=UUID(int=(seed + at * 7919 * (1 + seed % 5)) % 2**128),
            sku=None
            if skus is None or (at % 7 == 3 and seed % 2)
            else f"{skus}{at + 7:0{seed % 3}d}",
            options=[
                o.values[(at * (axis + 1) + seed) % len(o.values)] for axis, o in enumerate(options)
            ],
            price=Money(amounts[at % len(amounts)], "EUR"),
            compare_at=Money(amounts[at % len(amounts)] + dear, "EUR") if dear and at % 2 else None,
            is_available=(at + seed) % 3 > 0,
            few_left=at % 5 + 1 if at % 4 == 0 else None,
            image_url=f"/media/{at}" if at % 9 == 1 else None,
        )
        for at in range(count)
    ]


@st.composite
def listings(draw: st.DrawFn) -> Listing:
    """A listing as `make_listing` makes them."""
    options = draw(OPTIONS)
    variants = draw(variants_of(options))
    title, handle = draw(NAMES), draw(NAMES.filter(lambda text: not text.startswith("-")))
    if draw(st.booleans()):
        handle = title.lower().replace(" ", "-") + handle
    images = draw(st.lists(IMAGES, max_size=3))
    cheapest = min(variants, key=lambda variant: variant.price.amount_minor)
    dearest = max(variants, key=lambda variant: variant.price.amount_minor)
    shared: dict[str, object] = {
        "product_id": draw(st.uuids()),
        "handle": handle.lstrip("-") or "x",
        "title": title,
        "brand": draw(WORDS),
        "price_range": PriceRange(cheapest.price, dearest.price),
        "is_available": any(variant.is_available for variant in variants),
        "published_at": datetime(2026, 1, 1, tzinfo=UTC),
        "variant_count": len(variants),
    }
    card = Card(
        image=images[0] if images else None,
        compare_at=cheapest.compare_at,
        only_variant_id=variants[0].variant_id if len(variants) == 1 else None,
        **shared,  # type: ignore[arg-type]
    )
    detail = Detail(
        description_html=draw(WORDS),
        product_type=draw(WORDS),
        tags=draw(st.lists(WORDS, max_size=3)),
        images=images,
        options=options,
        variants=variants,
        attributes=draw(st.lists(ATTRIBUTES, max_size=4)),
        categories=[],
        collections=[],
        seo_title=draw(NAMES),
        seo_description=draw(WORDS),
        **shared,  # type: ignore[arg-type]
    )
    return Listing(
        channel_id=draw(st.uuids()),
        locale="en",
        title_sort=title,
        card=card,
        detail=detail,
        category_ids=draw(st.lists(st.uuids(), max_size=3, unique=True)),
        collection_ids=draw(st.lists(st.uuids(), max_size=3, unique=True)),
    )
