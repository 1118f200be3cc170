"""What a shop brings along for rooms above this one; the roof says who takes it in."""

from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias

import msgspec

from galleria.commerce.imports.model.moving_in import OrderDraft
from galleria.engines.sql import Transaction

Outcome: TypeAlias = Literal["created", "changed", "unchanged", "refused"]


class Landed(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a draft; of a refused one `code` and `reason` say why."""

    outcome: Outcome
    code: str = ""
    reason: str = ""


class OrderIntake(Protocol):
    """Takes orders of the past in, without charging or sending anything."""

    async def __call__(self, tx: Transaction, drafts: Sequence[OrderDraft]) -> Sequence[Landed]:
        """What became of each, in their order. The same drafts again change nothing."""
