"""What mutations are sent, read into the rooms' own inputs: the same bounds as in the REST API."""

from typing import Any, TypeVar
from uuid import UUID

import msgspec

from galleria.commerce.orders import IdempotencyKeyRequired
from galleria.foundation.errors import FieldError, InvalidInput
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


def uuid_of(text: str, path: str) -> UUID:
    """The id that was sent at `path`.

    Raises:
        InvalidInput: it is none.
    """
    try:
        return UUID(text)
    except ValueError:
        message = "an id is a UUID"
        raise InvalidInput(message, errors=[FieldError(path, "invalid_format", message)]) from None


def id_in(args: dict[str, Any], name: str) -> UUID:
    """The argument, which is an id.

    Raises:
        InvalidInput: it is none.
    """
    return uuid_of(args[name], name)


def id_if_any(args: dict[str, Any], name: str) -> UUID | None:
    """As `id_in`; None for an argument that was left out."""
    return None if args[name] is None else id_in(args, name)
