"""What can go wrong with goods on hand."""

from galleria.foundation.errors import Conflict, Gone, InvalidInput, NotFound


class LocationNotFound(NotFound):
    """This shop has no such stock location."""

    code = "location_not_found"
    title = "No such stock location"


class LocationCodeTaken(Conflict):
    """Another location has this code."""

    code = "location_code_taken"
    title = "The location's code is taken"


class LastLocation(Conflict):
    """A shop keeps at least one active location."""

    code = "last_location"
    title = "A shop keeps at least one active location"


class OutOfStock(Conflict):
    """Less is available than wanted; the errors name each variant, and how many there are."""

    code = "out_of_stock"
    title = "Not enough in stock"


class ReservationLost(Gone):
    """What was reserved has been given back since, and somebody else may have it."""

    code = "reservation_lost"
    title = "The reservation has expired"


class StockTooLow(Conflict):
    """Less would be on hand than nothing, or than is reserved already."""

    code = "stock_too_low"
    title = "Less would be on hand than is reserved"


class InvalidLevel(InvalidInput):
    """A level that no shelf can have."""

    code = "invalid_level"
    title = "This is no level of stock"
