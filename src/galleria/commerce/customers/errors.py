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


class TooManyAddresses(Conflict):
    """The address book is full."""

    code = "too_many_addresses"
    title = "The address book is full"


class CustomerChanged(PreconditionFailed):
    """Somebody else edited the customer meanwhile."""

    code = "customer_changed"
    title = "The customer has changed since it was read"
