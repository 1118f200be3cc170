"""The prices of shops from before there were lists move into them, every one and unchanged."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

import galleria
from galleria.engines.sql import Access
from galleria.engines.sql.database import connect_as
from galleria.engines.sql.migrations import migrate, read_folder
from galleria.engines.sql.roles import OWNER

FOLDER = Path(galleria.__file__).parent / "commerce/pricing/migrations"
JUNE = datetime(2026, 6, 1, tzinfo=UTC)
WEB, TRADE = UUID(int=1), UUID(int=2)


async def test_prices_move_into_a_base_list_for_each_channel_and_currency(empty: Access) -> None:
    first, second, *_ = read_folder("commerce.pricing", FOLDER)
    await migrate(empty, [first])
    owner = await connect_as(empty, OWNER)
    prices = [
        (tenant, UUID(int=100 + at), channel, currency, 1000 + at, 2000 if at % 2 else None)
        for tenant in (1, 2)
        for at in range(5)
        for channel, currency in ((WEB, "EUR"), (WEB, "USD"), (TRADE, "EUR"))[: tenant + 1]
    ]
    await owner.executemany(
        "INSERT INTO pricing.price VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
        [(*each, JUNE) for each in prices],
    )
    await migrate(empty, [first, second])
    rows = await owner.fetch(
        "SELECT p.tenant_id, p.variant_id, l.channel_id, l.currency, p.amount_minor,"
        " p.compare_at_minor, p.min_quantity, p.since, l.kind, l.price_list_id"
        " FROM pricing.price AS p JOIN pricing.price_list AS l USING (tenant_id, price_list_id)"
    )
    assert {tuple(row)[:6] for row in rows} == set(prices)
    assert {(row["min_quantity"], row["since"], row["kind"]) for row in rows} == {(1, JUNE, "base")}
    assert {row["price_list_id"] for row in rows if row["tenant_id"] == 2} == {1, 2, 3}
    assert await owner.fetchval("SELECT count(*) FROM pricing.price_list") == 5
    assert await owner.fetchval("SELECT to_regclass('pricing.former_price')") is None
    await owner.close()


async def test_prices_keep_what_they_say_when_their_keys_are_narrowed(empty: Access) -> None:
    *before, narrowing = read_folder("commerce.pricing", FOLDER)[:5]
    await migrate(empty, before)
    owner = await connect_as(empty, OWNER)
    rows = [
        (100 + at, JUNE, tenant, 500, UUID(int=at), quantity, 900 if at % 2 else None)
        for tenant in (1, 2)
        for at in range(50)
        for quantity in (1, 10_000)
    ]
    await owner.executemany("INSERT INTO pricing.price VALUES ($1, $2, $3, $4, $5, $6, $7)", rows)
    await migrate(empty, [*before, narrowing])
    assert {tuple(row) for row in await owner.fetch("SELECT * FROM pricing.price")} == set(rows)
    (key,) = await owner.fetch(
        "SELECT reloptions FROM pg_class WHERE oid = 'pricing.price_pkey'::regclass"
    )
    assert key["reloptions"] == ["fillfactor=100"]
    with pytest.raises(asyncpg.UniqueViolationError):
        await owner.executemany(
            "INSERT INTO pricing.price VALUES ($1, $2, $3, $4, $5, $6, $7)", rows[:1]
        )
    await owner.close()
