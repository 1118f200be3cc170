"""What variants were chosen by before selections were packed, they are chosen by afterwards."""

from pathlib import Path
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

import galleria
from galleria.commerce.catalog.repository.selections import packed, unpacked
from galleria.engines.sql import Access
from galleria.engines.sql.database import connect_as
from galleria.engines.sql.migrations import migrate, read_folder
from galleria.engines.sql.roles import OWNER

COMMERCE = Path(galleria.__file__).parent / "commerce"
SELECTIONS: list[list[int]] = [[], [1], [7, 300, 70_000], [2**31 - 1, -(2**31), 0, -1]]


@given(st.lists(st.integers(-(2**31), 2**31 - 1)))
def test_a_packed_selection_has_four_bytes_a_number_and_is_the_same_again(
    selection: list[int],
) -> None:
    raw = packed(selection)
    assert unpacked(raw) == selection
    assert len(raw) == 4 * len(selection)


async def test_selections_are_packed_and_say_what_they_said(empty: Access) -> None:
    words = read_folder("commerce.attributes", COMMERCE / "attributes/migrations")
    catalog = read_folder("commerce.catalog", COMMERCE / "catalog/migrations")
    await migrate(empty, [*words, *catalog[:9]])
    owner = await connect_as(empty, OWNER)
    await owner.executemany(
        "INSERT INTO catalog.variant (tenant_id, position, variant_id, product_id, is_shippable,"
        " is_taxable, selection, sku) VALUES ($1, $2, $3, $3, true, true, $4, $5)",
        [
            (tenant, at, UUID(int=at), selection, f"sku-{at}")
            for tenant in (1, 2)
            for at, selection in enumerate(SELECTIONS)
        ],
    )
    await migrate(empty, [*words, *catalog])
    rows = await owner.fetch(
        "SELECT tenant_id, selection FROM catalog.variant ORDER BY tenant_id, variant_id"
    )
    assert [unpacked(row["selection"]) for row in rows] == SELECTIONS * 2
    assert [row["selection"] for row in rows[:4]] == [packed(each) for each in SELECTIONS]
    protected = await owner.fetchval(
        "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class"
        " WHERE oid = 'catalog.variant'::regclass"
    )
    assert protected
    await owner.close()
