"""What plans answer is what the reference implementation answers to the same documents.

The library's own executor walks the same schema, field by field and object by object.
"""

import asyncio
from collections.abc import Sequence
from operator import attrgetter
from typing import Any
from uuid import UUID

import hypothesis_graphql
import msgspec
import pytest
from graphql import GraphQLResolveInfo, execute, parse, validate
from hypothesis import HealthCheck, given, settings

from galleria.engines.context import ANONYMOUS, HOUSE, Context, Engines
from galleria.faces.graphql.answering import Answered, Face, Question, answer
from galleria.faces.graphql.building import loaded, rooted, schema_of
from galleria.faces.graphql.connections import FIRST, Connection, connect, connection_of
from galleria.faces.graphql.kinds import Kinds
from galleria.faces.graphql.planning import Selection
from galleria.faces.graphql.specs import spec_of
from galleria.foundation.errors import NotFound
from galleria.foundation.http import decode_json
from galleria.foundation.money import Money


class Leaf(msgspec.Struct, frozen=True):
    leaf_id: UUID
    price: Money | None
    tags: list[str]
    is_green: bool


class Branch(msgspec.Struct, frozen=True):
    name: str
    weight: float | None
    leaves: list[Leaf]
    first_leaf: Leaf | None


def leaf(number: int) -> Leaf:
    price = Money(number * 100, "EUR") if number % 2 else None
    return Leaf(UUID(int=number), price, ["a", "b"][: number % 3], number % 2 == 0)


def branch(number: int) -> Branch:
    leaves = [leaf(each) for each in range(number)]
    return Branch(f"b{number}", number / 2 or None, leaves, leaves[0] if leaves else None)


async def show_branch(_: Context, args: dict[str, Any], __: Selection) -> Branch | None:
    number: int = args["number"]
    if number < 0:
        raise NotFound("no such branch")
    return branch(number % 7) if number != 3 else None


async def list_branches(_: Context, args: dict[str, Any], __: Selection) -> Connection:
    async def fetch(cursor: str | None, limit: int) -> tuple[list[Branch], str | None]:
        start = int(cursor or 0)
        rows = [branch(each % 5) for each in range(start, min(start + limit, 9))]
        return rows, str(start + limit) if start + limit < 9 else None

    return await connect(args["first"], args["after"], fetch)


async def load_next(
    _: Context, sources: Sequence[Branch], args: dict[str, Any], __: Selection
) -> list[Branch | None]:
    assert len(sources) < 1_000
    return [
        branch((len(each.leaves) + args["by"]) % 7) if each.leaves else None for each in sources
    ]


def tree_schema() -> Any:
    kinds = Kinds({})
    kinds.add(
        Branch,
        lambda: {"next": loaded(kinds.object_of(Branch), load_next, kinds.args_of(by=(int, 1)))},
    )
    kind = kinds.object_of(Branch)
    return schema_of(
        {
            "branch": rooted(kind, show_branch, kinds.args_of(number=int)),
            "branches": rooted(connection_of(kind), list_branches, kinds.args_of(**FIRST)),
        }
    )


FACE = Face("tree", tree_schema())


async def of_the_library(ctx: Context, text: str, variables: dict[str, Any]) -> dict[str, Any]:
    """What the library's executor answers."""

    async def resolve(source: Any, info: GraphQLResolveInfo[Any], **args: Any) -> Any:
        field = info.parent_type.fields[info.field_name]
        spec = spec_of(field)
        given = {each.out_name or name: None for name, each in field.args.items()} | args
        if spec.resolve is not None:
            return await spec.resolve(ctx, given, Selection())
        if spec.load is not None:
            return (await spec.load(ctx, [source], given, Selection()))[0]
        value = attrgetter(spec.attribute)(source)
        return str(value) if isinstance(value, UUID) else value

    found = execute(FACE.schema, parse(text), variable_values=variables, field_resolver=resolve)
    result = found if not hasattr(found, "__await__") else await found
    errors = [
        {"path": list(each.path or ()), "message": each.message} for each in result.errors or ()
    ]
    return {"data": result.data, "errors": errors}


async def of_the_plan(ctx: Context, text: str, variables: dict[str, Any]) -> dict[str, Any]:
    """What our plan answers."""
    found = await answer(ctx, FACE, Question(query=text, variables=variables), may_write=False)
    shown = decode_json(found.body, Answered)
    assert found.refusal is None, found.refusal
    errors = [{"path": each.path, "message": each.message} for each in shown.errors]
    return {"data": shown.data, "errors": errors}


def by_path(found: dict[str, Any]) -> dict[str, Any]:
    return {**found, "errors": sorted(found["errors"], key=repr)}


HEAD = "fragment Head on Branch { name ...Foot }"
FOOT = """
fragment Foot on Branch { weight firstLeaf { ...Green } }
fragment Green on Leaf { isGreen }
"""


@pytest.mark.parametrize(
    "text",
    [
        "{ branch(number: 4) { name leaves { leafId tags price { currency } } } }",
        "{ a: branch(number: 1) { name } b: branch(number: 2) { name }"
        " c: branch(number: 3) { name } }",
        "{ branch(number: 5) { ...Head leaves { ...Green __typename } __typename } }" + HEAD + FOOT,
        "{ branch(number: 5) { name ... on Branch { name leaves { leafId } } leaves { tags } } }",
        "query($y: Boolean = true, $n: Boolean = false) { branch(number: 2) {"
        " name @include(if: $n) weight @skip(if: $y) ... @include(if: $y) { n: name }"
        " ...Foot @skip(if: $n) } }" + FOOT,
        "{ branches(first: 4) { nodes { name next(by: 2) { name next { leaves { isGreen } } } }"
        " edges { cursor node { n: name } } pageInfo { hasNextPage endCursor } } }",
        "query($n: Int = 2, $by: Int! = 3) {"
        " branches(first: $n) { nodes { next(by: $by) { name } } } }",
        "{ branch(number: -1) { name } other: branch(number: 2) { name } }",
        "{ __typename b: branch(number: 6) { __typename next { __typename } } }",
    ],
)
async def test_documents_are_answered_as_the_library_answers_them(
    engines: Engines, text: str
) -> None:
    ctx = Context(engines, HOUSE, ANONYMOUS, "test")
    variables = {"y": False} if "$y" in text else {}
    ours = await of_the_plan(ctx, text, variables)
    theirs = await of_the_library(ctx, text, variables)
    assert by_path(ours) == by_path(theirs)
    assert msgspec.json.encode(ours["data"]) == msgspec.json.encode(theirs["data"]), "their order"


@given(text=hypothesis_graphql.queries(FACE.schema))
@settings(max_examples=30, suppress_health_check=list(HealthCheck))
def test_documents_made_up_are_answered_as_the_library_answers_them(
    engines: Engines, text: str
) -> None:
    async def compare() -> None:
        ctx = Context(engines, HOUSE, ANONYMOUS, "test")
        if validate(FACE.schema, parse(text)):
            return
        refused = await answer(ctx, FACE, Question(query=text), may_write=False)
        if refused.refusal is not None:
            return
        ours = await of_the_plan(ctx, text, {})
        assert by_path(ours) == by_path(await of_the_library(ctx, text, {}))

    asyncio.run(compare())
