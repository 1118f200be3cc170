"""Who takes in what a shop brings along: customers by themselves, the rest as the roof binds it."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from galleria.commerce import customers
from galleria.commerce.customers import CustomerDraft
from galleria.commerce.imports.model.runs import Format
from galleria.commerce.imports.ports import CustomerIntake, Landed, OrderIntake, RedirectIntake
from galleria.engines.sql import Transaction

Intake = Callable[[Transaction, Sequence[Any]], Awaitable[Sequence[Landed]]]


async def take_customers_in(tx: Transaction, drafts: Sequence[CustomerDraft]) -> Sequence[Landed]:
    """The customers are known to the shop; what became of each."""
    merged = await customers.merge_customers(tx, drafts, tx.ctx.locale or "en")
    return [Landed(outcome=each.outcome) for each in merged]


class Intakes:
    """What each kind of file is handed to."""

    def __init__(self) -> None:
        customer_intake: CustomerIntake = take_customers_in
        self.known: dict[Format, Intake] = {"shopify_customers_csv": customer_intake}

    def bind(
        self, *, orders: OrderIntake | None = None, redirects: RedirectIntake | None = None
    ) -> None:
        """Orders and redirects are handed to these from here on. Called once, by the roof."""
        if orders is not None:
            self.known["shopify_orders_csv"] = orders
        if redirects is not None:
            self.known["shopify_redirects_csv"] = redirects


intakes = Intakes()
