"""What can go wrong with goods on hand."""

from galleria.foundation.errors import Conflict, Gone, InvalidInput, NotFound, Unavailable


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


class InvalidPolicy(InvalidInput):
    """Terms of sale that contradict each other."""

    code = "invalid_stock_policy"
    title = "These terms of sale contradict each other"


class InvalidTransfer(InvalidInput):
    """Goods that would stay where they are."""

    code = "invalid_transfer"
    title = "Goods are moved from one location to another"


class IncomingNotFound(NotFound):
    """This shop expects no such delivery."""

    code = "incoming_not_found"
    title = "No such delivery"


class IncomingClosed(Conflict):
    """All of the delivery came before, or it was cancelled."""

    code = "incoming_closed"
    title = "This delivery is not expected any more"


class IncomingExceeded(Conflict):
    """More came than the delivery lacks."""

    code = "incoming_exceeded"
    title = "More came than was expected"


class StockBusy(Unavailable):
    """More reservations wait in this process than it can bear."""

    code = "stock_busy"
    title = "Too many reservations at once"
