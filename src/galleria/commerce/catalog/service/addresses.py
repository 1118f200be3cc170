"""Old addresses of products and categories lead to where they are now."""

from collections.abc import Iterable
from uuid import UUID

from galleria.commerce.catalog.model.structure import Category
from galleria.content import redirects
from galleria.content.redirects import InvalidRedirect, Move, RedirectDraft
from galleria.engines.sql import Transaction
from galleria.foundation.errors import FieldError


def product_path(handle: str) -> str:
    """Where the shop shows the product with this handle."""
    return f"/products/{handle}"


def category_path(path: str) -> str:
    """Where the shop shows the category at this path."""
    return f"/categories/{path}"


async def products_moved(tx: Transaction, changes: Iterable[tuple[UUID, str, str]]) -> None:
    """(product, old handle, new handle): whoever comes by the old address finds the product."""
    await redirects.moved(
        tx,
        [
            Move("product", product_id, product_path(old), product_path(new))
            for product_id, old, new in changes
            if old != new
        ],
    )


async def categories_moved(
    tx: Transaction, before: Iterable[Category], after: Iterable[Category]
) -> None:
    """The same of the categories whose path is another one afterwards."""
    paths = {each.category_id: each.path for each in before}
    await redirects.moved(
        tx,
        [
            Move("category", each.category_id, category_path(old), category_path(each.path))
            for each in after
            if (old := paths[each.category_id]) != each.path
        ],
    )


async def product_replaced(tx: Transaction, handle: str, to: str) -> None:
    """The address of a product that is gone leads to `to`, a path of the shop or another site.

    Raises:
        InvalidRedirect: nothing can be led there.
    """
    draft = RedirectDraft(from_path=product_path(handle), to=to)
    (outcome,) = await redirects.merge_redirects(tx, [draft], "manual")
    if outcome.outcome == "refused":
        fault = FieldError("redirect_to", outcome.code, outcome.reason)
        raise InvalidRedirect(outcome.reason, errors=[fault])
