"""What an operator may set of GraphQL."""

from typing import Annotated

import msgspec
from msgspec import Meta


class GraphqlSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Each is `GALLERIA_GRAPHQL_<NAME>` in the environment."""

    introspection: bool = True
    """Whether clients may ask for the schema itself; its text is in the documentation anyway."""
    most_cost: Annotated[int, Meta(ge=100, le=10_000_000)] = 50_000
    """What one request may cost, in points, before anything of it is read."""
    most_seconds: Annotated[float, Meta(gt=0, le=60)] = 10.0
    """How long answering one request may take."""
