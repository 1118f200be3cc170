"""The lock that keeps two hands from giving one name twice."""

from galleria.engines.sql import Transaction


async def lock_names(tx: Transaction) -> None:
    """Until the commit nobody else gives names in this shop's catalog.

    Handles, SKUs, codes and paths are looked up under it before they are written, so a name that
    is taken is an answer and never a failed statement. Whoever takes it takes it first, before
    any row: so merges, edits and moves of branches cannot wait for each other in a circle.
    Reading, and putting products on sale, does without.
    """
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('catalog.names'), $1)")
