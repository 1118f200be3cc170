"""The verbs of the customers room."""

from galleria.commerce.customers.service.groups import (
    add_members,
    create_group,
    get_group,
    groups_of,
    list_groups,
    list_members,
    remove_group,
    remove_members,
    update_group,
)
from galleria.commerce.customers.service.people import (
    add_address,
    change_metafields,
    create_customer,
    customers_by_email,
    customers_of,
    ensure_customer,
    get_customer,
    list_customers,
    merge_customers,
    remove_address,
    update_customer,
)

__all__ = [
    "add_address",
    "add_members",
    "change_metafields",
    "create_customer",
    "create_group",
    "customers_by_email",
    "customers_of",
    "ensure_customer",
    "get_customer",
    "get_group",
    "groups_of",
    "list_customers",
    "list_groups",
    "list_members",
    "merge_customers",
    "remove_address",
    "remove_group",
    "remove_members",
    "update_customer",
    "update_group",
]
