"""Makes the three roles the house connects as, and the database they share.

None of them is a superuser and none may bypass row-level security: for a superuser every policy
is void, FORCE or not. The statements are safe to repeat, so they run at each migration.
"""

import asyncpg

OWNER = "galleria_owner"  # owns all tables, runs migrations
APP = "galleria_app"  # every request and handler, inside one tenant; owns nothing
RELAY = "galleria_relay"  # outbox, jobs and directory across tenants, nothing else
ROLES = (OWNER, APP, RELAY)

# A write left open anywhere holds back the reading of events, hence the limits.
_LIMITS = {
    APP: {
        "transaction_timeout": "30s",
        "idle_in_transaction_session_timeout": "10s",
        "statement_timeout": "25s",
        # Every statement leads with the tenant and is written to suit all of them. Planned anew
        # for each call, as PostgreSQL likes to with such keys, an order costs the database a
        # quarter more.
        "plan_cache_mode": "force_generic_plan",
    },
    RELAY: {"transaction_timeout": "60s", "idle_in_transaction_session_timeout": "10s"},
    OWNER: {"idle_in_transaction_session_timeout": "10min"},
}

# `protect` puts a tenant table under forced row-level security. Two policies: the app sees rows
# of the tenant its transaction has set, and none when it has set none; the owner sees all, since
# FORCE would otherwise make a migration's backfill change no row and say nothing.
_FUNCTIONS = f"""
CREATE SCHEMA IF NOT EXISTS galleria AUTHORIZATION {OWNER};
GRANT USAGE ON SCHEMA galleria TO {APP}, {RELAY};

CREATE OR REPLACE FUNCTION galleria.open_schema(relation regclass) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    schema_name text :=
        (SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = relation);
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %s TO {APP}, {RELAY}', schema_name);
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', relation);
    EXECUTE format('DROP POLICY IF EXISTS owner ON %s', relation);
    EXECUTE format(
        'CREATE POLICY owner ON %s TO {OWNER} USING (true) WITH CHECK (true)', relation);
END $$;

CREATE OR REPLACE FUNCTION galleria.protect(relation regclass) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM galleria.open_schema(relation);
    EXECUTE format('DROP POLICY IF EXISTS tenant ON %s', relation);
    EXECUTE format(
        'CREATE POLICY tenant ON %s TO {APP}
         USING (tenant_id = nullif(current_setting(''galleria.tenant'', true), '''')::int)
         WITH CHECK (tenant_id = nullif(current_setting(''galleria.tenant'', true), '''')::int)',
        relation);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON %s TO {APP}', relation);
END $$;

CREATE OR REPLACE FUNCTION galleria.open_to_relay(relation regclass, verbs text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('DROP POLICY IF EXISTS relay ON %s', relation);
    EXECUTE format(
        'CREATE POLICY relay ON %s TO {RELAY} USING (true) WITH CHECK (true)', relation);
    EXECUTE format('GRANT %s ON %s TO {RELAY}', verbs, relation);
END $$;
"""


async def make_roles(root: asyncpg.Connection, passwords: dict[str, str]) -> None:
    """The three roles exist with these passwords and limits. `root` may create roles."""
    for role in ROLES:
        exists = await root.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role)
        verb = "ALTER" if exists else "CREATE"
        password = passwords[role]
        assert password.isalnum(), "a derived password is hexadecimal"
        await root.execute(
            f"{verb} ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE "
            f"PASSWORD '{password}'"
        )
        for name, value in _LIMITS[role].items():
            await root.execute(f"ALTER ROLE {role} SET {name} = '{value}'")


async def make_database(root: asyncpg.Connection, database: str) -> None:
    """The database exists and belongs to the owner role."""
    assert database.replace("_", "").isalnum(), "the database's name is our own"
    if not await root.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database):
        await root.execute(f"CREATE DATABASE {database} OWNER {OWNER}")
    await root.execute(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC")
    await root.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {APP}, {RELAY}")


async def make_functions(owner: asyncpg.Connection) -> None:
    """The functions that migrations call to protect their tables exist in this database."""
    await owner.execute(_FUNCTIONS)
