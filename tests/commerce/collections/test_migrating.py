"""A shop that had collections before they had a room of their own keeps them, members and all."""

from galleria.engines.sql import Access
from galleria.engines.sql.database import connect_as
from galleria.engines.sql.migrations import Migration, migrate
from galleria.engines.sql.roles import APP, OWNER
from galleria.foundation.ids import new_id
from tests.engines_for_tests import all_migrations


def _before(migrations: list[Migration]) -> list[Migration]:
    """The tables of the catalog as they were, and what they stand on."""
    names = [each.name for each in migrations]
    cut = next(at for at, name in enumerate(names) if name.endswith("hand_over_collections"))
    rooms = ("commerce.attributes", "commerce.catalog")
    return [each for each in migrations[:cut] if each.room in rooms]


async def test_collections_and_members_of_before_are_there_and_counted(empty: Access) -> None:
    migrations = all_migrations()
    await migrate(empty, _before(migrations))
    owner = await connect_as(empty, OWNER)
    best, other = new_id(), new_id()
    products = [new_id() for _ in range(3)]
    await owner.executemany(
        "INSERT INTO catalog.collection VALUES ($1, $2, $3, $4, '{}', 0, 1)",
        [(1, best, "best", "Best"), (2, other, "best", "Theirs")],
    )
    await owner.executemany(
        "INSERT INTO catalog.product_collection VALUES ($1, $2, $3)",
        [(1, best, each) for each in products] + [(2, other, products[0])],
    )

    await migrate(empty, migrations)

    members = await owner.fetch(
        "SELECT product_id FROM collections.member WHERE tenant_id = 1 AND collection_id = $1"
        " AND generation = 0 ORDER BY position, product_id",
        best,
    )
    assert [row["product_id"] for row in members] == products
    counts = await owner.fetch(
        "SELECT tenant_id, sum(change)::int AS n FROM collections.member_tally"
        " GROUP BY tenant_id ORDER BY tenant_id"
    )
    assert [tuple(row) for row in counts] == [(1, 3), (2, 1)]
    assert await owner.fetchval("SELECT to_regclass('catalog.collection') IS NULL")
    shown = "SELECT title FROM collections.collection WHERE is_published AND is_shown"
    assert {row["title"] for row in await owner.fetch(shown)} == {"Best", "Theirs"}
    await owner.close()

    app = await connect_as(empty, APP)
    try:
        assert await app.fetchval("SELECT count(*) FROM collections.member") == 0
        async with app.transaction():
            await app.execute("SET LOCAL galleria.tenant = '2'")
            assert await app.fetchval("SELECT count(*) FROM collections.member") == 1
    finally:
        await app.close()
