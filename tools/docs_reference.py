"""docs/reference: rooms, settings, errors and metrics, read from the code itself."""

import ast
import importlib
import inspect
import textwrap
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import Any

import msgspec

from galleria.foundation import telemetry
from galleria.foundation.errors import GalleriaError
from galleria.settings import PREFIX, Settings
from tools.docs_floors import listed_visits
from tools.house_code import FLOORS, ROOT, first_sentence, home, manifests, subclasses
from tools.house_code import rooms as room_names

NOTE = "Generated from the code by `make docs`; do not edit."
PAGES = {
    "rooms.md": "every part of the product: what it is, whom it calls on, what it serves",
    "commands.md": "what an operator types",
    "settings.md": "what an operator can set, with the defaults",
    "events.md": "the facts rooms publish, with their fields",
    "errors.md": "every `code` a caller can meet",
    "metrics.md": "every figure the program exports",
    "api-changelog.md": "the versions of the API, until when each is answered, what changed",
    "openapi.json": "the HTTP API, for machines (`/docs` of a running server is for people)",
    "storefront.graphql": "what anyone may ask of a shop by GraphQL",
    "admin.graphql": "what a shop's programs may ask and do by GraphQL, with the scopes",
}


def contents() -> str:
    """The page that leads to the others, those that people wrote beside the generated ones too."""
    written = [
        f"| [{file.read_text().splitlines()[0].removeprefix('# ')}]({file.name}) | |"
        for file in sorted((ROOT / "docs/reference").glob("*.md"))
        if file.name not in PAGES and NOTE not in file.read_text()
    ]
    lines = ["# Reference", "", NOTE, "", "| | |", "|---|---|"]
    lines += [
        f"| [{Path(file).stem.capitalize()}]({file}) | {what} |" for file, what in PAGES.items()
    ]
    return "\n".join(lines + written) + "\n"


def decisions() -> str:
    """The table of decisions, by their titles."""
    lines = ["| | |", "|---|---|"]
    for file in sorted((ROOT / "docs/decisions").glob("[0-9]*.md")):
        number, _, title = file.read_text().splitlines()[0].removeprefix("# ").partition(" ")
        lines.append(f"| [{number}]({file.name}) | {title} |")
    return "\n".join(lines) + "\n"


def rooms() -> str:
    """The page of rooms: what its door says, its visits, and the routes it serves."""
    visits: dict[str, list[str]] = {}
    for visit in listed_visits():
        visits.setdefault(visit.guest, []).append(f"`{visit.host}`")
    manifest_of = {manifest.name: manifest for manifest in manifests()}
    lines = ["# Rooms", "", NOTE]
    for name in room_names():
        door = importlib.import_module(f"galleria.{name}")
        lines += ["", f"## {name}", "", first_sentence(door)]
        if hosts := visits.get(name):
            lines += ["", f"Calls on {', '.join(sorted(hosts))}."]
        if routes := sorted(_routes(manifest_of.get(name))):
            lines += ["", "| route | |", "|---|---|"]
            lines += [f"| `{method} {path}` | {summary} |" for path, method, summary in routes]
    return "\n".join(lines) + "\n"


def _routes(manifest: Any) -> Iterator[tuple[str, str, str]]:
    """(path, method, first sentence) of every documented route of a room."""
    for handler in getattr(manifest, "routes", ()):
        if isinstance(handler, type):
            continue  # a controller class: its handlers are bound when the app is made
        for method in sorted(getattr(handler, "http_methods", ())):
            if method in ("HEAD", "OPTIONS"):
                continue
            for path in sorted(handler.paths):
                yield path, method, first_sentence(handler.fn)


def settings() -> str:
    """The page of settings: environment name, default and meaning."""
    lines = [
        "# Settings",
        "",
        NOTE,
        "",
        "Each is an environment variable. A wrong value stops the program at its start, naming the",
        "variable and the remedy.",
    ]
    for title, struct, prefix in setting_structs():
        lines += ["", f"## {title}", "", first_sentence(struct), ""]
        lines += ["| variable | default | meaning |", "|---|---|---|"]
        texts = _field_texts(struct)
        for field in msgspec.structs.fields(struct):
            variable = f"{prefix}{field.name.upper()}"
            meaning = escape(texts.get(field.name, ""), quote=False)
            lines.append(f"| `{variable}` | {_default(field)} | {meaning} |")
    return "\n".join(lines) + "\n"


def setting_structs() -> Iterator[tuple[str, type[msgspec.Struct], str]]:
    """(heading, struct, prefix of its variables): the program's own first, then each room's."""
    yield "The house", Settings, PREFIX
    for manifest in manifests():
        if manifest.settings is not None:
            prefix = f"{PREFIX}{manifest.name.rsplit('.', 1)[-1].upper()}_"
            yield manifest.name, manifest.settings, prefix


def errors() -> str:
    """The page of errors: every code with its status, by the room that raises it."""
    lines = [
        "# Errors",
        "",
        NOTE,
        "",
        "A failure is answered as a problem document (RFC 9457). Branch on `code`, which never",
        "changes once it is published; `detail` is for people.",
    ]
    by_home: dict[str, list[type[GalleriaError]]] = {}
    every: list[type[GalleriaError]] = [GalleriaError, *subclasses(GalleriaError)]
    for error in every:
        if not error.__name__.startswith("_"):
            by_home.setdefault(home(error), []).append(error)
    for place in sorted(by_home, key=_from_the_ground_up):
        lines += ["", f"## {place}", "", "| code | status | title | when |", "|---|---|---|---|"]
        lines += [
            f"| `{error.code}` | {error.status} | {error.title} | {first_sentence(error)} |"
            for error in sorted(by_home[place], key=lambda each: (each.code, each.__name__))
        ]
    return "\n".join(lines) + "\n"


def openapi() -> str:
    """The OpenAPI document of the whole API, as the running program serves it."""
    api = importlib.import_module("galleria.app.http").api_app()
    document: bytes = importlib.import_module("galleria.faces.headless.routes").openapi_json(api)
    return document.decode() + "\n"


def storefront_graphql() -> str:
    """The schema at `/store/v1/graphql`."""
    return _graphql("storefront")


def admin_graphql() -> str:
    """The schema at `/admin/v1/graphql`, each field with the scopes it asks for."""
    return _graphql("admin")


def _graphql(face: str) -> str:
    faces = importlib.import_module("galleria.faces.graphql.faces")
    text: str = getattr(faces, face)().as_text()
    return f"# {NOTE}\n\n{text}"


def metrics() -> str:
    """The page of metrics: name, kind, labels and meaning of each figure."""
    lines = [
        "# Metrics",
        "",
        NOTE,
        "",
        "Figures of one process, in the OpenMetrics text format.",
        "",
        "| metric | kind | labels | meaning |",
        "|---|---|---|---|",
    ]
    for metric in sorted(_metrics(), key=lambda each: str(each._name)):
        labels = ", ".join(f"`{label}`" for label in metric._labelnames)
        name = f"{metric._name}_total" if metric._type == "counter" else metric._name
        lines.append(f"| `{name}` | {metric._type} | {labels} | {metric._documentation} |")
    return "\n".join(lines) + "\n"


def _metrics() -> Iterable[Any]:
    # The library keeps no public list of what was declared without its label values.
    return set(telemetry.metrics.registry._collector_to_names)


def _from_the_ground_up(place: str) -> tuple[int, str]:
    floor = place.partition(".")[0]
    return (FLOORS.index(floor) if floor in FLOORS else len(FLOORS), place)


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.default_factory is not msgspec.NODEFAULT:
        return f"`{field.default_factory()}`"
    if field.default is msgspec.NODEFAULT:
        return "required"
    return "unset" if field.default in (None, "") else f"`{field.default}`"


def _field_texts(struct: type[msgspec.Struct]) -> dict[str, str]:
    """What stands under each field as a docstring, in one line."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(struct))).body
    assert isinstance(tree, ast.ClassDef)
    texts = {}
    for field, text in zip(tree.body, tree.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
            and isinstance(text.value.value, str)
        ):
            texts[field.target.id] = " ".join(text.value.value.split())
    return texts
