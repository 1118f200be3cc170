"""SQL of what a shop wants done when a key of it leaks."""

from galleria.engines.sql import Reader, Transaction
from galleria.platform.access.model.leaks import LeakPolicy


async def leak_policy(reader: Reader) -> LeakPolicy:
    """What the shop wants, or what all shops start with."""
    row = await reader.read_row(
        "SELECT on_leak, grace_s FROM access.leak_policy WHERE tenant_id = $1"
    )
    return LeakPolicy() if row is None else LeakPolicy(**row)


async def set_leak_policy(tx: Transaction, policy: LeakPolicy) -> None:
    """The shop wants this from now on."""
    await tx.execute(
        "INSERT INTO access.leak_policy (tenant_id, on_leak, grace_s) VALUES ($1, $2, $3)"
        " ON CONFLICT (tenant_id) DO UPDATE SET on_leak = EXCLUDED.on_leak,"
        " grace_s = EXCLUDED.grace_s",
        policy.on_leak,
        policy.grace_s,
    )


async def delete_all(tx: Transaction) -> None:
    """The shop wants nothing of its own."""
    await tx.execute("DELETE FROM access.leak_policy WHERE tenant_id = $1")
