"""The test gateway's books, read by tests to prove what was charged."""

from uuid import UUID

from galleria.engines.context import Context


async def charged_minor(ctx: Context) -> int:
    """What the gateway has taken over all attempts of the tenant, in minor units."""
    total: int = await ctx.read_value(
        "SELECT coalesce(sum(amount_minor), 0)::int8 AS total FROM payments.test_charge"
        " WHERE tenant_id = $1 AND is_approved"
    )
    return total


async def given_back_minor(ctx: Context) -> int:
    """What the gateway has given back over all refunds of the tenant, in minor units."""
    total: int = await ctx.read_value(
        "SELECT coalesce(sum(amount_minor), 0)::int8 AS total FROM payments.test_refund"
        " WHERE tenant_id = $1"
    )
    return total


async def requests_for(ctx: Context, attempt_id: UUID) -> int:
    """How often the gateway was asked for this attempt's money."""
    count: int | None = await ctx.read_value(
        "SELECT request_count FROM payments.test_charge WHERE tenant_id = $1 AND attempt_id = $2",
        attempt_id,
    )
    return count or 0
