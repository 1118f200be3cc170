"""What can go wrong with prices."""

from galleria.foundation.errors import InvalidInput


class InvalidPrice(InvalidInput):
    """An amount or a currency that is none; the errors say which."""

    code = "invalid_price"
    title = "This is no price"
