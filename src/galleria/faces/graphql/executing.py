"""Carries a plan out: what lies in an object is read off, what must be loaded comes in sets.

Answers grow level by level. All objects of a level that ask for the same further field are handed
to its loader together, so that a list of a hundred costs the statements that one costs.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import msgspec
from graphql import FieldNode
from graphql.execution.values import VariableValues

from galleria.engines.context import Context
from galleria.faces.graphql.inputs import read_value
from galleria.faces.graphql.planning import Selection, Step
from galleria.faces.graphql.specs import BOUNDS
from galleria.foundation.errors import Forbidden, GalleriaError, Unauthenticated
from galleria.foundation.telemetry import logger

Path: TypeAlias = "tuple[str | int, ...]"
# Statements of one request that run beside each other: the others wait for a connection as well.
AT_ONCE = 4
_FIRST = re.compile(r"[.\[]")
_log = logger(__name__)


class UserError(msgspec.Struct, frozen=True):
    """Why a mutation changed nothing. `code` is that of the REST API's problem; where one input is
    at fault, `path` leads to it and `reason` says by a code what is wrong with it."""

    code: str
    message: str
    reason: str | None
    path: str | None
    status: int


class Payload(msgspec.Struct, frozen=True):
    """What became of a mutation: its result, or why there is none."""

    result: Any
    errors: list[UserError]


class Failure(msgspec.Struct, frozen=True):
    """A field that has no value, and why."""

    path: Path
    node: FieldNode
    error: GalleriaError


class Run:
    """One request being answered."""

    def __init__(self, ctx: Context, variables: VariableValues) -> None:
        self.ctx = ctx
        self.failures: list[Failure] = []
        self._variables = variables
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._waiting: dict[Step, list[tuple[Any, dict[str, Any], Path]]] = {}

    async def query(self, selection: Selection) -> dict[str, Any]:
        """The answer; fields of the root are read beside each other."""
        out: dict[str, Any] = dict.fromkeys(selection.keys)
        out.update(selection.constants)
        if len(selection.steps) == 1:
            await self._root(selection.steps[0], out)
        else:
            await asyncio.gather(*(self._root(step, out) for step in selection.steps))
        await self._load_waiting()
        return out

    async def mutation(self, selection: Selection) -> dict[str, Any]:
        """The answer; fields of the root are done one after the other, in their order."""
        out: dict[str, Any] = dict.fromkeys(selection.keys)
        out.update(selection.constants)
        for step in selection.steps:
            await self._root(step, out)
        await self._load_waiting()
        return out

    async def completed(self, values: Mapping[str, Any], steps: Sequence[Step]) -> dict[str, Any]:
        """The answer for what was read already: by the steps that read it."""
        out = {step.key: self._completed(step, values[step.key], (step.key,)) for step in steps}
        await self._load_waiting()
        return out

    async def _root(self, step: Step, out: dict[str, Any]) -> None:
        path = (step.key,)
        resolve = step.spec.resolve
        assert resolve is not None, "what lies at the root is resolved"
        try:
            self._refuse_unless_allowed(step)
            args = self._args(step)
            async with self._gate:
                value = await resolve(self.ctx, args, step.inside or Selection())
        except GalleriaError as error:
            value = self._refused(step, path, error)
        except Exception as error:
            self._broken(step, path, error)
            value = None
        out[step.key] = self._completed(step, value, path)

    def _refused(self, step: Step, path: Path, error: GalleriaError) -> Payload | None:
        """A mutation's refusal is part of its answer, unless nobody could do anything about it."""
        if step.spec.does and 400 <= error.status < 500 and error.status not in (401, 403, 429):
            return Payload(None, user_errors(error, frozenset(step.definition.args)))
        self.failures.append(Failure(path, step.node, error))
        return None

    def _broken(self, step: Step, path: Path, error: Exception) -> None:
        _log.exception("graphql_field_crashed", field=step.key, reason=repr(error))
        failure = GalleriaError("the failure has been logged under the request's id")
        self.failures.append(Failure(path, step.node, failure))

    def _args(self, step: Step) -> dict[str, Any]:
        """The arguments, within the bounds that the REST API has for them.

        Raises:
            InvalidInput: one is not.
        """
        args = step.args_with(self._variables)
        for name, each in step.definition.args.items():
            bounds = each.extensions.get(BOUNDS)
            value = args.get(each.out_name or name)
            if bounds is not None and value is not None:
                read_value(value, bounds, name)
        return args

    def _refuse_unless_allowed(self, step: Step) -> None:
        actor = self.ctx.actor
        missing = [scope for scope in step.spec.scopes if not actor.may(scope)]
        if missing and actor.kind == "anonymous":
            raise Unauthenticated("this needs a key")
        if missing:
            raise Forbidden(f"this needs the scope {' and '.join(missing)}")

    def _completed(self, step: Step, value: Any, path: Path) -> Any:
        if value is None or step.inside is None:
            return value
        if step.is_list:
            return self._projected_all(step.inside, value, path)
        return self._projected(step.inside, value, path)

    def _projected_all(self, selection: Selection, values: Sequence[Any], path: Path) -> list[Any]:
        if not selection.may_load:
            return [None if each is None else self._projected(selection, each, path)
                    for each in values]  # fmt: skip
        return [
            None if each is None else self._projected(selection, each, (*path, at))
            for at, each in enumerate(values)
        ]

    def _projected(self, selection: Selection, source: Any, path: Path) -> dict[str, Any]:
        out = dict(zip(selection.keys, selection.read(source), strict=False))
        for key, text in selection.constants:
            out[key] = text
        for step in selection.nested:
            value = out[step.key]
            if value is not None:
                inner = (*path, step.key) if selection.may_load else path
                out[step.key] = self._completed(step, value, inner)
        for step in selection.loads:
            out[step.key] = None
            self._waiting.setdefault(step, []).append((source, out, (*path, step.key)))
        return out

    async def _load_waiting(self) -> None:
        while self._waiting:
            waiting, self._waiting = self._waiting, {}
            await asyncio.gather(*(self._load(step, rows) for step, rows in waiting.items()))

    async def _load(self, step: Step, rows: list[tuple[Any, dict[str, Any], Path]]) -> None:
        load = step.spec.load
        assert load is not None, "what does not lie in an object is loaded"
        try:
            self._refuse_unless_allowed(step)
            args = self._args(step)
            sources = [source for source, _, _ in rows]
            async with self._gate:
                values = await load(self.ctx, sources, args, step.inside or Selection())
        except GalleriaError as error:
            self.failures += [Failure(path, step.node, error) for _, _, path in rows]
            return
        except Exception as error:
            self._broken(step, rows[0][2], error)
            return
        for (_, out, path), value in zip(rows, values, strict=True):
            out[step.key] = self._completed(step, value, path)


def user_errors(error: GalleriaError, arguments: frozenset[str]) -> list[UserError]:
    """The refusal by the fields at fault, or as a whole when there are none.

    Args:
        error: what was raised.
        arguments: what the mutation takes; paths begin with one of them.
    """
    if not error.errors:
        return [UserError(error.code, error.detail, None, None, error.status)]
    return [
        UserError(error.code, each.message, each.code, _path_in(arguments, each.path), error.status)
        for each in error.errors
    ]


def _path_in(arguments: frozenset[str], path: str) -> str | None:
    """`lines[0].variant_id`, which a room says of its input, as `input.lines[0].variantId`."""
    head, *rest = path.split("_")
    camelled = head + "".join(word[:1].upper() + word[1:] for word in rest)
    if "input" in arguments and _FIRST.split(camelled, 1)[0] not in arguments:
        return f"input.{camelled}" if camelled else "input"
    return camelled or None
