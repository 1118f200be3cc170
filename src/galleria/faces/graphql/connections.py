"""Lists as Relay reads them, over the house's pages.

A page's own cursor stands after its last row. Every edge has one too: how many rows of which page
lie before it, so that a client may go on after any of them at the cost of a page.
Source: GraphQL Cursor Connections Specification (Relay).
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
from graphql import (
    GraphQLBoolean,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
)

from galleria.faces.graphql.specs import SPEC, Spec
from galleria.foundation.errors import FieldError, InvalidInput
from galleria.foundation.pagination import InvalidCursor

MOST_NODES = 100
USUAL_NODES = 20

Fetch = Callable[[str | None, int], Awaitable[tuple[Sequence[Any], str | None]]]
"""A page from a cursor on, so many rows at most, and the cursor of the next page."""


class PageInfo(msgspec.Struct, frozen=True):
    """Where a page lies in its list."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


class Edge(msgspec.Struct, frozen=True):
    """A row and the cursor that stands after it."""

    node: Any
    cursor: str


class Connection(msgspec.Struct, frozen=True):
    """A page of a list."""

    nodes: Sequence[Any]
    begun_at: str | None
    skipped: int
    next_cursor: str | None
    told: Any = None
    """What is told of the list as a whole, where something is."""

    @property
    def edges(self) -> list[Edge]:
        """The rows, each with its cursor."""
        return [Edge(node, self._cursor(at)) for at, node in enumerate(self.nodes)]

    @property
    def page_info(self) -> PageInfo:
        """Where the page lies."""
        last = len(self.nodes) - 1
        return PageInfo(
            has_next_page=self.next_cursor is not None,
            has_previous_page=self.begun_at is not None or self.skipped > 0,
            start_cursor=self._cursor(0) if self.nodes else None,
            end_cursor=self._cursor(last) if self.nodes else None,
        )

    def _cursor(self, at: int) -> str:
        if at == len(self.nodes) - 1 and self.next_cursor is not None:
            return f"0.{self.next_cursor}"
        return f"{self.skipped + at + 1}.{self.begun_at or ''}"


async def connect(first: int, after: str | None, fetch: Fetch, told: Any = None) -> Connection:
    """The page of `first` rows after the cursor.

    Raises:
        InvalidInput: `first` is not from 1 to 100.
        InvalidCursor: `after` is none of this list's cursors.
    """
    if not 1 <= first <= MOST_NODES:
        message = f"a page holds 1 to {MOST_NODES} rows"
        raise InvalidInput(message, errors=[FieldError("first", "out_of_range", message)])
    skipped, begun_at = _read(after)
    # Rows before the cursor are read once more; a page of the house holds a hundred at most.
    rows, next_cursor = await fetch(begun_at, min(first + skipped, MOST_NODES))
    return Connection(rows[skipped:], begun_at, skipped, next_cursor, told)


def _read(after: str | None) -> tuple[int, str | None]:
    if after is None:
        return 0, None
    count, dot, begun_at = after.partition(".")
    if not dot or not (count.isascii() and count.isdigit() and len(count) <= 3):
        raise InvalidCursor("this cursor is not one of this list")
    if int(count) >= MOST_NODES:
        raise InvalidCursor("this cursor is not one of this list")
    return int(count), begun_at or None


def _read_off(kind: Any, attribute: str) -> GraphQLField:
    return GraphQLField(kind, extensions={SPEC: Spec(attribute=attribute)})


PAGE_INFO = GraphQLObjectType(
    "PageInfo",
    {
        "hasNextPage": _read_off(GraphQLNonNull(GraphQLBoolean), "has_next_page"),
        "hasPreviousPage": _read_off(GraphQLNonNull(GraphQLBoolean), "has_previous_page"),
        "startCursor": _read_off(GraphQLString, "start_cursor"),
        "endCursor": _read_off(GraphQLString, "end_cursor"),
    },
    description="Where a page lies in its list: go on with `after: endCursor`.",
)
FIRST = {"first": (int, USUAL_NODES), "after": (str | None, None)}
"""The arguments of every connection, for `Kinds.args_of`."""


def connection_of(
    node: GraphQLObjectType, told: dict[str, GraphQLField] | None = None, name: str = ""
) -> GraphQLObjectType:
    """The type of a list of `node`; its fields read a `Connection`.

    Args:
        node: what the list holds.
        told: further fields about the list as a whole.
        name: what the list is called after, when not after its nodes.
    """
    name = name or node.name
    edge = GraphQLObjectType(
        f"{name}Edge",
        {
            "node": _read_off(GraphQLNonNull(node), "node"),
            "cursor": _read_off(GraphQLNonNull(GraphQLString), "cursor"),
        },
    )
    many = {"edges": edge, "nodes": node}
    return GraphQLObjectType(
        f"{name}Connection",
        {
            **{
                each: _read_off(GraphQLNonNull(GraphQLList(GraphQLNonNull(kind))), each)
                for each, kind in many.items()
            },
            "pageInfo": _read_off(GraphQLNonNull(PAGE_INFO), "page_info"),
            **(told or {}),
        },
    )
