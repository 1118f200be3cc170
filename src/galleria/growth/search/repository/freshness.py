"""SQL of how soon changes could be found."""

from collections.abc import Sequence
from datetime import date

from galleria.engines.sql import Reader, Transaction
from galleria.growth.search.model.freshness import Bucket

_COLUMNS = ", ".join(Bucket.__struct_fields__)
_ADD = f"""
INSERT INTO search.freshness_day AS d (tenant_id, {_COLUMNS})
SELECT $1, * FROM unnest($2::date[], $3::int4[], $4::int8[], $5::float8[], $6::float8[])
ON CONFLICT (tenant_id, found_on, bucket) DO UPDATE
SET change_count = d.change_count + EXCLUDED.change_count,
    took_ms_sum = d.took_ms_sum + EXCLUDED.took_ms_sum,
    took_ms_max = greatest(d.took_ms_max, EXCLUDED.took_ms_max)
"""


async def add(tx: Transaction, buckets: Sequence[Bucket]) -> None:
    """These changes are counted with those known. In the order of the buckets, so that two who
    write at once do not wait for each other in turn."""
    await tx.execute(
        _ADD, *([getattr(each, name) for each in buckets] for name in Bucket.__struct_fields__)
    )


async def of_days(reader: Reader, first: date, last: date) -> list[Bucket]:
    """What was found on these days: at most 45 rows for each."""
    rows = await reader.read(
        f"""
        SELECT {_COLUMNS} FROM search.freshness_day
        WHERE tenant_id = $1 AND found_on BETWEEN $2 AND $3 ORDER BY found_on, bucket
        """,
        first,
        last,
    )
    return [Bucket(**row) for row in rows]


async def forget(tx: Transaction, before: date) -> None:
    """Nothing is known of changes that were found before that day."""
    await tx.execute(
        "DELETE FROM search.freshness_day WHERE tenant_id = $1 AND found_on < $2", before
    )


async def delete_all(tx: Transaction) -> None:
    """Nothing is known of how soon changes could be found."""
    await tx.execute("DELETE FROM search.freshness_day WHERE tenant_id = $1")
