"""What an order takes from the stock and gives back: of a bundle, its components."""

import re
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from galleria.commerce import downloads, inventory
from galleria.commerce.orders import model
from galleria.commerce.orders.model import Order
from galleria.commerce.orders.service.history import owner_ref
from galleria.engines.sql import Transaction

_PLACE = re.compile(r"lines\[(\d+)\]")


async def reserve_goods(
    tx: Transaction, order: Order, expires_at: datetime | None, first_at: int | None = None
) -> None:
    """All that the order consists of is held for it, or nothing is; by one statement. It is looked
    for at the place `first_at` before all others, where that is known.

    Raises:
        OutOfStock: with an error for each line of which something cannot be had.
    """
    goods = model.goods_of(order, model.whole(order))
    try:
        await inventory.reserve_stock(tx, owner_ref(order.order_id), goods, expires_at, first_at)
    except inventory.OutOfStock as short:
        places = model.lines_of_goods(order)
        errors = [
            msgspec.structs.replace(
                each, path=_PLACE.sub(lambda at: f"lines[{places[int(at[1])]}]", each.path)
            )
            for each in short.errors
        ]
        raise inventory.OutOfStock(short.detail, errors=errors) from short


async def give_goods_back(tx: Transaction, order: Order, pieces: Mapping[UUID, int]) -> None:
    """What so many pieces of the lines consist of lies where it was taken from again.

    A licence that was handed out is known to its buyer, so it is never in stock again.
    """
    goods = model.goods_of(order, pieces)
    if order.is_digital:
        gone = await downloads.licensed_among(tx, {variant_id for variant_id, _ in goods})
        goods = [each for each in goods if each[0] not in gone]
    await inventory.restock(tx, owner_ref(order.order_id), goods)
