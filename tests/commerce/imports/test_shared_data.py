"""Real product files go in whole: only where they lie beside the project."""

import pytest

from galleria.engines.context import Context
from tests.commerce.imports.conftest import counts, products_of, taken_in
from tests.shared_data import shared_file

pytestmark = pytest.mark.shared_data


async def test_19406_electronics_products_go_in_and_twice_is_as_once(shop: Context) -> None:
    content = shared_file("electronics.jsonl.gz").read_bytes()
    first = await taken_in(shop, content, publish=True)
    assert (first.state, counts(first)) == ("done", (19_406, 0, 0, 0))
    # Part numbers of makers are not unique, and some are whole sentences.
    assert first.problem_codes == {"duplicate_sku": 1_818, "sku_too_long": 234}
    second = await taken_in(shop, content, publish=True)
    assert (second.state, counts(second)) == ("done", (0, 0, 19_406, 0))


@pytest.mark.parametrize(
    ("name", "products", "variants"), [("apparel.csv", 20, 22), ("jewelery.csv", 20, 23)]
)
async def test_shopifys_own_samples_go_in(
    shop: Context, name: str, products: int, variants: int
) -> None:
    content = shared_file(f"shopify/{name}").read_bytes()
    run = await taken_in(shop, content)
    assert (run.state, counts(run), run.problem_count) == ("done", (products, 0, 0, 0), 0)
    trees = await products_of(shop)
    assert sum(len(tree.variants) for tree in trees.values()) == variants
    assert all(tree.media for tree in trees.values())
    again = await taken_in(shop, content)
    assert counts(again) == (0, 0, products, 0)
