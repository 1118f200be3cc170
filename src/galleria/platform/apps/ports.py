"""What apps ask of rooms above them; the roof says who answers."""

from typing import Protocol

from galleria.engines.sql import Transaction


class ForgetNamespace(Protocol):
    """Keeps the metafields of the shop."""

    async def __call__(self, tx: Transaction, namespace: str) -> None:
        """Nothing more is kept in this namespace, from this commit on."""
