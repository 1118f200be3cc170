"""What mutations are sent, read into the rooms' own inputs: the same bounds as in the REST API."""

from typing import Any, TypeVar

import msgspec

from galleria.commerce.orders import IdempotencyKeyRequired
from galleria.foundation.errors import InvalidInput
from galleria.foundation.http import field_error

T = TypeVar("T")
LONGEST_KEY = 255


def read_input(args: dict[str, Any], kind: type[T], name: str = "input") -> T:
    """The argument as the room takes it.

    Raises:
        InvalidInput: with the path of the field at fault, beginning with the argument's name.
    """
    read: T = read_value(args[name], kind, name)
    return read


def read_value(value: Any, kind: Any, path: str) -> Any:
    """As `read_input`, a value that was sent at `path`."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        wrong = field_error(str(error), path)
        raise InvalidInput(f"{wrong.path}: {wrong.message}", errors=[wrong]) from None


def checked_key(key: str) -> str:
    """The client's own name for what it asks, fit to be kept.

    Raises:
        IdempotencyKeyRequired: it is empty, too long, or not printable ASCII.
    """
    if not key or len(key) > LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise IdempotencyKeyRequired(
            f"an idempotencyKey has 1 to {LONGEST_KEY} printable ASCII characters, "
            "and is the same when the mutation is repeated"
        )
    return key
