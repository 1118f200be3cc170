"""What can go wrong with prices."""

from galleria.foundation.errors import Conflict, InvalidInput, NotFound, PreconditionFailed


class InvalidPrice(InvalidInput):
    """An amount or a currency that is none; the errors say which."""

    code = "invalid_price"
    title = "This is no price"


class InvalidPriceList(InvalidInput):
    """A price list that cannot be; the errors say why."""

    code = "invalid_price_list"
    title = "This is no price list"


class InvalidFormula(InvalidInput):
    """A formula or a selection of a bulk edit that cannot be; the errors say why."""

    code = "invalid_price_formula"
    title = "This formula cannot be applied"


class PriceListNotFound(NotFound):
    """This shop has no such price list."""

    code = "price_list_not_found"
    title = "No such price list"


class PriceListCodeTaken(Conflict):
    """Another price list of this shop has the code."""

    code = "price_list_code_taken"
    title = "Another price list has this code"


class PriceListChanged(PreconditionFailed):
    """Somebody else edited the price list meanwhile."""

    code = "price_list_changed"
    title = "The price list has changed since it was read"


class PriceListFixed(Conflict):
    """A base list always counts: it has no window, no priority, and is never switched off."""

    code = "price_list_fixed"
    title = "A base list always counts"


class TooManyPriceLists(Conflict):
    """The shop has as many price lists as can be."""

    code = "too_many_price_lists"
    title = "There are as many price lists as can be"


class PriceEditNotFound(NotFound):
    """This shop has no such bulk edit of prices."""

    code = "price_edit_not_found"
    title = "No such bulk edit"


class PriceEditNotUndoable(Conflict):
    """The bulk edit is still under way, or its rows are no longer kept."""

    code = "price_edit_not_undoable"
    title = "This bulk edit cannot be undone"
