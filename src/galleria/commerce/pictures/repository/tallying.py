"""How many pictures are in each state, kept whenever one changes."""

from collections import Counter
from collections.abc import Mapping, Sequence

from galleria.engines.sql import Reader, Transaction

WHOLE_SHOP = ""
Changes = Counter[tuple[str, str]]
"""By request and state: how many more, or fewer, there are."""


async def add(tx: Transaction, changes: Mapping[tuple[str, str], int]) -> None:
    """The counts of the requests and of the whole shop say so.

    One statement, in one order of rows: two at once wait for each other, never in a circle.
    """
    sums: Changes = Counter()
    for (request_id, state), change in changes.items():
        sums[WHOLE_SHOP, state] += change
        if request_id:
            sums[request_id, state] += change
    rows = [(*key, change) for key, change in sorted(sums.items()) if change]
    if not rows:
        return
    await tx.execute(
        """
        INSERT INTO pictures.tally AS t (tenant_id, request_id, state, picture_count)
        SELECT $1, request_id, state, change
        FROM unnest($2::text[], $3::text[], $4::int8[]) WITH ORDINALITY
             AS u (request_id, state, change, at)
        ORDER BY at
        ON CONFLICT (tenant_id, request_id, state)
        DO UPDATE SET picture_count = t.picture_count + excluded.picture_count
        """,
        *(list(column) for column in zip(*rows, strict=True)),
    )


async def counts_of(reader: Reader, request_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """How many are in each state, by request; the whole shop is `WHOLE_SHOP`."""
    rows = await reader.read(
        "SELECT request_id, state, picture_count FROM pictures.tally"
        " WHERE tenant_id = $1 AND request_id = ANY($2::text[])",
        list(request_ids),
    )
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        counts.setdefault(row["request_id"], {})[row["state"]] = row["picture_count"]
    return counts
