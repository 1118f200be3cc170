"""What is asked of rooms above or beside this one; the roof says who takes in and who answers."""

from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias
from uuid import UUID

import msgspec

from galleria.commerce.imports.model.moving_in import OrderDraft
from galleria.engines.sql import Reader, Transaction

Outcome: TypeAlias = Literal["created", "changed", "unchanged", "refused"]


class Landed(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a draft; of a refused one `code` and `reason` say why."""

    outcome: Outcome
    code: str = ""
    reason: str = ""


class OrderedVariants(Protocol):
    """Knows what was bought."""

    async def __call__(self, reader: Reader, variant_ids: Sequence[UUID]) -> set[UUID]:
        """Those of the variants that stand in an order, whatever became of it."""


class OrderIntake(Protocol):
    """Takes orders of the past in, without charging or sending anything."""

    async def __call__(self, tx: Transaction, drafts: Sequence[OrderDraft]) -> Sequence[Landed]:
        """What became of each, in their order. The same drafts again change nothing."""
