"""Who knows what apps must ask of higher rooms, as the roof binds it."""

from galleria.engines.sql import Transaction
from galleria.platform.apps.ports import ForgetNamespace


class Asking:
    """What answers each question."""

    def __init__(self) -> None:
        self._forget_namespace: ForgetNamespace | None = None

    def bind(self, *, forget_namespace: ForgetNamespace) -> None:
        """Whoever keeps metafields forgets a namespace when told. Called once, by the roof."""
        self._forget_namespace = forget_namespace

    async def forget_namespace(self, tx: Transaction, namespace: str) -> None:
        """See `ForgetNamespace`."""
        assert self._forget_namespace is not None, "the roof has bound it"
        await self._forget_namespace(tx, namespace)


asking = Asking()
