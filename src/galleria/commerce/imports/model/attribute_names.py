"""Names of properties in product files, as codes of the shop's dictionary.

A feed may say the kind in the name, `t_` text, `n_` number, `b_` boolean: `n_weight` and
`t_weight` are two properties then. The first to come is called `weight`; the other gets its kind
behind it, `weight_number`, since a code has one kind in the dictionary.
"""

import re
from collections.abc import Mapping
from typing import TypeAlias

from galleria.foundation.text import slugify

AttributeValue: TypeAlias = str | bool | int | float | list[str]

_KIND_OF_PREFIX = {"t_": "text", "n_": "number", "b_": "boolean"}
_KIND_OF_TYPE: dict[type, str] = {
    str: "text",
    bool: "boolean",
    int: "number",
    float: "number",
    list: "text",
}
_FITS_TEXT = ("text", "select", "multi_select", "swatch", "rich_text", "date")
_CODE = re.compile(r"[a-z0-9][a-z0-9_.-]*")
_MAX_LENGTH = 100


class AttributeNames:
    """Finds the code for a name, the same one each time."""

    def __init__(self, kinds: Mapping[str, str], *, has_prefixes: bool) -> None:
        """Begin with the kind of each code that the dictionary has."""
        self._kinds = dict(kinds)
        self._codes: dict[str, tuple[type, str]] = {}
        self._has_prefixes = has_prefixes

    def coded(self, values: Mapping[str, AttributeValue | None]) -> dict[str, AttributeValue]:
        """The values by code, without those that are None.

        Of two names with the same code the later value counts.
        """
        codes = self._codes
        coded: dict[str, AttributeValue] = {}
        for name, value in values.items():
            if value is None:
                continue
            known = codes.get(name)
            # Hardly ever is one name a text here and a number there.
            if known is None or known[0] is not type(value):
                known = type(value), self._code_of(name, _KIND_OF_TYPE[type(value)])
                codes[name] = known
            coded[known[1]] = value
        return coded

    def _code_of(self, name: str, kind: str) -> str:
        if self._has_prefixes and _KIND_OF_PREFIX.get(name[:2]) == kind and len(name) > 2:
            bare = attribute_code(name[2:])
            for code in (bare, f"{bare[: _MAX_LENGTH - len(kind) - 1]}_{kind}"):
                known = self._kinds.setdefault(code, kind)
                if known == kind or (kind == "text" and known in _FITS_TEXT):
                    return code
        code = attribute_code(name)
        self._kinds.setdefault(code, kind)
        return code


def attribute_code(name: str) -> str:
    """The name itself when it can be a code, else one that reads like it.

    "Frame width (mm)" becomes `frame_width_mm`.
    """
    if len(name) <= _MAX_LENGTH and _CODE.fullmatch(name):
        return name
    return slugify(name)[:_MAX_LENGTH].strip("-").replace("-", "_")
