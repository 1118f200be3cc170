"""A made-up catalogue from its file to committed rows with events, and what it takes up.

One process imports as a worker would; nothing else runs beside it but PostgreSQL. The same file
again must write nothing. Bytes are those of the tables and their indexes, by `pg_table_size`
and `pg_indexes_size`, after both. `CATALOG_VARIANTS` sets the size, a million unless it is set.
"""

import asyncio
import os
import resource
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

from benchmarks._catalog import write_catalog
from benchmarks._demo import conditions, figure
from galleria.app.house import House, migrate_house, open_house
from galleria.app.shops import context_of_shop, open_and_provision
from galleria.commerce import imports
from galleria.engines.context import Context
from galleria.platform.tenants import OpenShop
from galleria.settings import load_settings

MEASURES = (
    "benchmarks/_catalog.py",
    "src/galleria/commerce/imports",
    "src/galleria/commerce/catalog/service",
    "src/galleria/commerce/catalog/repository",
    "src/galleria/commerce/catalog/migrations",
    "src/galleria/commerce/pricing",
    "src/galleria/commerce/inventory/migrations",
)
VARIANTS = int(os.environ.get("CATALOG_VARIANTS", "1000000"))
SHOP = "bulk"
BLOCK_BYTES = 1 << 20
CORE_TABLES = ("catalog.variant", "pricing.price", "inventory.stock")


async def opened(house: House) -> Context:
    """The context of a shop that is open and empty."""
    wanted = OpenShop(slug=SHOP, name="Bulk", currency="EUR", locale="en", country="DE")
    await open_and_provision(house.context(), wanted, house.settings.base_domain)
    return await context_of_shop(house.context(), SHOP)


async def taken_in(ctx: Context, path: Path) -> tuple[imports.Run, float]:
    """The import of a file when it has ended, and how many seconds it took."""
    started = time.perf_counter()
    kept = await imports.accept_file(ctx, path.name, blocks_of(path))
    run = await imports.start_import(ctx, kept.file_id, publish=True)
    run = await imports.run_import_now(ctx, run.run_id)
    assert run.state == "done", run.failure
    return run, time.perf_counter() - started


async def blocks_of(path: Path) -> AsyncIterator[bytes]:
    """A file, in pieces."""
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            yield block


async def sizes(house: House) -> dict[str, int]:
    """Bytes of every table with its indexes, by name."""
    database = house.engines.sql.database_of(1)
    async with database.app() as connection:
        rows = await connection.fetch(
            """
            SELECT n.nspname || '.' || c.relname AS name,
                   pg_table_size(c.oid) + pg_indexes_size(c.oid) AS bytes
            FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND n.nspname !~ '^(pg_|information_schema)'
            """
        )
    return {row["name"]: row["bytes"] for row in rows}


async def measure(folder: Path) -> bool:
    """Print every figure; whether all held."""
    file = folder / "catalog.jsonl"
    products, variants = write_catalog(file, VARIANTS)
    settings = load_settings({}, data=str(folder / "data"))
    await migrate_house(settings)
    async with open_house(settings) as house:
        ctx = await opened(house)
        before = await sizes(house)
        run, first_s = await taken_in(ctx, file)
        assert run.created_count == products, run
        again, again_s = await taken_in(ctx, file)
        after = await sizes(house)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    grown = {name: after[name] - before.get(name, 0) for name in after}
    core = sum(grown[name] for name in CORE_TABLES)
    figure("variants", variants, "variants")
    held = [
        figure("imported", variants / first_s, "variants/s", 15_000, most=False),
        figure("unchanged", variants / again_s, "variants/s", 40_000, most=False),
        figure("written_again", again.created_count + again.changed_count, "products", 0),
        figure("core_bytes", core / variants, "bytes/variant", 560),
        figure("all_bytes", sum(grown.values()) / variants, "bytes/variant"),
        figure("peak_memory", peak_mb, "MB", 400),
    ]
    for name, size in sorted(grown.items(), key=lambda each: -each[1])[:12]:
        figure(f"bytes_of_{name}", size / variants, "bytes/variant")
    return all(held)


def main() -> int:
    """1 when a figure is short."""
    conditions()
    with tempfile.TemporaryDirectory(prefix="galleria-bench-") as name:
        return 0 if asyncio.run(measure(Path(name))) else 1


if __name__ == "__main__":
    sys.exit(main())
