"""Puts a schema together from the fields its parts bring, and holds it to what plans rely on."""

from collections.abc import Callable
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    is_abstract_type,
)

from galleria.engines.context import Context
from galleria.faces.graphql.connections import USUAL_NODES
from galleria.faces.graphql.executing import Payload, UserError
from galleria.faces.graphql.kinds import Kinds
from galleria.faces.graphql.planning import Selection
from galleria.faces.graphql.specs import SPEC, Load, Resolve, Spec, spec_of

Fields = dict[str, GraphQLField]
Do = Callable[[Context, dict[str, Any]], Any]


def rooted(
    kind: GraphQLOutputType,
    resolve: Resolve,
    args: dict[str, GraphQLArgument] | None = None,
    description: str | None = None,
    **spec: Any,
) -> GraphQLField:
    """A field of the query root. Without a description it is told by the resolver's first words."""
    return GraphQLField(
        kind,
        args,
        description=_told(description or _first_paragraph(resolve), spec),
        extensions={SPEC: Spec(resolve=resolve, **_sized(args, spec))},
    )


def loaded(
    kind: GraphQLOutputType,
    load: Load,
    args: dict[str, GraphQLArgument] | None = None,
    **spec: Any,
) -> GraphQLField:
    """A field of an object that is read for many objects at once."""
    return GraphQLField(
        kind,
        args,
        description=_told(_first_paragraph(load), spec),
        extensions={SPEC: Spec(load=load, **_sized(args, spec))},
    )


def read_off(
    kind: GraphQLOutputType, attribute: str, description: str | None = None, **spec: Any
) -> GraphQLField:
    """A field that lies in its object under another name, or is worked out there."""
    return GraphQLField(
        kind, description=description, extensions={SPEC: Spec(attribute=attribute, **spec)}
    )


def _sized(args: dict[str, GraphQLArgument] | None, spec: dict[str, Any]) -> dict[str, Any]:
    return {"sized_by": "first", "size": USUAL_NODES, **spec} if args and "first" in args else spec


def _told(text: str | None, spec: dict[str, Any]) -> str | None:
    """What is said of a field, and which scopes it asks for."""
    scopes = " and ".join(f"`{scope}`" for scope in spec.get("scopes", ()))
    return f"{text or ''} Needs {scopes}.".strip() if scopes else text


def _first_paragraph(function: Any) -> str | None:
    told = getattr(function, "__doc__", None)
    return " ".join(told.split("\n\n")[0].split()) if told else None


class Payloads:
    """The types in which mutations answer: a result beside what was wrong."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self._made: dict[str, GraphQLObjectType] = {}

    def of(self, name: str, result: GraphQLOutputType, field: str) -> GraphQLObjectType:
        """`<Name>Payload` with the result under `field`."""
        if name not in self._made:
            error = GraphQLNonNull(self._kinds.object_of(UserError))
            self._made[name] = GraphQLObjectType(
                f"{name}Payload",
                {
                    field: read_off(result, "result"),
                    "errors": read_off(
                        GraphQLNonNull(GraphQLList(error)), "errors", "Empty when it was done."
                    ),
                },
            )
        return self._made[name]


def doing(
    payload: GraphQLObjectType,
    do: Do,
    args: dict[str, GraphQLArgument],
    description: str | None = None,
    **spec: Any,
) -> GraphQLField:
    """A field of the mutation root: `do` returns the result, or raises why there is none."""

    async def resolve(ctx: Context, given: dict[str, Any], _: Selection) -> Payload:
        return Payload(await do(ctx, given), [])

    return GraphQLField(
        payload,
        args,
        description=_told(description or _first_paragraph(do), spec),
        extensions={SPEC: Spec(resolve=resolve, does="result", **spec)},
    )


def schema_of(query: Fields, mutation: Fields | None = None) -> GraphQLSchema:
    """The schema; its types can all be planned."""
    schema = GraphQLSchema(
        GraphQLObjectType("Query", query, description="What can be read."),
        GraphQLObjectType("Mutation", mutation, description="What can be done.")
        if mutation
        else None,
    )
    refuse_unplannable(schema)
    return schema


def refuse_unplannable(schema: GraphQLSchema) -> None:
    """Pass when plans hold for this schema: nothing abstract, and what can fail may be null."""
    for name, kind in schema.type_map.items():
        if name.startswith("__"):
            continue
        assert not is_abstract_type(kind), f"{name} is abstract, which no plan knows"
        if isinstance(kind, GraphQLObjectType):
            for key, field in kind.fields.items():
                can_fail = not spec_of(field).attribute
                assert not (can_fail and isinstance(field.type, GraphQLNonNull)), (
                    f"{name}.{key} can fail, so it may be null"
                )
