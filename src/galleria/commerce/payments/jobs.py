"""What the payments room does by itself: ask gateways about what hangs in the air."""

from galleria.commerce.payments import service
from galleria.engines.context import Context
from galleria.engines.jobs import Schedule


async def settle_due(ctx: Context) -> None:
    """Attempts and refunds that nobody has an answer for were asked about."""
    await service.settle_due(ctx)


async def deliver_test_callbacks(ctx: Context) -> None:
    """The test gateway has called back where its cards promise it."""
    await service.deliver_test_callbacks(ctx)


SCHEDULES = [
    Schedule("payments.settle_due", "* * * * *", settle_due),
    Schedule("payments.deliver_test_callbacks", "* * * * *", deliver_test_callbacks),
]
