"""Refuses to start a process whose database would let one tenant see another.

Checked with the very role that will serve: it is no superuser and bypasses nothing, every tenant
table is under forced row-level security with a policy for all verbs, a read with no tenant set
returns nothing, and the cluster is the one whose event positions are stored.
"""

import asyncpg
import msgspec

from galleria.engines.sql.database import Database
from galleria.engines.sql.roles import APP
from galleria.foundation.errors import GalleriaError

LEAST_VERSION = 170_000  # transaction_timeout came with PostgreSQL 17


class GateClosed(GalleriaError):
    code = "boot_gate_closed"
    status = 500
    title = "Galleria refuses to serve from this database"


class Finding(msgspec.Struct, frozen=True):
    """One thing that is wrong, and how it is mended."""

    subject: str
    problem: str
    remedy: str


_ROLE = """
SELECT current_user AS name, rolsuper, rolbypassrls,
       EXISTS (SELECT 1 FROM pg_class c WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p')
               AND c.relpersistence = 'p') AS owns_tables,
       current_setting('server_version_num')::int AS version
FROM pg_roles r WHERE rolname = current_user
"""
_TENANT_TABLES = """
SELECT n.nspname || '.' || c.relname AS name, c.relrowsecurity, c.relforcerowsecurity,
       has_table_privilege(c.oid, 'SELECT') AS is_readable,
       EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd = '*'
               AND p.polpermissive AND p.polqual IS NOT NULL AND p.polwithcheck IS NOT NULL
               AND (SELECT oid FROM pg_roles WHERE rolname = $1) = ANY (p.polroles)) AS has_policy,
       EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND 0 = ANY (p.polroles))
           AS is_open_to_all
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND NOT c.relispartition
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  AND (EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id'
               AND NOT a.attisdropped) OR has_table_privilege(c.oid, 'SELECT'))
ORDER BY 1
"""
# Tables the app role may read that hold no tenant's rows.
WITHOUT_TENANT = frozenset({"galleria.migration", "event_log.epoch"})


async def inspect(database: Database) -> list[Finding]:
    """Everything that keeps the gate closed; an empty list means it opens."""
    async with database.app() as connection:
        findings = await _role_findings(connection)
        tables = await connection.fetch(_TENANT_TABLES, APP)
        readable: list[str] = []
        for table in tables:
            if table["name"] in WITHOUT_TENANT or _belongs_to_jobs(table["name"]):
                continue
            findings += _table_findings(table)
            if table["is_readable"]:
                readable.append(table["name"])
        findings += await _leaks(connection, readable)
        findings += await _identity_findings(connection)
    return findings


async def check(database: Database) -> None:
    """The gate is open, or `GateClosed` says what is wrong and how to mend it."""
    findings = await inspect(database)
    if findings:
        lines = "; ".join(f"{f.subject}: {f.problem} ({f.remedy})" for f in findings[:10])
        raise GateClosed(f"{len(findings)} findings: {lines}")


def _belongs_to_jobs(table: str) -> bool:
    """The queue's tables have no tenant; grants on single columns protect them instead."""
    return table.startswith("jobs.pgqueuer")


async def _role_findings(connection: asyncpg.Connection) -> list[Finding]:
    role = await connection.fetchrow(_ROLE)
    assert role is not None, "every session has a role"
    remedy = f"connect as {APP}, made by `galleria migrate`"
    findings = []
    if role["rolsuper"]:
        findings.append(Finding(role["name"], "is a superuser: every policy is void", remedy))
    if role["rolbypassrls"]:
        findings.append(Finding(role["name"], "may bypass row-level security", remedy))
    if role["owns_tables"]:
        findings.append(Finding(role["name"], "owns tables", remedy))
    if role["version"] < LEAST_VERSION:
        findings.append(Finding("server", "is older than PostgreSQL 17", "upgrade the server"))
    return findings


def _table_findings(table: asyncpg.Record) -> list[Finding]:
    remedy = f"SELECT galleria.protect('{table['name']}') in a migration"
    findings = []
    if not table["relrowsecurity"]:
        findings.append(Finding(table["name"], "row-level security is off", remedy))
    if not table["relforcerowsecurity"]:
        findings.append(Finding(table["name"], "row-level security is not forced", remedy))
    if table["is_readable"] and not table["has_policy"]:
        findings.append(Finding(table["name"], "no policy for all verbs", remedy))
    if table["is_open_to_all"]:
        findings.append(Finding(table["name"], "a policy is open to every role", remedy))
    return findings


async def _leaks(connection: asyncpg.Connection, tables: list[str]) -> list[Finding]:
    if not tables:
        return []
    probes = " UNION ALL ".join(
        f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in tables
    )
    rows = await connection.fetch(probes)
    return [
        Finding(row[0], "shows rows with no tenant set", "look at its policies") for row in rows
    ]


async def _identity_findings(connection: asyncpg.Connection) -> list[Finding]:
    same = await connection.fetchval(
        "SELECT system_identifier = (SELECT system_identifier FROM pg_control_system())"
        " FROM event_log.epoch"
    )
    if same:
        return []
    return [
        Finding(
            "event log",
            "this database was copied from another cluster, so new events would sort before "
            "stored positions",
            "run `galleria restore --adopt` (it raises the log epoch)",
        )
    ]
