"""SQL of who uses which key."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from galleria.engines.sql import Reader, Transaction
from galleria.platform.access.model.usage import (
    MOST_ROWS_A_DAY,
    OTHER,
    DayOfUse,
    Use,
    UseGroup,
    UsePattern,
)

_GROUP = "client, agent, route, uses, first_used_at, last_used_at"

UseRow = tuple[UUID, date, UsePattern, Use]


async def add_uses(tx: Transaction, rows: Sequence[UseRow]) -> None:
    """The uses are counted. Once a key has its most rows of a day, new ways count as `other`.

    Rows are written in the order of their key, so that two processes never wait for each other.
    """
    rows = sorted(rows, key=lambda row: (row[0].bytes, row[1], _words(row[2])))
    await tx.execute(
        "WITH given AS (SELECT * FROM unnest($2::uuid[], $3::date[], $4::text[], $5::text[],"
        " $6::text[], $7::int8[], $8::timestamptz[], $9::timestamptz[])"
        f" AS g (key_id, used_on, {_GROUP})),"
        " full_days AS (SELECT d.key_id, d.used_on FROM"
        " (SELECT DISTINCT key_id, used_on FROM given) AS d WHERE EXISTS"
        " (SELECT FROM access.key_use AS u WHERE u.tenant_id = $1 AND u.key_id = d.key_id"
        f" AND u.used_on = d.used_on OFFSET {MOST_ROWS_A_DAY - 1})),"
        " placed AS (SELECT g.key_id, g.used_on,"
        f" CASE WHEN n.is_new THEN '{OTHER}' ELSE g.client END AS client,"
        f" CASE WHEN n.is_new THEN '{OTHER}' ELSE g.agent END AS agent,"
        f" CASE WHEN n.is_new THEN '{OTHER}' ELSE g.route END AS route,"
        " g.uses, g.first_used_at, g.last_used_at"
        " FROM given AS g CROSS JOIN LATERAL (SELECT (g.key_id, g.used_on) IN"
        " (SELECT key_id, used_on FROM full_days) AND NOT EXISTS"
        " (SELECT FROM access.key_use AS u WHERE u.tenant_id = $1 AND u.key_id = g.key_id"
        " AND u.used_on = g.used_on AND u.client = g.client AND u.agent = g.agent"
        " AND u.route = g.route) AS is_new) AS n)"
        f" INSERT INTO access.key_use AS u (tenant_id, key_id, used_on, {_GROUP})"
        " SELECT $1, key_id, used_on, client, agent, route, sum(uses), min(first_used_at),"
        " max(last_used_at) FROM placed GROUP BY key_id, used_on, client, agent, route"
        " ORDER BY key_id, used_on, client, agent, route"
        " ON CONFLICT (tenant_id, key_id, used_on, client, agent, route) DO UPDATE SET"
        " uses = u.uses + EXCLUDED.uses,"
        " first_used_at = least(u.first_used_at, EXCLUDED.first_used_at),"
        " last_used_at = greatest(u.last_used_at, EXCLUDED.last_used_at)",
        [row[0] for row in rows],
        [row[1] for row in rows],
        *[[_words(row[2])[place] for row in rows] for place in range(3)],
        [row[3].uses for row in rows],
        [row[3].first_used_at for row in rows],
        [row[3].last_used_at for row in rows],
    )


def _words(pattern: UsePattern) -> tuple[str, str, str]:
    return pattern.client, pattern.agent, pattern.route


async def used_since(reader: Reader, key_id: UUID, since: datetime, count: int) -> list[UseGroup]:
    """The ways in which a key was used since an instant, the latest first; counted by whole days,
    so a day's uses before the instant count along."""
    rows = await reader.read(
        "SELECT client, agent, route, sum(uses)::int8 AS uses, min(first_used_at) AS first_used_at,"
        " max(last_used_at) AS last_used_at FROM access.key_use"
        " WHERE tenant_id = $1 AND key_id = $2 AND used_on >= $3 AND last_used_at >= $4"
        " GROUP BY client, agent, route ORDER BY max(last_used_at) DESC, client, agent, route"
        " LIMIT $5",
        key_id,
        since.date(),
        since,
        count,
    )
    return [UseGroup(**row) for row in rows]


async def days_after(
    reader: Reader, key_id: UUID, after: tuple[date, str, str, str], count: int
) -> list[DayOfUse]:
    """At most `count` rows of a key behind this one: the newest days first, names in order."""
    rows = await reader.read(
        f"SELECT used_on, {_GROUP} FROM access.key_use WHERE tenant_id = $1 AND key_id = $2"
        " AND used_on <= $3 AND (used_on < $3 OR (client, agent, route) > ($4, $5, $6))"
        " ORDER BY used_on DESC, client, agent, route LIMIT $7",
        key_id,
        *after,
        count,
    )
    return [DayOfUse(**row) for row in rows]


async def forget_before(tx: Transaction, day: date, count: int) -> int:
    """At most `count` rows of days before are gone; how many were."""
    return await tx.execute(
        "DELETE FROM access.key_use WHERE tenant_id = $1 AND ctid = ANY(ARRAY("
        "SELECT ctid FROM access.key_use WHERE tenant_id = $1 AND used_on < $2"
        " ORDER BY used_on LIMIT $3))",
        day,
        count,
    )


async def delete_all(tx: Transaction) -> None:
    """Nothing is known of who used the tenant's keys."""
    await tx.execute("DELETE FROM access.key_use WHERE tenant_id = $1")
