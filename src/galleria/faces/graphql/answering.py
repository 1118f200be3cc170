"""Answers one GraphQL request: reads the document, holds it to its limits, carries out its plan."""

import asyncio
from hashlib import blake2b
from typing import Annotated, Any

import msgspec
from graphql import (
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    execute_sync,
    print_schema,
)
from graphql.execution.values import VariableValues
from msgspec import Meta

from galleria.engines.context import Context
from galleria.faces.graphql.documents import Documents, Operation
from galleria.faces.graphql.errors import (
    GraphqlTimeout,
    IntrospectionOff,
    InvalidVariables,
    TooCostly,
    WriteByGet,
)
from galleria.faces.graphql.executing import Failure, Run
from galleria.faces.graphql.persisting import text_of
from galleria.faces.graphql.planning import Selection, cost_of
from galleria.faces.graphql.settings import GraphqlSettings
from galleria.foundation.errors import FieldError, GalleriaError
from galleria.foundation.http import WireInput

Text = Annotated[str, Meta(max_length=64_000, pattern=r"^[^\x00]*$")]
Short = Annotated[str, Meta(max_length=200, pattern=r"^[^\x00]*$")]


class PersistedQuery(WireInput, rename="camel"):
    """A document by the SHA-256 of its text, in hexadecimal."""

    version: Annotated[int, Meta(ge=1, le=1)] = 1
    sha256_hash: Annotated[str, Meta(max_length=64, pattern=r"^[0-9a-f]{64}$(?!\n)")] = ""


class Extensions(msgspec.Struct, frozen=True, rename="camel"):
    """What a client says beside its request; what is not known here is passed over."""

    persisted_query: PersistedQuery | None = None


class Question(WireInput, rename="camel"):
    """A GraphQL request: a document or its digest, the variables, and which operation is meant."""

    query: Text | None = None
    variables: dict[str, Any] | None = None
    operation_name: Short | None = None
    extensions: Extensions | None = None


class ErrorShown(msgspec.Struct, frozen=True, omit_defaults=True):
    """What went wrong, where in the document and where in the answer."""

    message: str
    extensions: dict[str, Any]
    locations: list[dict[str, int]] = []
    path: list[str | int] = []


class Answered(msgspec.Struct, frozen=True, omit_defaults=True):
    """An answer as it goes over the wire. Without `data` nothing was carried out."""

    data: Any = msgspec.UNSET
    errors: list[ErrorShown] = []
    extensions: dict[str, Any] = {}


class Answer(msgspec.Struct, frozen=True):
    """The bytes of an answer, and for how many seconds anybody may be given them."""

    body: bytes
    keep_s: int = 0
    refusal: GalleriaError | None = None
    """Why nothing was carried out."""

    @property
    def etag(self) -> str:
        """A tag of the bytes."""
        return f'"g{blake2b(self.body, digest_size=12).hexdigest()}"'


class Face:
    """One schema and the documents that are known to fit it."""

    def __init__(self, name: str, schema: GraphQLSchema) -> None:
        self.name = name
        self.schema = schema
        self.documents = Documents(schema)

    def as_text(self) -> str:
        """The schema as it is written down."""
        return print_schema(self.schema) + "\n"


async def answer(ctx: Context, face: Face, asked: Question, *, may_write: bool) -> Answer:
    """The answer to one request; what was refused as a whole is told in it as well."""
    try:
        document = face.documents.read(await text_of(ctx, face, asked))
        operation = document.operation(asked.operation_name)
        if operation.is_write and not may_write:
            raise WriteByGet("send a mutation by POST")
        variables = operation.variables_of(asked.variables or {})
        return await _carried_out(ctx, face, operation, variables)
    except GalleriaError as refusal:
        return refused(refusal)
    except GraphQLError as error:
        # An argument that only its variable's value could break.
        return refused(InvalidVariables(error.message))


def refused(refusal: GalleriaError) -> Answer:
    """The answer to a request of which nothing was carried out."""
    shown = Answered(errors=[ErrorShown(refusal.detail, told(refusal))])
    return Answer(msgspec.json.encode(shown), refusal=refusal)


async def _carried_out(
    ctx: Context, face: Face, operation: Operation, variables: VariableValues
) -> Answer:
    settings = ctx.engines.settings_of(GraphqlSettings)
    plan = operation.plan(variables)
    if plan.introspections and not settings.introspection:
        raise IntrospectionOff("the operator has switched introspection off")
    cost = cost_of(plan, variables)
    if cost > settings.most_cost:
        raise TooCostly(f"this costs {cost} points, and one request at most {settings.most_cost}")
    run = Run(ctx, variables)
    try:
        async with asyncio.timeout(settings.most_seconds):
            data = await (run.mutation(plan) if operation.is_write else run.query(plan))
    except TimeoutError:
        raise GraphqlTimeout(
            f"answering took more than {settings.most_seconds:g} seconds", retry_after_s=1
        ) from None
    if plan.introspections:
        data |= _introspected(face.schema, operation, variables)
    shown = Answered(data, [_shown(each) for each in run.failures], {"cost": cost})
    keep_s = 0 if run.failures or operation.is_write else _kept_for(plan)
    return Answer(msgspec.json.encode(shown), keep_s)


def _introspected(
    schema: GraphQLSchema, operation: Operation, variables: VariableValues
) -> dict[str, Any]:
    """What is asked of the schema itself, which is told by the library."""
    plan = operation.plan(variables)
    key = repr(variables.coerced) if variables.coerced else ""
    found = operation.introspected.get(key)
    if found is None:
        only = OperationDefinitionNode(
            operation=operation.node.operation,
            variable_definitions=operation.node.variable_definitions,
            selection_set=SelectionSetNode(selections=tuple(plan.introspections)),
        )
        document = type(operation.document.node)(
            definitions=(only, *operation.document.fragments.values())
        )
        given = {name: variables.coerced[name] for name in variables.coerced}
        found = dict(execute_sync(schema, document, variable_values=given).data or {})
        operation.introspected.clear()
        operation.introspected[key] = found
    return found


def _kept_for(plan: Selection) -> int:
    """The least that any field of the root may be kept."""
    return min((step.spec.keep_s for step in plan.steps), default=0)


def _shown(failure: Failure) -> ErrorShown:
    at = failure.node.loc
    locations = []
    if at is not None:
        line, column = at.start_token.line, at.start_token.column
        locations = [{"line": line, "column": column}]
    error = failure.error
    return ErrorShown(error.detail, told(error), locations, list(failure.path))


def told(error: GalleriaError) -> dict[str, Any]:
    """What programs read of an error: that of the REST API's problem."""
    found: dict[str, Any] = {"code": error.code, "status": error.status, "title": error.title}
    if error.errors:
        found["errors"] = [_field(each) for each in error.errors]
    return found


def _field(error: FieldError) -> dict[str, str]:
    return {"path": error.path, "code": error.code, "message": error.message}
