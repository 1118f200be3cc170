"""Whatever the GraphQL schemas allow is answered as they say, and never by a failure.

The schemas are asked of a running house. Documents are made up by schemathesis for each field of
the roots, from a fixed seed; each is sent as it is, and with names of things that are there.
GALLERIA_GRAPHQL_EXAMPLES asks for more of each.
"""

import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import graphql
import httpx
import msgspec
import pytest
import schemathesis
from graphql import (
    ArgumentNode,
    FieldNode,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    ObjectFieldNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
)
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok
from schemathesis.graphql import nodes

from galleria.bindings import all_routes
from galleria.faces.graphql.kinds import camel
from galleria.foundation.errors import GalleriaError
from tests.app.houses import SLUG, prepared_house, running
from tests.journeys.api.furnishing import LISTED

EXAMPLES = int(os.environ.get("GALLERIA_GRAPHQL_EXAMPLES", "2"))
SEED = 20261122
STORE, ADMIN = "/store/v1/graphql", "/admin/v1/graphql"
NEWER = "application/graphql-response+json"
Names = dict[str, str]

schemathesis.graphql.scalar("Long", st.integers(-(2**53), 2**53).map(nodes.Int))
schemathesis.graphql.scalar(
    "DateTime", st.sampled_from(["2026-01-01T00:00:00Z", "soon"]).map(nodes.String)
)
schemathesis.graphql.scalar("Date", st.sampled_from(["2026-01-01", ""]).map(nodes.String))
schemathesis.graphql.scalar("JSON", st.sampled_from(["a", ""]).map(nodes.String))


@dataclass(frozen=True)
class House:
    """A running house, and what is there to ask for."""

    client: httpx.Client
    key: str
    names: Names

    def headers(self, path: str) -> dict[str, str]:
        """Who asks: anybody at the shop's window, a program with its key at the desk."""
        if path == STORE:
            return {"X-Galleria-Shop": SLUG}
        return {"Authorization": f"Bearer {self.key}"}


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A small shop, served by processes of its own."""
    prepared = await prepared_house(tmp_path_factory.mktemp("graphql") / "house")
    async with running(prepared, "database", "server") as processes:
        names: Names = {}
        with httpx.Client(base_url=processes.base_url, timeout=20) as client:
            for name, place in LISTED.items():
                who = {"Authorization": f"Bearer {prepared.key}"}
                rows = client.get(place, headers=who).raise_for_status().json()["items"]
                names |= {camel(name): str(rows[0][name])} if rows else {}
            yield House(client, prepared.key, names)


def known_codes() -> set[str]:
    """Every code that a problem of this house can have, but that of our own failures."""
    assert all_routes()  # every room, and so every error, is loaded

    def below(kind: type[GalleriaError]) -> Iterator[type[GalleriaError]]:
        yield kind
        for each in kind.__subclasses__():
            yield from below(each)

    return {each.code for each in below(GalleriaError)} - {GalleriaError.code}


CODES = known_codes()
LEAVES = {"Int": int, "Long": int, "String": str, "ID": str, "Boolean": bool, "DateTime": str}


def with_known_things(document: graphql.DocumentNode, names: Names) -> graphql.DocumentNode:
    """The document asks for things that are there, where it names any by a text.

    Lists are asked for their beginning: a made-up page is refused before any is read.
    """

    class Naming(graphql.Visitor):
        def enter(self, node: Any, *_: Any) -> Any:
            if not isinstance(node, ArgumentNode | ObjectFieldNode):
                return None
            if node.name.value in ("first", "after"):
                return graphql.REMOVE
            known = names.get(node.name.value)
            if known is None or not isinstance(node.value, StringValueNode):
                return None
            return type(node)(name=node.name, value=StringValueNode(value=known))

    changed: graphql.DocumentNode = graphql.visit(document, Naming())
    return changed


def refuse_what_does_not_fit(kind: Any, value: Any, asked: SelectionSetNode | None) -> None:
    """Pass when the value is of the type, with the fields that were asked for and no others."""
    if isinstance(kind, GraphQLNonNull):
        assert value is not None, f"{kind} is null"
        kind = kind.of_type
    if value is None:
        return
    if isinstance(kind, GraphQLList):
        for each in value:
            refuse_what_does_not_fit(kind.of_type, each, asked)
    elif isinstance(kind, GraphQLObjectType):
        assert asked is not None
        fields = {(each.alias or each.name).value: each for each in _fields(asked)}
        assert set(value) == set(fields)
        for key, node in fields.items():
            if node.name.value != "__typename":
                field = kind.fields[node.name.value]
                refuse_what_does_not_fit(field.type, value[key], node.selection_set)
    elif isinstance(kind, graphql.GraphQLEnumType):
        assert value in kind.values
    else:
        assert isinstance(value, LEAVES.get(kind.name, object)), f"{value!r} is no {kind}"


def _fields(asked: SelectionSetNode) -> Iterator[FieldNode]:
    for each in asked.selections:
        if isinstance(each, FieldNode):
            yield each
        else:
            yield from _fields(each.selection_set)  # type: ignore[attr-defined]


def refuse_answer(schema: GraphQLSchema, document: graphql.DocumentNode, answer: Any) -> None:
    """Pass when the answer is one that is promised."""
    body = msgspec.json.decode(answer.content)
    assert set(body) <= {"data", "errors", "extensions"}, body
    codes = {each["extensions"]["code"] for each in body.get("errors", ())}
    assert codes <= CODES, codes - CODES
    media_type = answer.headers["content-type"].partition(";")[0]
    if "data" not in body:
        assert codes
        assert (answer.status_code, media_type) == (answer.status_code, NEWER)
        assert answer.status_code in {400, 403, 404, 405, 503}
        return
    assert (answer.status_code, media_type) == (200, "application/json")
    (operation,) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    root = schema.get_root_type(operation.operation)
    refuse_what_does_not_fit(root, body["data"], operation.selection_set)
    for payload in (body["data"] or {}).values():
        if isinstance(payload, dict) and operation.operation.value == "mutation":
            assert {each["code"] for each in payload.get("errors", ()) if "code" in each} <= CODES


@pytest.mark.parametrize("path", [STORE, ADMIN])
def test_every_field_of_the_roots_answers_as_its_schema_says(house: House, path: str) -> None:
    headers = {**house.headers(path), "Accept": NEWER}
    asked = {"query": graphql.get_introspection_query()}
    told = house.client.post(path, json=asked, headers=headers).raise_for_status().json()["data"]
    schema = graphql.build_client_schema(told)
    found = schemathesis.graphql.from_dict(told).get_all_operations()
    operations = [each.ok() for each in found if isinstance(each, Ok)]
    assert len(operations) > 15
    done = set()

    def ask(operation: Any) -> None:
        @seed(SEED)
        @settings(
            max_examples=EXAMPLES,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def send(case: Any) -> None:
            document = graphql.parse(case.body)
            for each in (document, with_known_things(document, house.names)):
                ask_one(operation.label, each)

        send()

    def ask_one(label: str, document: graphql.DocumentNode) -> None:
        text = graphql.print_ast(document)
        answer = house.client.post(path, json={"query": text}, headers=headers)
        try:
            refuse_answer(schema, document, answer)
        except (AssertionError, KeyError, msgspec.DecodeError) as error:
            raise AssertionError(f"{text}\n{answer.status_code} {answer.text}") from error
        if answer.status_code == 200:
            done.add(label)

    for operation in operations:
        ask(operation)
    assert len(done) > len(operations) / 3, "most are carried out, whatever comes of them"
