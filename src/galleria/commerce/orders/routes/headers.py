"""The headers these routes read."""

from typing import Annotated

from litestar.params import HeaderParameter

from galleria.commerce.orders.errors import IdempotencyKeyRequired

IfMatch = Annotated[str | None, HeaderParameter(name="If-Match")]
IdempotencyKey = Annotated[str | None, HeaderParameter(name="Idempotency-Key")]
LONGEST_KEY = 255


def required_key(key: str | None) -> str:
    """The client's key, fit to be kept.

    Raises:
        IdempotencyKeyRequired: it is missing, too long, or not printable ASCII.
    """
    if not key or len(key) > LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise IdempotencyKeyRequired(
            f"send an Idempotency-Key of 1 to {LONGEST_KEY} printable ASCII characters, "
            "and the same one when you repeat the request"
        )
    return key
