"""What belongs together: members of collections, groups of customers, a customer's addresses."""

from typing import Any
from uuid import UUID

from galleria.commerce import collections, customers
from galleria.commerce.collections import Collection, Group, MemberMoves, Preview
from galleria.commerce.customers import (
    Customer,
    CustomerGroup,
    CustomerGroupChanges,
    GroupMembers,
    NewAddress,
    NewCustomerGroup,
    SavedAddress,
)
from galleria.engines.context import Context
from galleria.faces.graphql.admin.fields import VERSION, Desk
from galleria.faces.graphql.building import Fields
from galleria.faces.graphql.inputs import id_in, read_input

PRODUCTS, PRODUCTS_WRITE = "products:read", "products:write"
CUSTOMERS, CUSTOMERS_WRITE = "customers:read", "customers:write"
NAMES: dict[Any, str] = {Preview: "RulePreview"}


def queries(desk: Desk) -> Fields:
    """What shows who belongs where."""
    return {
        "rulePreview": desk.one(
            Preview,
            lambda ctx, args: collections.preview_rule(ctx, read_input(args, Group, "rule")),
            PRODUCTS,
            "How many products a rule would choose, and the first twenty. Nothing is kept.",
            rule=Group,
        ),
        "customerGroup": desk.one(
            CustomerGroup,
            lambda ctx, args: customers.get_group(ctx, id_in(args, "customer_group_id")),
            CUSTOMERS,
            "One customer group.",
            customer_group_id=UUID,
        ),
        "customerGroupMembers": desk.many(
            Customer,
            lambda ctx, args, cursor, limit: customers.list_members(
                ctx, id_in(args, "customer_group_id"), cursor, limit
            ),
            CUSTOMERS,
            "Who is in the group.",
            customer_group_id=UUID,
        ),
    }


def mutations(desk: Desk) -> Fields:
    """What changes who belongs where."""
    return {
        "moveCollectionMembers": desk.act(
            Collection,
            "collection",
            move_members,
            PRODUCTS_WRITE,
            "Put up to 500 products in this order behind another, or first of all. Safe to repeat.",
            collection_id=UUID,
            input=MemberMoves,
        ),
        "removeCollection": desk.gone(
            "collection_id",
            collections.remove_collection,
            PRODUCTS_WRITE,
            "Remove a collection; its products stay. For a day it can be restored.",
        ),
        "restoreCollection": desk.act(
            Collection,
            "collection",
            lambda ctx, args: collections.restore_collection(ctx, id_in(args, "collection_id")),
            PRODUCTS_WRITE,
            "Take back the removal of a collection. Safe to repeat.",
            collection_id=UUID,
        ),
        **_groups(desk),
        "addCustomerAddress": desk.act(
            SavedAddress,
            "address",
            add_address,
            CUSTOMERS_WRITE,
            "An address in the customer's book.",
            customer_id=UUID,
            input=NewAddress,
        ),
        "removeCustomerAddress": desk.act(
            UUID | None,
            "addressId",
            remove_address,
            CUSTOMERS_WRITE,
            "The address leaves the book; orders keep their own copy of it.",
            customer_id=UUID,
            address_id=UUID,
        ),
    }


def _groups(desk: Desk) -> Fields:
    by_id: dict[str, Any] = {"customer_group_id": UUID}

    def members(verb: Any, told: str) -> Any:
        async def do(ctx: Context, args: dict[str, Any]) -> list[UUID]:
            customer_ids = read_input(args, GroupMembers).customer_ids
            changed: list[UUID] = await verb(ctx, id_in(args, "customer_group_id"), customer_ids)
            return changed

        changed = list[UUID] | None
        return desk.act(
            changed, "customerIds", do, CUSTOMERS_WRITE, told, **by_id, input=GroupMembers
        )

    return {
        "createCustomerGroup": desk.act(
            CustomerGroup,
            "customerGroup",
            lambda ctx, args: customers.create_group(ctx, read_input(args, NewCustomerGroup)),
            CUSTOMERS_WRITE,
            "A group with nobody in it.",
            input=NewCustomerGroup,
        ),
        "updateCustomerGroup": desk.act(
            CustomerGroup,
            "customerGroup",
            lambda ctx, args: customers.update_group(
                ctx,
                id_in(args, "customer_group_id"),
                read_input(args, CustomerGroupChanges),
                args["expected_version"],
            ),
            CUSTOMERS_WRITE,
            "Change what is named of a group.",
            **by_id,
            input=CustomerGroupChanges,
            **VERSION,
        ),
        "removeCustomerGroup": desk.gone(
            "customer_group_id",
            customers.remove_group,
            CUSTOMERS_WRITE,
            "The group is removed; price lists that were for it alone are for nobody.",
        ),
        "addGroupMembers": members(
            customers.add_members,
            "Customers join the group, all or none; those who were not in it before come back.",
        ),
        "removeGroupMembers": members(
            customers.remove_members, "Customers leave the group; those who were in it come back."
        ),
    }


async def move_members(ctx: Context, args: dict[str, Any]) -> Collection:
    """See the field."""
    collection_id, moves = id_in(args, "collection_id"), read_input(args, MemberMoves)
    await collections.move_members(ctx, collection_id, moves.product_ids, moves.after)
    return await collections.get_collection(ctx, collection_id)


async def add_address(ctx: Context, args: dict[str, Any]) -> SavedAddress:
    """See the field."""
    wanted = read_input(args, NewAddress)
    customer_id = id_in(args, "customer_id")
    return await customers.add_address(ctx, customer_id, wanted.address, wanted.is_default)


async def remove_address(ctx: Context, args: dict[str, Any]) -> UUID:
    """See the field."""
    address_id = id_in(args, "address_id")
    await customers.remove_address(ctx, id_in(args, "customer_id"), address_id)
    return address_id
