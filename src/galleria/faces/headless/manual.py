"""The API as a page to read, made from the OpenAPI document, and to try.

Reading needs no script. One module of our own adds the search in the page, copying, and a form that
calls the API with a key that stays in the page's memory.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get

from galleria.faces.headless.describing import document_of
from galleria.faces.headless.snippets import asked_of, curl_of, javascript_of, python_of
from galleria.faces.stationery import Assets, Press, html

PACKAGE = "galleria.faces.headless"
METHODS = ("get", "post", "put", "patch", "delete")
DEEPEST = 6  # levels of a body that are written out; what lies below is named

_assets = Assets(PACKAGE)
_press = Press(PACKAGE, {"style": "/docs/manual.css", "script": "/docs/manual.js"})


class Parameter(msgspec.Struct, frozen=True):
    """A parameter as the page shows it."""

    name: str
    place: str
    kind: str
    is_required: bool
    description: str


class Answer(msgspec.Struct, frozen=True):
    """A possible answer: its status and what it means."""

    status: str
    description: str


class Snippet(msgspec.Struct, frozen=True):
    """How a call is written in a language."""

    language: str
    text: str


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One method of one address. `body` and `result` show shapes, `example` a body with values."""

    operation_id: str
    method: str
    path: str
    summary: str
    description: str
    scopes: list[str]
    parameters: list[Parameter]
    body: str
    result: str
    answers: list[Answer]
    body_kind: str
    example: str
    snippets: list[Snippet]


def operations_of(schema: Mapping[str, Any]) -> dict[str, list[Operation]]:
    """The operations by tag, in the order of their addresses."""
    found: dict[str, list[Operation]] = {}
    for path, item in sorted(schema["paths"].items()):
        for method in METHODS:
            if method in item:
                operation = item[method]
                tag = (operation.get("tags") or ["more"])[0]
                found.setdefault(tag, []).append(_operation(schema, path, method, operation))
    return dict(sorted(found.items()))


def _operation(
    schema: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]
) -> Operation:
    answers = {
        code: _resolved(schema, answer) for code, answer in operation.get("responses", {}).items()
    }
    best: Mapping[str, Any] = next(
        (answers[code] for code in sorted(answers) if code.startswith("2")), {}
    )
    asked = asked_of(schema, path, method, operation)
    return Operation(
        operation_id=asked.operation_id,
        method=method.upper(),
        path=path,
        summary=operation.get("summary", ""),
        description=operation.get("description", ""),
        scopes=operation.get("x-scopes", []),
        parameters=[
            Parameter(
                each["name"],
                each["in"],
                _kind(schema, each.get("schema", {})),
                each.get("required", False),
                each.get("description", ""),
            )
            for each in operation.get("parameters", [])
        ],
        body=_shape(schema, operation.get("requestBody", {})),
        result=_shape(schema, best),
        answers=[Answer(code, answers[code].get("description", "")) for code in sorted(answers)],
        body_kind=asked.body_kind,
        example="" if asked.body is None else json.dumps(asked.body, indent=2, ensure_ascii=False),
        snippets=[
            Snippet("curl", curl_of(asked)),
            Snippet("Python", python_of(asked)),
            Snippet("JavaScript", javascript_of(asked)),
        ],
    )


def _shape(schema: Mapping[str, Any], holder: Mapping[str, Any]) -> str:
    """The JSON a body holds, written with kinds in place of values; empty without JSON."""
    content = holder.get("content", {}).get("application/json")
    if not content:
        return ""
    lines = _lines(schema, content.get("schema", {}), 0)
    return "\n".join(lines)


def _lines(schema: Mapping[str, Any], kind: Mapping[str, Any], depth: int) -> list[str]:
    kind = _resolved(schema, kind)
    if kind.get("properties") and depth < DEEPEST:
        required = set(kind.get("required", []))
        lines = ["{"]
        for name, inner in kind["properties"].items():
            first, *rest = _lines(schema, inner, depth + 1)
            mark = "" if name in required else "?"
            lines.append(f'  "{name}"{mark}: {first}')
            lines += [f"  {line}" for line in rest]
        return [*lines, "}"]
    if kind.get("type") == "array" and depth < DEEPEST:
        first, *rest = _lines(schema, kind.get("items", {}), depth + 1)
        return [f"[{first}", *rest[:-1], f"{rest[-1]}]"] if rest else [f"[{first}]"]
    inside = _object_or_null(schema, kind)
    if inside is not None and depth < DEEPEST:
        *before, last = _lines(schema, inside, depth)
        return [*before, f"{last} or null"]
    return [_kind(schema, kind)]


def _object_or_null(schema: Mapping[str, Any], kind: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The object of a field that may also be null; None for any other choice."""
    parts = [_resolved(schema, each) for each in kind.get("anyOf") or kind.get("oneOf") or ()]
    objects = [each for each in parts if each.get("properties")]
    is_one = len(parts) == 2 and len(objects) == 1
    return objects[0] if is_one and any(each.get("type") == "null" for each in parts) else None


def _kind(schema: Mapping[str, Any], kind: Mapping[str, Any]) -> str:
    """A type in a word or two."""
    kind = _resolved(schema, kind)
    if "enum" in kind:
        return " | ".join(str(each) for each in kind["enum"])
    for many in ("oneOf", "anyOf"):
        if many in kind:
            return " or ".join(dict.fromkeys(_kind(schema, each) for each in kind[many]))
    name = kind.get("type", "any")
    if isinstance(name, list):
        name = " or ".join(name)
    return f"{name} ({kind['format']})" if kind.get("format") else str(name)


def _resolved(schema: Mapping[str, Any], kind: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = kind.get("$ref")
    if reference is None:
        return kind
    found: Any = schema
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    resolved: Mapping[str, Any] = found
    return resolved


@lru_cache(maxsize=1)
def manual_page(app: Litestar) -> str:
    """The whole page; made once, since the API does not change while it runs."""
    schema = document_of(app)
    return _press.print("manual.html", "en", info=schema["info"], groups=operations_of(schema))


@get("/docs", include_in_schema=False)
async def show_manual(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The API to read."""
    return html(manual_page(request.app), cache="public, max-age=60")


@get("/docs/manual.css", include_in_schema=False)
async def send_style() -> Response[bytes]:
    """The page's style sheet."""
    return Response(
        _assets.content("manual.css"),
        media_type="text/css",
        headers={"cache-control": "public, max-age=3600"},
    )


@get("/docs/manual.js", include_in_schema=False)
async def send_script() -> Response[bytes]:
    """The page's module."""
    return Response(
        _assets.content("manual.js"),
        media_type="text/javascript",
        headers={"cache-control": "public, max-age=3600"},
    )


MANUAL_ROUTES = [show_manual, send_style, send_script]
