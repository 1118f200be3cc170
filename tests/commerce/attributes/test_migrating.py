"""What shoppers could filter by before a change of the tables, they can afterwards."""

from pathlib import Path

import galleria.commerce.attributes
from galleria.engines.sql import Access
from galleria.engines.sql.database import connect_as
from galleria.engines.sql.migrations import migrate, read_folder
from galleria.engines.sql.roles import OWNER

FOLDER = Path(galleria.commerce.attributes.__file__).parent / "migrations"
BEFORE = """
INSERT INTO attributes.attribute (tenant_id, attribute_id, code, label, labels, kind, decimals,
    is_filterable, is_searchable, is_axis, is_archived, position, version)
VALUES
    (7, 1, 'fit', 'Fit', '{}', 'select', 0, false, false, true, false, 0, 3),
    (7, 2, 'power', 'Power', '{}', 'integer', 0, true, true, false, false, 0, 1),
    (8, 1, 'fit', 'Fit', '{}', 'text', 0, false, false, false, true, 0, 1);
INSERT INTO attributes.version VALUES (7, uuidv7(), uuidv7()), (8, uuidv7(), uuidv7());
"""


async def test_all_attributes_go_on_being_facets(empty: Access) -> None:
    connection = await connect_as(empty, OWNER)
    try:
        migrations = read_folder("commerce.attributes", FOLDER)
        await migrate(empty, migrations[:3])
        await connection.execute(BEFORE)
        before = await connection.fetch("SELECT * FROM attributes.version ORDER BY tenant_id")
        await migrate(empty, migrations[:4])
        after = await connection.fetch("SELECT * FROM attributes.version ORDER BY tenant_id")
        rows = await connection.fetch(
            "SELECT tenant_id, attribute_id, is_filterable, is_searchable, version"
            " FROM attributes.attribute ORDER BY 1, 2"
        )
    finally:
        await connection.close()
    assert [tuple(row) for row in rows] == [
        (7, 1, True, False, 4),
        (7, 2, True, True, 1),
        (8, 1, True, False, 2),
    ]
    for old, new in zip(before, after, strict=True):
        assert new["dictionary_version"] != old["dictionary_version"], "it is read anew"
        assert new["values_version"] == old["values_version"]
