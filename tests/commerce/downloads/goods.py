"""Digital goods and their buyers, for the tests of downloads."""

from typing import Any
from uuid import UUID

from galleria.commerce import downloads, orders
from galleria.commerce.downloads import NewDigitalGood
from galleria.engines.context import Context
from tests.commerce.carts.shop import sell
from tests.commerce.orders.buying import buy

BOOK = b"%PDF-1.7 " + bytes(range(256)) * 40


async def book(ctx: Context, content: bytes = BOOK, **terms: Any) -> UUID:
    """A variant on sale that is fetched as a file."""
    variant_id = await sell(ctx, 900, on_hand=None)
    await downloads.set_good(ctx, variant_id, NewDigitalGood(**terms))
    await downloads.add_file(ctx, variant_id, "Ein Buch.pdf", content)
    return variant_id


async def program(ctx: Context, *licences: str, **terms: Any) -> UUID:
    """A variant on sale that is had by a licence of this pool."""
    variant_id = await sell(ctx, 4900, on_hand=0)
    await downloads.set_good(ctx, variant_id, NewDigitalGood(kind="licences", **terms))
    if licences:
        await downloads.add_licences(ctx, variant_id, licences)
    return variant_id


async def buy_digital(ctx: Context, *lines: tuple[UUID, int], **changes: Any) -> orders.StoreOrder:
    """An order that says neither where to nor how."""
    return await buy(ctx, *lines, shipping_address=None, shipping_method=None, **changes)


def links_of(order: orders.StoreOrder) -> list[str]:
    """What stands in the links of an order, for those files that can be fetched."""
    return [each.path.rpartition("/")[2] for each in order.downloads.files if each.path]
