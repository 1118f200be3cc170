"""SQL of second factors and recovery codes."""

from uuid import UUID

from galleria.engines.sql import Transaction
from galleria.platform.access.model.second_factor import Totp


async def find_totp(tx: Transaction, person_id: UUID) -> Totp | None:
    """The person's second factor, confirmed or not."""
    row = await tx.fetch_row(
        "SELECT person_id, secret_sealed, last_step, confirmed_at FROM access.totp"
        " WHERE tenant_id = $1 AND person_id = $2",
        person_id,
    )
    return None if row is None else Totp(**row)


async def begin_totp(tx: Transaction, person_id: UUID, secret_sealed: bytes) -> None:
    """The secret waits to be confirmed, in place of one that was not."""
    await tx.execute(
        "INSERT INTO access.totp (tenant_id, person_id, secret_sealed, last_step, created_at)"
        " VALUES ($1, $2, $3, 0, $4) ON CONFLICT (tenant_id, person_id) DO UPDATE SET"
        " secret_sealed = EXCLUDED.secret_sealed, last_step = 0, created_at = EXCLUDED.created_at"
        " WHERE totp.confirmed_at IS NULL",
        person_id,
        secret_sealed,
        tx.now,
    )


async def spend_step(tx: Transaction, person_id: UUID, step: int) -> bool:
    """The step's code is used up; False when it, or a later one, was used before."""
    return bool(
        await tx.execute(
            "UPDATE access.totp SET last_step = $3"
            " WHERE tenant_id = $1 AND person_id = $2 AND last_step < $3",
            person_id,
            step,
        )
    )


async def confirm_totp(tx: Transaction, person_id: UUID) -> None:
    """Signing in asks for the second factor from now on."""
    await tx.execute(
        "UPDATE access.totp SET confirmed_at = $3 WHERE tenant_id = $1 AND person_id = $2",
        person_id,
        tx.now,
    )


async def remove_totp(tx: Transaction, person_id: UUID) -> None:
    """The second factor and its recovery codes are gone."""
    await tx.execute("DELETE FROM access.totp WHERE tenant_id = $1 AND person_id = $2", person_id)
    await replace_recovery_codes(tx, person_id, [])


async def replace_recovery_codes(tx: Transaction, person_id: UUID, hashes: list[bytes]) -> None:
    """These are the person's recovery codes, and no others."""
    await tx.execute(
        "DELETE FROM access.recovery_code WHERE tenant_id = $1 AND person_id = $2", person_id
    )
    await tx.execute(
        "INSERT INTO access.recovery_code (tenant_id, person_id, code_hash)"
        " SELECT $1, $2, code_hash FROM unnest($3::bytea[]) AS code_hash",
        person_id,
        hashes,
    )


async def spend_recovery_code(tx: Transaction, person_id: UUID, code_hash: bytes) -> bool:
    """The code is used up; False when there is no such code, or it was used before."""
    return bool(
        await tx.execute(
            "UPDATE access.recovery_code SET used_at = $4"
            " WHERE tenant_id = $1 AND person_id = $2 AND code_hash = $3 AND used_at IS NULL",
            person_id,
            code_hash,
            tx.now,
        )
    )
