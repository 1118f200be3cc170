"""Price lists, bulk edits of prices, and what goods cost the merchant."""

from datetime import datetime
from typing import Annotated, Any, get_args
from uuid import UUID

from msgspec import Meta

from galleria.commerce import pricing
from galleria.commerce.pricing import (
    AskedPrice,
    Cost,
    CostsMerged,
    EditRow,
    Explanation,
    ListNumber,
    NewPriceEdit,
    NewPriceList,
    Outcome,
    Pieces,
    Preview,
    PriceEdit,
    PriceList,
    PriceListChanges,
    SetCost,
)
from galleria.engines.context import Context
from galleria.faces.graphql.admin.fields import VERSION, Desk
from galleria.faces.graphql.building import Fields
from galleria.faces.graphql.inputs import id_if_any, id_in, read_input, read_value
from galleria.foundation.http import CurrencyCode, Name

READ, WRITE = "prices:read", "prices:write"
Costs = Annotated[list[SetCost], Meta(min_length=1, max_length=500)]
NAMES: dict[Any, str] = {
    EditRow: "PriceEditRow",
    Explanation: "PriceExplanation",
    Preview: "PriceEditPreview",
    get_args(Outcome): "PriceEditOutcome",
}


def queries(desk: Desk) -> Fields:
    """What shows lists, edits and costs, beside the prices themselves."""
    return {
        "priceList": desk.one(
            PriceList,
            lambda ctx, args: pricing.get_list(ctx, args["price_list_id"]),
            READ,
            "One price list.",
            price_list_id=ListNumber,
        ),
        "priceEdit": desk.one(
            PriceEdit,
            lambda ctx, args: pricing.get_edit(ctx, id_in(args, "edit_id")),
            READ,
            "How far a bulk edit is, and what came of it.",
            edit_id=UUID,
        ),
        "priceEditRows": desk.many(
            EditRow,
            lambda ctx, args, cursor, limit: pricing.list_edit_rows(
                ctx, id_in(args, "edit_id"), args["outcome"], cursor, limit
            ),
            READ,
            "The prices a bulk edit changed; `kept` are those its undoing left alone.",
            edit_id=UUID,
            outcome=(Outcome | None, None),
        ),
        "priceEditPreview": desk.one(
            Preview,
            lambda ctx, args: pricing.preview_edit(ctx, read_input(args, NewPriceEdit)),
            READ,
            "What a formula would do: its first 50 prices before and after, and how many.",
            input=NewPriceEdit,
        ),
        "priceExplanation": desk.one(
            Explanation,
            explain_price,
            READ,
            "Why this price: every price of a variant, whether it counts, and if not, why not.",
            also="customers:read",
            variant_id=UUID,
            channel=(Name | None, None),
            currency=(CurrencyCode | None, None),
            quantity=(Pieces, 1),
            customer_id=(UUID | None, None),
            customer_group_id=(UUID | None, None),
            at=(datetime | None, None),
        ),
        "costs": desk.many(
            Cost,
            lambda ctx, args, cursor, limit: pricing.list_costs(
                ctx, id_if_any(args, "variant_id"), cursor, limit
            ),
            READ,
            "What variants cost the merchant: all of them, or one. No shopper is told.",
            variant_id=(UUID | None, None),
        ),
    }


def mutations(desk: Desk) -> Fields:
    """What changes lists, many prices at once, and costs."""
    return {
        "createPriceList": desk.act(
            PriceList,
            "priceList",
            lambda ctx, args: pricing.create_list(ctx, read_input(args, NewPriceList)),
            WRITE,
            "A list for a sale or by contract. Base lists come with their first price.",
            input=NewPriceList,
        ),
        "updatePriceList": desk.act(
            PriceList,
            "priceList",
            lambda ctx, args: pricing.update_list(
                ctx,
                args["price_list_id"],
                read_input(args, PriceListChanges),
                args["expected_version"],
            ),
            WRITE,
            "Change what is named of a price list.",
            price_list_id=ListNumber,
            input=PriceListChanges,
            **VERSION,
        ),
        "startPriceEdit": desk.act(
            PriceEdit,
            "priceEdit",
            lambda ctx, args: pricing.start_edit(ctx, read_input(args, NewPriceEdit)),
            WRITE,
            "Change many prices by a formula. A worker does it; ask again for how far it is.",
            input=NewPriceEdit,
        ),
        "undoPriceEdit": desk.act(
            PriceEdit,
            "priceEdit",
            lambda ctx, args: pricing.undo_edit(ctx, id_in(args, "edit_id")),
            WRITE,
            "Take a bulk edit back where its prices are still as it made them. Safe to repeat.",
            edit_id=UUID,
        ),
        "setCosts": desk.act(
            CostsMerged,
            "costs",
            lambda ctx, args: pricing.set_costs(ctx, read_value(args["costs"], Costs, "costs")),
            WRITE,
            "Say what up to 500 variants cost the merchant, all or none. Safe to repeat.",
            costs=list[SetCost],
        ),
    }


async def explain_price(ctx: Context, args: dict[str, Any]) -> Explanation:
    """See the field."""
    names = AskedPrice.__struct_fields__
    asked: AskedPrice = read_value({name: args[name] for name in names}, AskedPrice, "")
    return await pricing.explain_price(ctx, id_in(args, "variant_id"), asked)
