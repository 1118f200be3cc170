"""The people who buy in a shop: who they are and where their parcels go.

Owns `customers.customer` and `customers.address`, and the groups that customers are treated alike
by: `customers.customer_group` and `customers.group_member`. A shopper belongs to one shop; the same
e-mail address in two shops is two customers. Event `customers.groups_changed.v1`.
"""

from galleria.commerce.customers.errors import (
    AddressNotFound,
    CustomerChanged,
    CustomerNotFound,
    EmailTaken,
    GroupChanged,
    GroupCodeTaken,
    GroupNotFound,
    TooManyAddresses,
    TooManyGroups,
)
from galleria.commerce.customers.events import GroupsChanged
from galleria.commerce.customers.model import (
    Customer,
    CustomerDetail,
    CustomerDraft,
    CustomerGroup,
    MergedCustomer,
    PostalAddress,
    SavedAddress,
    email_key,
)
from galleria.commerce.customers.schemas import (
    CustomerChanges,
    CustomerGroupChanges,
    NewCustomer,
    NewCustomerGroup,
)
from galleria.commerce.customers.service import (
    add_address,
    add_members,
    create_customer,
    create_group,
    customers_of,
    ensure_customer,
    get_customer,
    get_group,
    groups_of,
    list_customers,
    list_groups,
    list_members,
    merge_customers,
    remove_address,
    remove_group,
    remove_members,
    update_customer,
    update_group,
)

__all__ = [
    "AddressNotFound",
    "Customer",
    "CustomerChanged",
    "CustomerChanges",
    "CustomerDetail",
    "CustomerDraft",
    "CustomerGroup",
    "CustomerGroupChanges",
    "CustomerNotFound",
    "EmailTaken",
    "GroupChanged",
    "GroupCodeTaken",
    "GroupNotFound",
    "GroupsChanged",
    "MergedCustomer",
    "NewCustomer",
    "NewCustomerGroup",
    "PostalAddress",
    "SavedAddress",
    "TooManyAddresses",
    "TooManyGroups",
    "add_address",
    "add_members",
    "create_customer",
    "create_group",
    "customers_of",
    "email_key",
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
