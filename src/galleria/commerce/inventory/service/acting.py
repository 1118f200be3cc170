"""Who moved the goods."""

from galleria.engines.sql import Transaction


def actor_of(tx: Transaction) -> str:
    """The transaction's actor as movements name it: `person:0192…`."""
    actor = tx.ctx.actor
    return f"{actor.kind}:{actor.actor_id}"
