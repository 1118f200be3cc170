"""Where goods lie and how they get there: locations, terms of sale, transfers, deliveries."""

from typing import Any
from uuid import UUID

from galleria.commerce import inventory
from galleria.commerce.inventory import (
    Incoming,
    LocationChanges,
    LocationId,
    NewIncoming,
    NewLocation,
    ReceiveIncoming,
    StockLevel,
    StockLocation,
    StockPolicy,
    Terms,
    TransferStock,
)
from galleria.engines.context import Context
from galleria.faces.graphql.admin.fields import Desk
from galleria.faces.graphql.building import Fields
from galleria.faces.graphql.inputs import id_in, read_input

WRITE = "stock:write"
NAMES: dict[Any, str] = {Terms: "StockTerms"}


def mutations(desk: Desk) -> Fields:
    """What changes shelves, beside counts. Repeat with the header `Idempotency-Key`."""
    return {
        "createStockLocation": desk.act(
            StockLocation,
            "stockLocation",
            lambda ctx, args: inventory.create_location(ctx, read_input(args, NewLocation)),
            WRITE,
            "Add a location behind the others.",
            input=NewLocation,
        ),
        "updateStockLocation": desk.act(
            StockLocation,
            "stockLocation",
            lambda ctx, args: inventory.update_location(
                ctx, args["location_id"], read_input(args, LocationChanges)
            ),
            WRITE,
            "Rename a location, reorder it, or take it out of use.",
            location_id=LocationId,
            input=LocationChanges,
        ),
        "setStockPolicy": desk.act(
            Terms,
            "stockTerms",
            lambda ctx, args: inventory.set_policy(
                ctx, id_in(args, "variant_id"), read_input(args, StockPolicy)
            ),
            WRITE,
            "Say whether a variant is counted, and on what terms more may be sold than is there.",
            variant_id=UUID,
            input=StockPolicy,
        ),
        "transferStock": desk.act(
            list[StockLevel] | None,
            "stockLevels",
            lambda ctx, args: inventory.transfer_stock(ctx, read_input(args, TransferStock)),
            WRITE,
            "Carry goods from one location to another, all lines or none. To repeat it safely, send"
            " the header `Idempotency-Key`.",
            input=TransferStock,
        ),
        **_deliveries(desk),
    }


def _deliveries(desk: Desk) -> Fields:
    return {
        "expectIncoming": desk.act(
            Incoming,
            "incoming",
            lambda ctx, args: inventory.expect_incoming(ctx, read_input(args, NewIncoming)),
            WRITE,
            "Note a delivery that is expected. To repeat it safely, send the header"
            " `Idempotency-Key`.",
            input=NewIncoming,
        ),
        "receiveIncoming": desk.act(
            Incoming,
            "incoming",
            receive_incoming,
            WRITE,
            "Put on the shelf what has come of a delivery. To repeat it safely, send the header"
            " `Idempotency-Key`.",
            incoming_id=UUID,
            input=(ReceiveIncoming, {}),
        ),
        "cancelIncoming": desk.act(
            Incoming,
            "incoming",
            lambda ctx, args: inventory.cancel_incoming(ctx, id_in(args, "incoming_id")),
            WRITE,
            "Wait for the rest of a delivery no more. Safe to repeat.",
            incoming_id=UUID,
        ),
    }


async def receive_incoming(ctx: Context, args: dict[str, Any]) -> Incoming:
    """See the field."""
    quantity = read_input(args, ReceiveIncoming).quantity
    return await inventory.receive_incoming(ctx, id_in(args, "incoming_id"), quantity)
