"""Pictures on their way: claimed, fetched or failed, and put on products."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from galleria.commerce.pictures.model import Claim, Outcome
from galleria.commerce.pictures.repository.naming import Link
from galleria.engines.sql import Reader, Transaction


async def take_shift(tx: Transaction, holder: UUID, now: datetime, until: datetime) -> bool:
    """True when the holder is the one who fetches for this shop, until then."""
    touched = await tx.execute(
        """
        INSERT INTO pictures.shift AS s (tenant_id, holder, until) VALUES ($1, $2, $4)
        ON CONFLICT (tenant_id) DO UPDATE SET holder = excluded.holder, until = excluded.until
        WHERE s.holder = excluded.holder OR s.until < $3
        """,
        holder,
        now,
        until,
    )
    return touched == 1


async def end_shift(tx: Transaction, holder: UUID, until: datetime) -> None:
    """Somebody else may fetch for this shop after then."""
    await tx.execute(
        "UPDATE pictures.shift SET until = $3 WHERE tenant_id = $1 AND holder = $2",
        holder,
        until,
    )


async def is_work_left(reader: Reader, now: datetime) -> bool:
    """There is a picture to fetch now, or to put on products."""
    found = await reader.read_value(
        """
        SELECT EXISTS (SELECT FROM pictures.wanted WHERE tenant_id = $1 AND state = 'placing')
            OR EXISTS (SELECT FROM pictures.wanted
                       WHERE tenant_id = $1 AND state = 'waiting' AND next_try_at <= $2) AS is_left
        """,
        now,
    )
    return bool(found)


async def hosts_after(reader: Reader, host: str, most: int) -> list[str]:
    """At most so many hosts with pictures that wait, in the order of their names, behind one."""
    rows = await reader.read(
        """
        WITH RECURSIVE hosts (host, at) AS (
            SELECT (SELECT w.host FROM pictures.wanted AS w
                    WHERE w.tenant_id = $1 AND w.state = 'waiting' AND w.host > $2
                    ORDER BY w.host LIMIT 1), 1
            UNION ALL
            SELECT (SELECT w.host FROM pictures.wanted AS w
                    WHERE w.tenant_id = $1 AND w.state = 'waiting' AND w.host > h.host
                    ORDER BY w.host LIMIT 1), h.at + 1
            FROM hosts AS h WHERE h.host IS NOT NULL AND h.at < $3
        )
        SELECT host FROM hosts WHERE host IS NOT NULL ORDER BY at
        """,
        host,
        most,
    )
    return [row["host"] for row in rows]


async def claim(
    tx: Transaction, places: Mapping[str, int], most: int, now: datetime, until: datetime
) -> list[Claim]:
    """Pictures that are ours to fetch, the longest due first of each host; each a try on.

    Args:
        tx: short: they are claimed with its commit.
        places: how many of each host may be, in the order in which hosts have their turn.
        most: so many in all.
        now: those due by then.
        until: a claim is void after that.
    """
    rows = await tx.fetch(
        """
        WITH due AS (
            SELECT d.picture_id
            FROM unnest($2::text[], $3::int4[]) WITH ORDINALITY AS h (host, places, at)
            CROSS JOIN LATERAL (
                SELECT w.picture_id FROM pictures.wanted AS w
                WHERE w.tenant_id = $1 AND w.state = 'waiting' AND w.host = h.host
                  AND w.next_try_at <= $5
                ORDER BY w.next_try_at LIMIT h.places
            ) AS d
            ORDER BY h.at LIMIT $4
        )
        UPDATE pictures.wanted AS w SET tries = w.tries + 1, next_try_at = $6
        FROM due WHERE w.tenant_id = $1 AND w.picture_id = due.picture_id
          AND w.state = 'waiting' AND w.next_try_at <= $5
        RETURNING w.picture_id, w.url, w.host, w.tries
        """,
        list(places),
        list(places.values()),
        most,
        now,
        until,
    )
    return [Claim(**dict(row)) for row in rows]


async def settle(tx: Transaction, outcomes: Sequence[Outcome]) -> list[tuple[str, str]]:
    """What became of the claims is kept; request and state of those that do not wait any more.

    A claim that somebody else took over, or that nobody wants any more, stays as it is.
    """
    ordered = sorted(outcomes, key=lambda each: each.claim.picture_id)
    ids = [each.claim.picture_id for each in ordered]
    await _lock(tx, ids)
    rows = await tx.fetch(
        """
        UPDATE pictures.wanted AS w
        SET state = u.state, media_id = u.media_id, next_try_at = u.next_try_at,
            reason_code = u.reason_code, reason = u.reason, updated_at = $9
        FROM unnest($2::uuid[], $3::int2[], $4::text[], $5::uuid[], $6::timestamptz[],
                    $7::text[], $8::text[])
             AS u (picture_id, tries, state, media_id, next_try_at, reason_code, reason)
        WHERE w.tenant_id = $1 AND w.picture_id = u.picture_id AND w.state = 'waiting'
          AND w.tries = u.tries
        RETURNING w.request_id, w.state
        """,
        ids,
        [each.claim.tries for each in ordered],
        [each.state for each in ordered],
        [each.media_id for each in ordered],
        [each.next_try_at for each in ordered],
        [each.failure and each.failure.code for each in ordered],
        [each.failure and each.failure.reason[:500] for each in ordered],
        tx.now,
    )
    return [(row["request_id"], row["state"]) for row in rows if row["state"] != "waiting"]


async def to_place(
    reader: Reader, most_pictures: int, most_links: int
) -> tuple[dict[UUID, tuple[str, UUID]], list[Link]]:
    """Fetched pictures that are not on all their products: address and media_id by their id.

    With them, products that wait for them.
    """
    pictures = await reader.read(
        "SELECT picture_id, url, media_id FROM pictures.wanted"
        " WHERE tenant_id = $1 AND state = 'placing' ORDER BY host, picture_id LIMIT $2",
        most_pictures,
    )
    found = {row["picture_id"]: (row["url"], row["media_id"]) for row in pictures}
    if not found:
        return {}, []
    links = await reader.read(
        "SELECT product_id, picture_id FROM pictures.naming"
        " WHERE tenant_id = $1 AND picture_id = ANY($2::uuid[]) LIMIT $3",
        list(found),
        most_links,
    )
    return found, [(row["product_id"], row["picture_id"]) for row in links]


async def placed(tx: Transaction, picture_ids: Sequence[UUID], links: Sequence[Link]) -> list[str]:
    """The links are done; the requests of the pictures that nobody waits for any more."""
    await _lock(tx, picture_ids)
    await tx.execute(
        """
        WITH gone AS (
            DELETE FROM pictures.naming AS n
            USING unnest($2::uuid[], $3::uuid[]) AS u (product_id, picture_id)
            WHERE n.tenant_id = $1 AND n.product_id = u.product_id
              AND n.picture_id = u.picture_id
            RETURNING n.picture_id
        )
        UPDATE pictures.wanted AS w SET product_count = w.product_count - g.fewer
        FROM (SELECT picture_id, count(*) AS fewer FROM gone GROUP BY picture_id) AS g
        WHERE w.tenant_id = $1 AND w.picture_id = g.picture_id
        """,
        [product_id for product_id, _ in links],
        [picture_id for _, picture_id in links],
    )
    rows = await tx.fetch(
        "UPDATE pictures.wanted SET state = 'fetched', updated_at = $3"
        " WHERE tenant_id = $1 AND picture_id = ANY($2::uuid[]) AND state = 'placing'"
        " AND product_count = 0 RETURNING request_id",
        list(picture_ids),
        tx.now,
    )
    return [row["request_id"] for row in rows]


async def _lock(tx: Transaction, picture_ids: Sequence[UUID]) -> None:
    await tx.execute(
        "SELECT FROM pictures.wanted WHERE tenant_id = $1 AND picture_id = ANY($2::uuid[])"
        " ORDER BY picture_id FOR UPDATE",
        list(picture_ids),
    )
