"""What an operator may set: cost, time, and whether the schema is told."""

from dataclasses import replace
from typing import Any

import pytest

from galleria.engines.context import ANONYMOUS, Context
from galleria.faces.graphql import storefront
from galleria.faces.graphql.answering import Question, answer
from galleria.faces.graphql.settings import GraphqlSettings
from tests.faces.gateway.door import ShopScene


@pytest.mark.parametrize(
    ("query", "changes", "expected"),
    [
        ("{ shop { name } }", {"most_seconds": 0.000001}, "graphql_timeout"),
        ("{ products { nodes { title } } }", {"most_cost": 20}, "graphql_too_costly"),
        (
            "{ __schema { queryType { name } } }",
            {"introspection": False},
            "graphql_introspection_off",
        ),
    ],
)
async def test_what_is_set_holds(
    shop: ShopScene, query: str, changes: dict[str, Any], expected: str
) -> None:
    engines = replace(shop.ctx.engines, room_settings={GraphqlSettings: GraphqlSettings(**changes)})
    ctx = Context(engines, shop.ctx.tenant, ANONYMOUS, "test")
    found = await answer(ctx, storefront(), Question(query=query), may_write=False)
    assert found.refusal is not None
    assert found.refusal.code == expected
    usual = Context(shop.ctx.engines, shop.ctx.tenant, ANONYMOUS, "test")
    found = await answer(usual, storefront(), Question(query=query), may_write=False)
    assert found.refusal is None
