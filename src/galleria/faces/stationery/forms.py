"""Reads a form: bounded, as text, into a struct with its errors by field."""

from typing import Any, Generic, TypeVar

import msgspec
from litestar import Request

from galleria.foundation.errors import FieldError, GalleriaError, InvalidInput
from galleria.foundation.http import field_error

StructT = TypeVar("StructT", bound=msgspec.Struct)
MOST_FIELDS = 500
MOST_CHARACTERS = 100_000


class Form(msgspec.Struct, Generic[StructT]):
    """What was sent: the values as text, to show again, and what is wrong with them by field."""

    values: dict[str, str]
    many: dict[str, list[str]]
    errors: dict[str, str]
    message: str = ""

    def read(self, kind: type[StructT], prefix: str = "") -> StructT | None:
        """The form as a struct; None when it does not fit, and then `errors` says why.

        Empty fields count as left out. `prefix` names a group: `shipping_` reads `shipping_city`.
        """
        given = {
            name.removeprefix(prefix): text.strip()
            for name, text in self.values.items()
            if name.startswith(prefix) and text.strip()
        }
        known = {name: given[name] for name in kind.__struct_fields__ if name in given}
        try:
            return msgspec.convert(known, kind, strict=False)
        except msgspec.ValidationError as error:
            found = field_error(str(error))
            self.errors[prefix + found.path] = found.code
            return None

    def refuse(self, error: GalleriaError, fields: dict[str, str] | None = None) -> None:
        """Remember what a room said; `fields` maps its paths to this form's names."""
        self.message = error.detail
        for each in error.errors:
            self.errors[(fields or {}).get(each.path, each.path)] = each.code


async def read_form(request: Request[Any, Any, Any], most_fields: int = MOST_FIELDS) -> Form[Any]:
    """The form of a request.

    Raises:
        InvalidInput: too many fields, too long, or a NUL character.
    """
    data = await request.form()
    values: dict[str, str] = {}
    many: dict[str, list[str]] = {}
    items = list(data.multi_items())
    if len(items) > most_fields:
        raise InvalidInput(f"a form has at most {most_fields} fields")
    for name, value in items:
        if not isinstance(value, str):
            continue
        if len(value) > MOST_CHARACTERS or "\x00" in value or "\x00" in name:
            raise InvalidInput(
                "a field is too long or holds the character NUL",
                errors=[FieldError(name[:100], "invalid_value", "too long, or NUL")],
            )
        values.setdefault(name, value)
        many.setdefault(name, []).append(value)
    return Form(values=values, many=many, errors={})
