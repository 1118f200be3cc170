"""A product as a record of the index."""

from datetime import UTC, datetime

from galleria.commerce.catalog import ProductOutline
from galleria.commerce.catalog.model.drafts import MAX_CATEGORIES, MAX_TAGS
from galleria.commerce.catalog.model.structure import MAX_DEPTH
from galleria.commerce.collections.model.collections import MAX_RULES
from galleria.commerce.collections.schemas import MAX_COLLECTIONS_A_PRODUCT
from galleria.commerce.inventory import ShelfSum
from galleria.commerce.workbench.records import record_of
from galleria.foundation.ids import new_id


def test_the_fullest_product_that_there_may_be_is_a_record() -> None:
    categories = [new_id() for _ in range(MAX_CATEGORIES)]
    record = record_of(
        ProductOutline(
            product_id=new_id(),
            title=" ".join(map(str, range(100))),
            status="active",
            brand="B",
            tags=[f"tag {each}" for each in range(MAX_TAGS)],
            updated_at=datetime.now(UTC),
            category_ids=categories,
            variant_ids=[],
            has_media=True,
            product_type="T",
        ),
        {each: [new_id() for _ in range(MAX_DEPTH - 1)] + [each] for each in categories},
        [new_id() for _ in range(MAX_RULES + MAX_COLLECTIONS_A_PRODUCT)],
        (1, 2),
        ShelfSum(available=1, has_tracked=True, has_untracked=True, has_low=True),
    )
    assert len(record.words) > MAX_RULES + MAX_TAGS + MAX_CATEGORIES * MAX_DEPTH
