"""The people who buy in a shop: who they are and where their parcels go.

Owns `customers.customer` and `customers.address`. A shopper belongs to one shop; the same e-mail
address in two shops is two customers. Says nothing by event yet: nobody listens.
"""

from galleria.commerce.customers.errors import (
    AddressNotFound,
    CustomerChanged,
    CustomerNotFound,
    EmailTaken,
    TooManyAddresses,
)
from galleria.commerce.customers.model import (
    Customer,
    CustomerDetail,
    CustomerDraft,
    MergedCustomer,
    PostalAddress,
    SavedAddress,
    email_key,
)
from galleria.commerce.customers.schemas import CustomerChanges, NewCustomer
from galleria.commerce.customers.service import (
    add_address,
    create_customer,
    customers_of,
    ensure_customer,
    get_customer,
    list_customers,
    merge_customers,
    remove_address,
    update_customer,
)

__all__ = [
    "AddressNotFound",
    "Customer",
    "CustomerChanged",
    "CustomerChanges",
    "CustomerDetail",
    "CustomerDraft",
    "CustomerNotFound",
    "EmailTaken",
    "MergedCustomer",
    "NewCustomer",
    "PostalAddress",
    "SavedAddress",
    "TooManyAddresses",
    "add_address",
    "create_customer",
    "customers_of",
    "email_key",
    "ensure_customer",
    "get_customer",
    "list_customers",
    "merge_customers",
    "remove_address",
    "update_customer",
]
