"""Boots in hundreds of variants, for tests of what is shown of them."""

from itertools import product as combinations

import msgspec

from galleria.commerce.catalog import Option, VariantDraft
from tests.commerce.selling import Sold, mug

SIZES = [f"{size}" for size in range(20)]
COLOURS = ["Blue", "White", "Red", "Green", "Black", "Sand", "Teal", "Plum", "Rose", "Navy"]


def boots(count: int = 200) -> Sold:
    """Boots in ten colours and twenty sizes; each costs its place, every third is sold out."""
    picks = list(combinations(COLOURS, SIZES))[:count]
    sold = mug(
        "boots",
        title="Boots",
        options=[Option("Colour", COLOURS), Option("Size", SIZES)],
        variants=[
            VariantDraft(sku=f"boots-{colour}-{size}", option_values=[colour, size])
            for colour, size in picks
        ],
    )
    return msgspec.structs.replace(
        sold,
        prices=[1_000 + at for at in range(count)],
        stock=[0 if at % 3 == 0 else 9 for at in range(count)],
    )
