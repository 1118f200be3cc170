"""The checked-in OpenAPI document, cut to what each client is generated from.

Failures are left out: every one has the same form, which the hand-written layer reads, and their
codes are written beside it as a type. So no operation answers "this or a problem".
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.house_code import ROOT

SOURCE = ROOT / "docs/reference/openapi.json"
STORE = ("/store/",)
ADMIN = ("/admin/",)
_SCHEMA = "#/components/schemas/"
_CODE = re.compile(r"`(\w+)`: ")

Document = dict[str, Any]


def document_for(prefixes: tuple[str, ...], source: Path = SOURCE) -> Document:
    """The document with the paths that begin so, without failures and what only they name."""
    document: Document = json.loads(source.read_text())
    document["paths"] = {
        path: item for path, item in document["paths"].items() if path.startswith(prefixes)
    }
    for item in document["paths"].values():
        for operation in item.values():
            operation["responses"] = {
                status: _whole(answer)
                for status, answer in operation["responses"].items()
                if status.startswith("2")
            }
    schemas = document["components"]["schemas"]
    named = _reached(document["paths"], schemas)
    document["components"] = {
        "schemas": {name: schemas[name] for name in sorted(named)},
        "securitySchemes": document["components"]["securitySchemes"],
    }
    used = {tag for _, each in operations(document) for tag in each.get("tags", ())}
    document["tags"] = [tag for tag in document["tags"] if tag["name"] in used]
    return document


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each operation with its path."""
    for path, item in document["paths"].items():
        for operation in item.values():
            yield path, operation


def problem_codes(source: Path = SOURCE) -> list[str]:
    """Every code that the API may refuse with, by name."""
    responses = json.loads(source.read_text())["components"]["responses"].values()
    return sorted({code for each in responses for code in _CODE.findall(each["description"])})


def _whole(answer: Document) -> Document:
    """An answer that is no JSON is bytes, whatever else is said of it."""
    content = {
        kind: body if kind.endswith("json") else {"schema": {"type": "string", "format": "binary"}}
        for kind, body in answer.get("content", {}).items()
    }
    return {**answer, "content": content} if content else answer


def _reached(start: Any, schemas: Mapping[str, Any]) -> set[str]:
    """The names of all schemas that `start` names, directly or through others."""
    found: set[str] = set()
    waiting = list(_references(start))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _references(schemas[name])
    return found


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        reference = part.get("$ref")
        if isinstance(reference, str) and reference.startswith(_SCHEMA):
            yield reference.removeprefix(_SCHEMA)
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from _references(each)
