"""What can go wrong with a customer's record."""

from galleria.foundation.errors import Conflict, NotFound, PreconditionFailed


class CustomerNotFound(NotFound):
    """This shop has no such customer."""

    code = "customer_not_found"
    title = "No such customer"


class AddressNotFound(NotFound):
    """The customer has no such address."""

    code = "address_not_found"
    title = "No such address"


class EmailTaken(Conflict):
    """Another customer of this shop has the e-mail address."""

    code = "customer_email_taken"
    title = "Another customer has this e-mail address"


class GroupNotFound(NotFound):
    """This shop has no such customer group."""

    code = "customer_group_not_found"
    title = "No such customer group"


class GroupCodeTaken(Conflict):
    """Another customer group of this shop has the code."""

    code = "customer_group_code_taken"
    title = "Another customer group has this code"


class GroupChanged(PreconditionFailed):
    """Somebody else edited the customer group meanwhile."""

    code = "customer_group_changed"
    title = "The customer group has changed since it was read"


class TooManyGroups(Conflict):
    """The shop, or the customer, has as many groups as can be."""

    code = "too_many_customer_groups"
    title = "There are as many customer groups as can be"


class TooManyAddresses(Conflict):
    """The address book is full."""

    code = "too_many_addresses"
    title = "The address book is full"


class CustomerChanged(PreconditionFailed):
    """Somebody else edited the customer meanwhile."""

    code = "customer_changed"
    title = "The customer has changed since it was read"
