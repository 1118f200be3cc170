"""Gives the OpenAPI document's parts names that a client's classes can bear.

The framework names a struct by its module when another one is called the same, and a page by the
whole address of what it holds. Programs that write clients turn these names into classes, so they
are said as people would: `Page_galleria.commerce.catalog.model.products.Variant_` is `VariantPage`,
`commerce_imports_model_runs_Change` is `ImportsChange`.
"""

import re
from collections import Counter
from typing import Any

FLOORS = (
    *("galleria", "foundation", "engines", "platform", "content", "insight"),
    *("commerce", "community", "growth", "studio", "faces"),
)
ROLES = frozenset(("model", "schemas", "service", "routes", "errors", "events", "repository"))
_PAGE = re.compile(r"Page_(.+)_$")
_SENTENCE = re.compile(r"(?<=[a-z`)\]\"])[.!?](?=\s|$)")
_REFERENCE = "#/components/schemas/"


def clear_names(document: dict[str, Any]) -> dict[str, Any]:
    """The document with its schemas, their titles and every reference to them renamed.

    A short name that two would bear is given to neither: both then begin with their room.
    """
    schemas: dict[str, Any] = document["components"]["schemas"]
    names = _new_names(list(schemas))
    document["components"]["schemas"] = {names[old]: schema for old, schema in schemas.items()}
    for name, schema in document["components"]["schemas"].items():
        if "title" in schema:
            schema["title"] = name
    _lead_to(document, names)
    return document


def first_sentence(text: str) -> str:
    """What stands before the first full stop, on one line and without the stop."""
    return " ".join(_SENTENCE.split(text, maxsplit=1)[0].split())


def _new_names(old_names: list[str]) -> dict[str, str]:
    short = {old: _short(old) for old in old_names}
    borne = Counter(short.values())
    return {
        old: name if borne[name] == 1 or old == name else _room(old) + name
        for old, name in short.items()
    }


def _short(old: str) -> str:
    page = _PAGE.match(old)
    if page:
        return _short(page[1]) + "Page"
    return re.split(r"[._]", old)[-1]


def _room(old: str) -> str:
    """The room a name comes from, as the beginning of a class name; empty for the foundation."""
    page = _PAGE.match(old)
    words = re.split(r"[._]", page[1] if page else old)[:-1]
    end = next((at for at, word in enumerate(words) if word in ROLES), len(words))
    kept = [word for word in words[:end] if word not in FLOORS]
    return "".join(word.capitalize() for word in kept)


def _lead_to(part: Any, names: dict[str, str]) -> None:
    if isinstance(part, dict):
        reference = part.get("$ref")
        if isinstance(reference, str) and reference.startswith(_REFERENCE):
            part["$ref"] = _REFERENCE + names[reference.removeprefix(_REFERENCE)]
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            _lead_to(each, names)
