"""Endpoints, how they do, and their secrets."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from galleria.engines.sql import Reader, Record, Transaction
from galleria.platform.webhooks.model.choosing import Choice
from galleria.platform.webhooks.model.endpoints import Endpoint
from galleria.platform.webhooks.model.retrying import Health
from galleria.platform.webhooks.model.signing import Secret

_FIELDS = Endpoint.__struct_fields__
_COLUMNS = ", ".join(f"e.{name}" for name in _FIELDS)
_HEALTH = Health.__struct_fields__
_HEALTH_COLUMNS = ", ".join(f"h.{name}" for name in _HEALTH)
_SECRET_COLUMNS = ", ".join(Secret.__struct_fields__)


def endpoint_of(row: Record) -> Endpoint:
    """The endpoint of a row that has its columns."""
    values = {name: row[name] for name in _FIELDS}
    choices = msgspec.convert(values["subscriptions"], list[Choice])
    return Endpoint(**{**values, "subscriptions": choices})


def health_of(row: Record) -> Health:
    """The health of a row that has its columns."""
    return Health(**{name: row[name] for name in _HEALTH})


async def add(tx: Transaction, endpoint: Endpoint) -> None:
    """The endpoint is there, with nothing known of how it does."""
    await tx.execute(
        f"INSERT INTO webhooks.endpoint (tenant_id, {', '.join(_FIELDS)})"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        *_values(endpoint),
    )
    await tx.execute(
        "INSERT INTO webhooks.health (tenant_id, endpoint_id) VALUES ($1, $2)",
        endpoint.endpoint_id,
    )


async def save(tx: Transaction, endpoint: Endpoint) -> None:
    """The row says what the endpoint says."""
    columns = ", ".join(f"{name} = ${place + 3}" for place, name in enumerate(_FIELDS[1:]))
    await tx.execute(
        f"UPDATE webhooks.endpoint SET {columns} WHERE tenant_id = $1 AND endpoint_id = $2",
        *_values(endpoint),
    )


async def find(
    reader: Reader, endpoint_id: UUID, *, lock: bool = False
) -> tuple[Endpoint, Health] | None:
    """The endpoint and how it does; with `lock`, nobody else changes it until the commit."""
    row = await reader.read_row(
        f"SELECT {_COLUMNS}, {_HEALTH_COLUMNS} FROM webhooks.endpoint AS e"
        " JOIN webhooks.health AS h USING (tenant_id, endpoint_id)"
        " WHERE e.tenant_id = $1 AND e.endpoint_id = $2" + (" FOR UPDATE OF e" if lock else ""),
        endpoint_id,
    )
    return None if row is None else (endpoint_of(row), health_of(row))


async def every(reader: Reader) -> list[tuple[Endpoint, Health]]:
    """All endpoints of the shop, the oldest first; a shop has few."""
    rows = await reader.read(
        f"SELECT {_COLUMNS}, {_HEALTH_COLUMNS} FROM webhooks.endpoint AS e"
        " JOIN webhooks.health AS h USING (tenant_id, endpoint_id)"
        " WHERE e.tenant_id = $1 ORDER BY e.endpoint_id"
    )
    return [(endpoint_of(row), health_of(row)) for row in rows]


async def lock_all(tx: Transaction) -> int:
    """How many endpoints the shop has; until the commit nobody adds one."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('webhooks.endpoints'), $1)")
    count: int = await tx.fetch_value("SELECT count(*) FROM webhooks.endpoint WHERE tenant_id = $1")
    return count


async def remove(tx: Transaction, endpoint_id: UUID) -> None:
    """The endpoint, its secrets and its figures are gone; its deliveries are not yet."""
    for table in ("endpoint", "health", "secret", "hour"):
        await tx.execute(
            f"DELETE FROM webhooks.{table} WHERE tenant_id = $1 AND endpoint_id = $2", endpoint_id
        )


async def lock_health(tx: Transaction, endpoint_ids: Sequence[UUID]) -> dict[UUID, Health]:
    """How these do; nobody else says anything of it until the commit."""
    rows = await tx.fetch(
        f"SELECT h.endpoint_id, {_HEALTH_COLUMNS} FROM webhooks.health AS h"
        " WHERE tenant_id = $1 AND endpoint_id = ANY ($2::uuid[])"
        " ORDER BY endpoint_id FOR UPDATE",
        sorted(endpoint_ids),
    )
    return {row["endpoint_id"]: health_of(row) for row in rows}


_SAVE_HEALTH = """
UPDATE webhooks.health SET failures_in_row = said.failures_in_row, trips = said.trips,
    failing_since = said.failing_since, open_until = said.open_until,
    last_success_at = said.last_success_at, last_failure_at = said.last_failure_at,
    last_error = said.last_error
FROM unnest($2::uuid[], $3::int[], $4::int[], $5::timestamptz[], $6::timestamptz[],
            $7::timestamptz[], $8::timestamptz[], $9::text[])
    AS said (endpoint_id, failures_in_row, trips, failing_since, open_until, last_success_at,
             last_failure_at, last_error)
WHERE health.tenant_id = $1 AND health.endpoint_id = said.endpoint_id
"""


async def save_health(tx: Transaction, by_id: dict[UUID, Health]) -> None:
    """The rows say how these do."""
    columns = zip(*(msgspec.structs.astuple(each) for each in by_id.values()), strict=True)
    await tx.execute(_SAVE_HEALTH, list(by_id), *(list(column) for column in columns))


async def add_secret(tx: Transaction, endpoint_id: UUID, secret: Secret) -> None:
    """The endpoint has one more secret."""
    await tx.execute(
        f"INSERT INTO webhooks.secret (tenant_id, endpoint_id, {_SECRET_COLUMNS})"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        endpoint_id,
        *msgspec.structs.astuple(secret),
    )


async def secrets_of(reader: Reader, endpoint_id: UUID, now: datetime) -> list[Secret]:
    """The secrets of the endpoint that are alive, the newest first."""
    rows = await reader.read(
        f"SELECT {_SECRET_COLUMNS} FROM webhooks.secret"
        " WHERE tenant_id = $1 AND endpoint_id = $2 AND (ends_at IS NULL OR ends_at > $3)"
        " ORDER BY made_at DESC, secret_id DESC",
        endpoint_id,
        now,
    )
    return [Secret(**row) for row in rows]


async def end_secrets(tx: Transaction, endpoint_id: UUID, ends_at: datetime) -> None:
    """The endpoint's secrets end then, those that would have ended later or never."""
    await tx.execute(
        "UPDATE webhooks.secret SET ends_at = $3"
        " WHERE tenant_id = $1 AND endpoint_id = $2 AND (ends_at IS NULL OR ends_at > $3)",
        endpoint_id,
        ends_at,
    )


async def delete_ended_secrets(tx: Transaction, now: datetime) -> None:
    """Secrets that sign nothing any more are gone."""
    await tx.execute("DELETE FROM webhooks.secret WHERE tenant_id = $1 AND ends_at <= $2", now)


async def delete_everything(tx: Transaction) -> None:
    """The shop has no webhooks and never had."""
    for table in ("endpoint", "health", "secret", "delivery", "attempt", "hour", "replay"):
        await tx.execute(f"DELETE FROM webhooks.{table} WHERE tenant_id = $1")


def _values(endpoint: Endpoint) -> list[object]:
    values = [getattr(endpoint, name) for name in _FIELDS]
    values[_FIELDS.index("subscriptions")] = msgspec.to_builtins(endpoint.subscriptions)
    return values
