"""docs/reference/events: what each room publishes, and who listens.

events.json holds the shape of every published event. It is the record against which a change is
held: a version that was published never loses or retypes a field, and a subscription reads only
fields that the publisher has.
"""

import json
import types
import typing
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import msgspec

from galleria.foundation.events import Event
from tools.docs_reference import NOTE
from tools.house_code import ROOT, first_sentence, home, manifests, subclasses

Shape = str | dict[str, Any]
"""A scalar's name, or one of {"list": shape}, {"map": shape}, {"optional": shape} and
{"fields": {name: shape}}."""

SHAPES_FILE = ROOT / "docs/reference/events.json"

_SCALARS: dict[Any, str] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    bytes: "base64",
    UUID: "uuid",
    datetime: "instant",
    date: "date",
    Decimal: "decimal",
    Any: "anything",
    object: "anything",
    type(None): "null",
}


def shape_of(kind: Any) -> Shape:
    """The wire shape of a type: what JSON a value of it becomes.

    Raises:
        TypeError: a type that no event should carry.
    """
    if kind in _SCALARS:
        return _SCALARS[kind]
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is not None:
        return _shape_of_generic(origin, arguments)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "string"
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return {"fields": fields_of(kind)}
    raise TypeError(f"no event carries a {kind!r}")


def _shape_of_generic(origin: Any, arguments: tuple[Any, ...]) -> Shape:
    if origin in (typing.Union, types.UnionType):
        return _shape_of_union(arguments)
    if origin is typing.Literal:
        return " or ".join(json.dumps(argument) for argument in arguments)
    if origin in (list, tuple, set, frozenset, Sequence):
        return {"list": shape_of(arguments[0])}
    if origin in (dict, Mapping):
        return {"map": shape_of(arguments[1])}
    if origin is typing.Annotated:
        return shape_of(arguments[0])
    raise TypeError(f"no event carries a {origin!r}")


def _shape_of_union(arguments: tuple[Any, ...]) -> Shape:
    others = [shape_of(argument) for argument in arguments if argument is not type(None)]
    shape = others[0] if len(others) == 1 else " or ".join(sorted(map(str, others)))
    return {"optional": shape} if len(others) < len(arguments) else shape


def fields_of(struct: type[msgspec.Struct]) -> dict[str, Shape]:
    """The shape of each field of `struct`, under the name it has on the wire."""
    return {field.encode_name: shape_of(field.type) for field in msgspec.structs.fields(struct)}


def published() -> dict[str, dict[str, Shape]]:
    """The fields of every event, by its tag."""
    return {event.TAG: fields_of(event) for event in _events()}


def fits(reader: Shape, publisher: Shape) -> bool:
    """Whether a reader of shape `reader` understands each value of shape `publisher`."""
    if reader in (publisher, "anything"):
        return True
    if isinstance(reader, dict) and "optional" in reader and not _is_optional(publisher):
        return fits(reader["optional"], publisher)
    if isinstance(reader, str) or isinstance(publisher, str) or publisher.keys() != reader.keys():
        return False
    (kind,) = reader
    if kind != "fields":
        return fits(reader[kind], publisher[kind])
    offered = publisher["fields"]
    return all(
        name in offered and fits(shape, offered[name]) for name, shape in reader["fields"].items()
    )


def _is_optional(shape: Shape) -> bool:
    return isinstance(shape, dict) and "optional" in shape


def breaks() -> list[str]:
    """One line for each published event whose recorded form the code no longer keeps."""
    if not SHAPES_FILE.exists():
        return []
    now = published()
    complaints = []
    for tag, fields in json.loads(SHAPES_FILE.read_text()).items():
        for field, shape in fields.items() if tag in now else ():
            present = now[tag].get(field)
            if present is None:
                complaints.append(f"{tag}: {field} is gone")
            elif not fits(shape, present):
                complaints.append(f"{tag}: {field} was {text_of(shape)}, is {text_of(present)}")
    return complaints


def misread() -> list[str]:
    """One line for each subscription to an event nobody publishes, or to a field it lacks."""
    now = published()
    complaints = []
    for room in manifests():
        for reader in (*room.subscriptions, *room.enqueues):
            payload = getattr(reader, "payload", None)
            for tag in tags_of(reader):
                name = f"{room.name}: {reader.handler}"
                if tag not in now:
                    complaints.append(f"{name} listens to {tag}, which nobody publishes")
                elif isinstance(payload, type) and issubclass(payload, msgspec.Struct):
                    offered = now[tag]
                    complaints += [
                        f"{name} reads {tag} {field.encode_name}, which is not published so"
                        for field in msgspec.structs.fields(payload)
                        if field.required or field.encode_name in offered
                        if not fits(shape_of(field.type), offered.get(field.encode_name, "absent"))
                    ]
    return complaints


def tags_of(reader: Any) -> tuple[str, ...]:
    """The tags a subscription or an enqueuing rule listens to."""
    return (reader.tag,) if isinstance(reader.tag, str) else tuple(reader.tag)


def text_of(shape: Shape) -> str:
    """A shape as a reader of the page sees it: `list of uuid`, `string or null`."""
    if isinstance(shape, str):
        return shape
    ((kind, inner),) = shape.items()
    if kind == "fields":
        return "{" + ", ".join(f"{name}: {text_of(each)}" for name, each in inner.items()) + "}"
    return {
        "list": f"list of {text_of(inner)}",
        "map": f"map to {text_of(inner)}",
        "optional": f"{text_of(inner)} or null",
    }[kind]


def page() -> str:
    """The page of events: by room, each with its meaning, subject, fields and listeners."""
    listeners: dict[str, list[str]] = {}
    for room in manifests():
        for reader in (*room.subscriptions, *room.enqueues):
            for tag in tags_of(reader):
                listeners.setdefault(tag, []).append(f"`{room.name}`")
    lines = [
        "# Events",
        "",
        NOTE,
        "",
        "Facts that rooms publish, in the same commit as the change they report. A version that",
        "was published never loses or retypes a field. Events of one subject arrive in the order",
        "of their commits. [events.json](events.json) holds the shapes for machines.",
    ]
    room_above = ""
    for event in _events():
        if (room := home(event)) != room_above:
            lines += ["", f"## {room}"]
            room_above = room
        heard = ", ".join(sorted(set(listeners.get(event.TAG, [])))) or "nobody in the house yet"
        lines += [
            "",
            f"### `{event.TAG}`",
            "",
            f"{first_sentence(event)} Subject: `{event.SUBJECT}`. Heard by: {heard}.",
            "",
            "| field | shape |",
            "|---|---|",
            *(f"| `{name}` | {text_of(shape)} |" for name, shape in fields_of(event).items()),
        ]
    return "\n".join(lines) + "\n"


def shapes_file() -> str:
    """The text of events.json."""
    return json.dumps(published(), indent=1, sort_keys=True) + "\n"


def _events() -> list[type[Event]]:
    return [event for event in subclasses(Event) if "TAG" in event.__dict__]
