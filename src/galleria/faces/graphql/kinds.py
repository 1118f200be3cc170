"""GraphQL types made of the rooms' structs, so that both faces of the API say the same.

A struct's fields become a type's fields, `snake_case` becoming `camelCase`; what may be None is
nullable. Values go out as REST writes them: the same encoder has the last word.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from inspect import cleandoc
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin
from uuid import UUID

import msgspec
from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLError,
    GraphQLField,
    GraphQLFloat,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLString,
    value_from_ast_untyped,
)
from graphql.language import IntValueNode, StringValueNode, ValueNode
from msgspec import UnsetType

from galleria.faces.graphql.specs import BOUNDS, SPEC, USUAL_LIST, Spec
from galleria.foundation.errors import InvalidInput
from galleria.foundation.http import MAX_INT53, refuse_unsafe_json

_LARGE = ("_minor", "_bytes", "_ms")
_FIELD_NAME = re.compile(r"(?<=`)[a-z0-9]+(_[a-z0-9]+)+(?=`)")
_ENUM_VALUE = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")
_NOT_ENUM_VALUES = frozenset({"true", "false", "null"})
_SEQUENCES = (list, tuple, set, frozenset, Sequence)


def camel(name: str) -> str:
    """`price_range` as `priceRange`."""
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def _large(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MAX_INT53:
        raise GraphQLError("Long is a whole number within 53 bits")
    return value


def _large_literal(node: ValueNode, _: Any = None) -> int:
    if not isinstance(node, IntValueNode) or len(node.value) > 17:
        raise GraphQLError("Long is a whole number within 53 bits")
    return _large(int(node.value))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise GraphQLError("this is written as a text")
    return value


def _text_literal(node: ValueNode, _: Any = None) -> str:
    if not isinstance(node, StringValueNode):
        raise GraphQLError("this is written as a text")
    return node.value


LONG = GraphQLScalarType(
    "Long",
    parse_value=_large,
    parse_literal=_large_literal,
    description="A whole number within 53 bits, such as an amount in minor units.",
)
INSTANT = GraphQLScalarType(
    "DateTime",
    parse_value=_text,
    parse_literal=_text_literal,
    description="An instant, RFC 3339 in UTC with `Z`.",
)
DAY = GraphQLScalarType(
    "Date", parse_value=_text, parse_literal=_text_literal, description="A day, `YYYY-MM-DD`."
)


def _json_literal(node: ValueNode, _: Any = None) -> Any:
    """What a literal says, held to what the door holds JSON to."""
    value = value_from_ast_untyped(node)
    try:
        refuse_unsafe_json(msgspec.json.encode(value))
    except (InvalidInput, OverflowError, UnicodeEncodeError, msgspec.MsgspecError) as error:
        raise GraphQLError(f"this is no JSON that is read here: {error}") from None
    return value


JSON = GraphQLScalarType(
    "JSON",
    parse_value=lambda value: value,
    parse_literal=_json_literal,
    description="Whatever JSON says, its names as the REST API writes them.",
)

_SCALARS: dict[Any, GraphQLScalarType] = {
    str: GraphQLString,
    bool: GraphQLBoolean,
    float: GraphQLFloat,
    UUID: GraphQLID,
    datetime: INSTANT,
    date: DAY,
}


class Kinds:
    """The types of one schema; each is made once, when it is first asked for."""

    def __init__(self, names: Mapping[Any, str]) -> None:
        """Call structs and choices by `names`; others are called as they are.

        Args:
            names: by struct, or by the values of a `Literal`.
        """
        self._names = names
        self._outputs: dict[type[Any], GraphQLObjectType] = {}
        self._inputs: dict[type[Any], GraphQLInputObjectType] = {}
        self._enums: dict[tuple[Any, ...], GraphQLEnumType] = {}
        self._hidden: dict[type[Any], frozenset[str]] = {}
        self._added: dict[type[Any], Callable[[], dict[str, GraphQLField]]] = {}

    def hide(self, struct: type[Any], *fields: str) -> None:
        """These fields of the struct are not shown."""
        self._hidden[struct] = self._hidden.get(struct, frozenset()) | set(fields)

    def add(self, struct: type[Any], fields: Callable[[], dict[str, GraphQLField]]) -> None:
        """The struct's type has these fields too, in place of its own of the same name."""
        self._added[struct] = fields

    def object_of(self, struct: type[Any]) -> GraphQLObjectType:
        """The struct's type."""
        made = self._outputs.get(struct)
        if made is None:
            name = self._names.get(struct, struct.__name__)
            made = GraphQLObjectType(
                name, lambda: self._fields_of(struct), description=_told(struct)
            )
            self._outputs[struct] = made
        return made

    def _fields_of(self, struct: type[Any]) -> dict[str, GraphQLField]:
        hidden = self._hidden.get(struct, frozenset())
        made = {
            camel(field.name): self.field_of(field.type, struct, field.name)
            for field in msgspec.structs.fields(struct)
            if field.name not in hidden
        }
        added = self._added.get(struct)
        return {**made, **added()} if added else made

    def field_of(self, annotation: Any, owner: type[Any], name: str) -> GraphQLField:
        """A field that is read off the object by its name."""
        kind = self.output_of(annotation, owner, name)
        size = USUAL_LIST if _is_list(kind) else 1
        return GraphQLField(kind, extensions={SPEC: Spec(attribute=name, size=size)})

    def list_of(self, item: GraphQLObjectType, name: str) -> GraphQLField:
        """A list of objects that is read off an object by its name."""
        kind = GraphQLNonNull(GraphQLList(GraphQLNonNull(item)))
        return GraphQLField(kind, extensions={SPEC: Spec(attribute=name, size=USUAL_LIST)})

    def output_of(self, annotation: Any, owner: type[Any], name: str) -> GraphQLOutputType:
        """The type of what is annotated so."""
        inner, is_optional = _without_none(annotation)
        found = self._bare_output(inner, owner, name)
        return found if is_optional else GraphQLNonNull(cast(Any, found))

    def _bare_output(self, annotation: Any, owner: type[Any], name: str) -> GraphQLOutputType:
        if item := _item_of(annotation):
            return GraphQLList(self.output_of(item, owner, name))
        if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
            return self.object_of(annotation)
        leaf: GraphQLOutputType = self._leaf(annotation, owner, name)
        return leaf

    def _leaf(self, annotation: Any, owner: type[Any], name: str) -> Any:
        if get_origin(annotation) is Literal:
            return self._enum(get_args(annotation), owner, name)
        if annotation is int:
            return LONG if name.endswith(_LARGE) else GraphQLInt
        return _SCALARS.get(annotation, JSON)

    def _enum(self, values: tuple[Any, ...], owner: type[Any], name: str) -> Any:
        if not all(
            isinstance(value, str) and _ENUM_VALUE.fullmatch(value) for value in values
        ) or _NOT_ENUM_VALUES & set(values):
            return GraphQLString
        called = self._names.get(values)
        if called is None:
            called = self._names.get(owner, owner.__name__) + camel(f"x_{name}")[1:]
        key = (called, *values)
        if key not in self._enums:
            self._enums[key] = GraphQLEnumType(called, {value: value for value in values})
        return self._enums[key]

    def input_object_of(self, struct: type[Any]) -> GraphQLInputObjectType:
        """The type in which the struct is sent; it is read as the struct itself."""
        made = self._inputs.get(struct)
        if made is None:
            name = self._names.get(struct, struct.__name__)
            name = name if name.endswith("Input") else f"{name}Input"
            made = GraphQLInputObjectType(
                name, lambda: self._input_fields_of(struct), description=_told(struct)
            )
            self._inputs[struct] = made
        return made

    def _input_fields_of(self, struct: type[Any]) -> dict[str, GraphQLInputField]:
        return {
            camel(field.encode_name): GraphQLInputField(
                self.input_of(field.type, struct, field.name, is_required=field.required),
                out_name=field.encode_name,
            )
            for field in msgspec.structs.fields(struct)
        }

    def input_of(
        self, annotation: Any, owner: type[Any], name: str, *, is_required: bool = True
    ) -> GraphQLInputType:
        """The type in which what is annotated so is sent; what has a default may be left out."""
        inner, is_optional = _without_none(annotation)
        found: GraphQLInputType
        if item := _item_of(inner):
            found = GraphQLList(self.input_of(item, owner, name))
        elif isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            found = self.input_object_of(inner)
        else:
            found = self._leaf(inner, owner, name)
        return GraphQLNonNull(cast(Any, found)) if is_required and not is_optional else found

    def args_of(self, **annotations: Any) -> dict[str, GraphQLArgument]:
        """Arguments by their names; `(annotation, default)` is one that may be left out.

        One whose default is None comes as None when it is left out.
        """
        return {camel(name): self._arg(name, each) for name, each in annotations.items()}

    def _arg(self, name: str, annotation: Any) -> GraphQLArgument:
        inner, default = annotation if isinstance(annotation, tuple) else (annotation, ...)
        bounds = {BOUNDS: inner} if _is_bounded(inner) else None
        if default is ...:
            kind = self.input_of(inner, Kinds, name)
            return GraphQLArgument(kind, out_name=name, extensions=bounds)
        kind = self.input_of(inner, Kinds, name, is_required=False)
        if default is None:
            return GraphQLArgument(kind, out_name=name, extensions=bounds)
        return GraphQLArgument(
            GraphQLNonNull(cast(Any, kind)),
            default_value=default,
            out_name=name,
            extensions=bounds,
        )


def _is_bounded(annotation: Any) -> bool:
    """Whether what is annotated so has bounds, beside None."""
    if get_origin(annotation) in (Union, UnionType):
        return any(map(_is_bounded, get_args(annotation)))
    return get_origin(annotation) is Annotated


def _told(struct: type[Any]) -> str | None:
    """What is said of the struct, its fields called as GraphQL calls them."""
    told = cleandoc(struct.__doc__) if struct.__doc__ else None
    return told and _FIELD_NAME.sub(lambda name: camel(name[0]), told)


def _is_list(kind: GraphQLOutputType) -> bool:
    inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    return isinstance(inner, GraphQLList)


def _without_none(annotation: Any) -> tuple[Any, bool]:
    """What is annotated beside None, UNSET and bounds, and whether it may be missing."""
    annotation = _bare(annotation)
    if get_origin(annotation) not in (Union, UnionType):
        return annotation, annotation is Any
    parts = get_args(annotation)
    kept = [_bare(part) for part in parts if part not in (NoneType, UnsetType)]
    is_optional = len(kept) < len(parts)
    return (kept[0] if len(kept) == 1 else Any), is_optional


def _bare(annotation: Any) -> Any:
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif hasattr(annotation, "__value__"):
            annotation = annotation.__value__
        else:
            return annotation


def _item_of(annotation: Any) -> Any:
    """What a list holds; None for what is no list, or one of several kinds."""
    if get_origin(annotation) not in _SEQUENCES:
        origin = get_origin(annotation)
        if origin is None or not (isinstance(origin, type) and issubclass(origin, Sequence)):
            return None
    items = {item for item in get_args(annotation) if item is not Ellipsis}
    return items.pop() if len(items) == 1 else None
