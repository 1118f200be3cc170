"""How the shop's own side lists and shows things: by scope, in pages, several at once."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec

from galleria.engines.context import Context
from galleria.faces.graphql.building import Fields, Payloads, doing, rooted
from galleria.faces.graphql.connections import FIRST, Connection, connect, connection_of
from galleria.faces.graphql.inputs import id_in
from galleria.faces.graphql.kinds import Kinds, camel
from galleria.faces.graphql.planning import Selection
from galleria.foundation.pagination import Page

Turn = Callable[[Context, dict[str, Any], str | None, int], Awaitable[Page[Any]]]
"""A page of a list: its arguments, the cursor of the house, and how many rows."""
Show = Callable[[Context, dict[str, Any]], Awaitable[Any]]
Do = Callable[[Context, dict[str, Any]], Awaitable[Any]]
Remove = Callable[[Context, UUID], Awaitable[Any]]
VERSION: dict[str, Any] = {"expected_version": (int | None, None)}
"""An edit of a version that the client has read: another one is refused."""


class Desk:
    """Fields by the structs they show; a list's type is made once."""

    def __init__(self, kinds: Kinds) -> None:
        self.kinds = kinds
        self._payloads = Payloads(kinds)
        self._connections: dict[type[Any], Any] = {}

    def connection(self, struct: type[Any]) -> Any:
        """The type of a list of these."""
        if struct not in self._connections:
            self._connections[struct] = connection_of(self.kinds.object_of(struct))
        return self._connections[struct]

    def many(self, struct: type[Any], turn: Turn, scope: str, told: str, **args: Any) -> Any:
        """A list in pages."""

        async def resolve(ctx: Context, given: dict[str, Any], _: Selection) -> Connection:
            async def fetch(cursor: str | None, limit: int) -> tuple[list[Any], str | None]:
                page = await turn(ctx, given, cursor, limit)
                return page.items, page.next_cursor

            return await connect(given["first"], given["after"], fetch)

        taken = self.kinds.args_of(**FIRST, **args)
        return rooted(self.connection(struct), resolve, taken, told, scopes=(scope,))

    def one(
        self, struct: type[Any], show: Show, scope: str, told: str, also: str = "", **args: Any
    ) -> Any:
        """One thing; `also` is a second scope that it asks for."""

        async def resolve(ctx: Context, given: dict[str, Any], _: Selection) -> Any:
            return await show(ctx, given)

        taken, scopes = self.kinds.args_of(**args), (scope, also) if also else (scope,)
        return rooted(self.kinds.object_of(struct), resolve, taken, told, scopes=scopes)

    def all(self, struct: type[Any], show: Show, scope: str, told: str) -> Any:
        """A list that a shop has a handful of."""

        async def resolve(ctx: Context, given: dict[str, Any], _: Selection) -> Any:
            return await show(ctx, given)

        kind = self.kinds.output_of(list[struct] | None, struct, "all")  # type: ignore[valid-type]
        return rooted(kind, resolve, None, told, scopes=(scope,), size=20)

    def gone(self, name: str, remove: Remove, scope: str, told: str) -> Any:
        """A mutation that removes what the argument `name` names, and answers its id."""

        async def do(ctx: Context, args: dict[str, Any]) -> UUID:
            thing_id = id_in(args, name)
            await remove(ctx, thing_id)
            return thing_id

        return self.act(UUID | None, camel(name), do, scope, told, **{name: UUID})

    def act(self, result: Any, name: str, do: Do, scope: str, told: str, **args: Any) -> Any:
        """A mutation whose payload holds the result under `name`."""
        is_struct = isinstance(result, type) and issubclass(result, msgspec.Struct)
        kind = (
            self.kinds.object_of(result) if is_struct else self.kinds.output_of(result, Desk, name)
        )
        payload = self._payloads.of(name[0].upper() + name[1:], kind, name)
        return doing(payload, do, self.kinds.args_of(**args), told, scopes=(scope,), cost=10)


__all__ = ["VERSION", "Desk", "Fields"]
