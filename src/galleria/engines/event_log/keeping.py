"""What is done to the log itself: partitions come and go, a restore raises the epoch."""

from galleria.engines.sql.database import Access, Database, connect_as
from galleria.engines.sql.roles import OWNER

KEPT_DAYS = 30  # of events; rebuilds read tables, never the log


async def keep_partitions(database: Database, kept_days: int) -> None:
    """The log has partitions for the coming days and has lost those past their time.

    Never one that the relay has not passed.
    """
    async with database.relay() as connection:
        await connection.execute("SELECT event_log.keep_partitions($1)", kept_days)


async def raise_epoch(access: Access) -> None:
    """Events written from now on sort after all that were written in the former cluster."""
    owner = await connect_as(access, OWNER)
    try:
        await owner.execute(
            "UPDATE event_log.epoch SET log_epoch = log_epoch + 1,"
            " system_identifier = (SELECT system_identifier FROM pg_control_system())"
        )
        await owner.execute("ANALYZE")
    finally:
        await owner.close()
