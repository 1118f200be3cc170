"""Who takes in what a shop brings along; for orders the roof says who."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from galleria.commerce import customers
from galleria.commerce.customers import CustomerDraft
from galleria.commerce.imports.model.runs import Format
from galleria.commerce.imports.ports import Landed, OrderIntake
from galleria.content import redirects
from galleria.content.redirects import RedirectDraft
from galleria.engines.sql import Transaction

Intake = Callable[[Transaction, Sequence[Any]], Awaitable[Sequence[Landed]]]


async def take_customers_in(tx: Transaction, drafts: Sequence[CustomerDraft]) -> Sequence[Landed]:
    """The customers are known to the shop; what became of each."""
    merged = await customers.merge_customers(tx, drafts, tx.ctx.locale or "en")
    return [Landed(outcome=each.outcome) for each in merged]


async def take_redirects_in(tx: Transaction, drafts: Sequence[RedirectDraft]) -> Sequence[Landed]:
    """The old addresses lead on; what became of each."""
    merged = await redirects.merge_redirects(tx, drafts)
    return [Landed(outcome=each.outcome, code=each.code, reason=each.reason) for each in merged]


class Intakes:
    """What each kind of file is handed to."""

    def __init__(self) -> None:
        self.known: dict[Format, Intake] = {
            "shopify_customers_csv": take_customers_in,
            "shopify_redirects_csv": take_redirects_in,
        }

    def bind(self, *, orders: OrderIntake) -> None:
        """Orders are handed to this from here on. Called once, by the roof."""
        self.known["shopify_orders_csv"] = orders


intakes = Intakes()
