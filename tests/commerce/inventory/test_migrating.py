"""What a shop had before stock was compact, it has afterwards."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

import galleria.commerce.inventory
from galleria.engines.sql import Access
from galleria.engines.sql.database import connect_as
from galleria.engines.sql.migrations import migrate, read_folder
from galleria.engines.sql.roles import OWNER

FOLDER = Path(galleria.commerce.inventory.__file__).parent / "migrations"
NEAR, FAR, MUG, BOWL = (UUID(int=n) for n in (2, 1, 11, 12))
BEFORE = f"""
INSERT INTO inventory.stock_location VALUES
    (7, '{NEAR}', 'near', 'Near', NULL, true, 0), (7, '{FAR}', 'far', 'Far', NULL, true, 1),
    (8, '{FAR}', 'only', 'Only', NULL, true, 0);
INSERT INTO inventory.stock VALUES
    (7, '{MUG}', '{NEAR}', 5, 2, 1, now()), (7, '{MUG}', '{FAR}', 3, 0, 0, now()),
    (8, '{MUG}', '{FAR}', 9, 0, 0, now());
INSERT INTO inventory.variant_policy VALUES
    (7, '{MUG}', true, true), (7, '{BOWL}', true, false), (8, '{MUG}', false, false);
INSERT INTO inventory.stock_movement
    (tenant_id, variant_id, location_id, delta, reason, at, actor) VALUES
    (7, '{MUG}', '{NEAR}', 5, 'counted', now(), 'x'),
    (7, '{MUG}', '{FAR}', 3, 'counted', now(), 'x'),
    (8, '{MUG}', '{FAR}', 9, 'counted', now(), 'x');
INSERT INTO inventory.reservation
    (tenant_id, owner_ref, reservation_id, part, variant_id, location_id, quantity, state) VALUES
    (7, 'order:1', '{MUG}', 1, '{MUG}', '{NEAR}', 2, 'held'),
    (7, 'order:1', '{MUG}', 2, '{BOWL}', NULL, 1, 'held');
"""


@pytest.fixture
async def owner(empty: Access) -> AsyncIterator[tuple[Access, asyncpg.Connection]]:
    """A database of its own with the roles, and the owner's connection to it."""
    connection = await connect_as(empty, OWNER)
    yield empty, connection
    await connection.close()


async def test_places_are_numbered_and_nothing_else_is_lost(
    owner: tuple[Access, asyncpg.Connection],
) -> None:
    own, connection = owner
    migrations = read_folder("commerce.inventory", FOLDER)
    await migrate(own, migrations[:1])
    await connection.execute(BEFORE)
    await migrate(own, migrations)

    async def rows(what: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in await connection.fetch(what)]

    assert await rows(
        "SELECT tenant_id, location_id, code FROM inventory.stock_location ORDER BY 1, 2"
    ) == [(7, 1, "near"), (7, 2, "far"), (8, 1, "only")]
    assert await rows(
        "SELECT tenant_id, location_id, on_hand, reserved, safety, opening, opening_id"
        " FROM inventory.stock ORDER BY 1, 2"
    ) == [(7, 1, 5, 2, 1, 0, 0), (7, 2, 3, 0, 0, 0, 0), (8, 1, 9, 0, 0, 0, 0)]
    assert await rows(
        "SELECT tenant_id, location_id, delta FROM inventory.stock_movement ORDER BY movement_id"
    ) == [(7, 1, 5), (7, 2, 3), (8, 1, 9)]
    assert await rows("SELECT part, location_id FROM inventory.reservation ORDER BY part") == [
        (1, 1),
        (2, None),
    ]
    # A policy that says what is usual is none.
    assert await rows(
        "SELECT tenant_id, variant_id, is_tracked, selling FROM inventory.variant_policy ORDER BY 1"
    ) == [(7, MUG, True, "backorder"), (8, MUG, False, "deny")]
