"""What a field of the schema says beside its type: how it is read, who may, what it costs."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from graphql import GraphQLField

from galleria.engines.context import Context

if TYPE_CHECKING:
    from galleria.faces.graphql.planning import Selection

SPEC = "galleria"
"""Under which name a field's `Spec` lies in its extensions."""
BOUNDS = "galleria.bounds"
"""Under which name an argument's own bounds lie in its extensions, as the REST API has them."""
# A plain list whose length no argument bounds is taken to be so long.
USUAL_LIST = 10
ROOT_COST = 10
LOAD_COST = 5

Args: TypeAlias = Mapping[str, Any]
Resolve: TypeAlias = "Callable[[Context, dict[str, Any], Selection], Awaitable[Any]]"
"""Reads or does what a field of the root names."""
Load: TypeAlias = (
    "Callable[[Context, Sequence[Any], dict[str, Any], Selection], Awaitable[Sequence[Any]]]"
)
"""Reads a field of many objects at once: as many values in the same order, None for nothing."""


@dataclass(frozen=True)
class Spec:
    """How a field is answered. One of `attribute`, `resolve` and `load` is there.

    `sized_by` is the argument that bounds the list, `size` what bounds it without one; `keep_s` is
    for how many seconds anybody's answer may be kept, 0 for not at all; `does` marks what changes
    something and names the payload's field that holds the result.
    """

    attribute: str = ""
    resolve: "Resolve | None" = None
    load: "Load | None" = None
    scopes: tuple[str, ...] = ()
    cost: int = 1
    sized_by: str = ""
    size: int = 1
    keep_s: int = 0
    does: str = ""


def spec_of(field: GraphQLField) -> Spec:
    """The field's spec."""
    spec: Spec = field.extensions[SPEC]
    return spec
