"""Whatever the schemas allow is answered, or refused by a code: never by a failure of ours."""

from typing import Any

import hypothesis_graphql
import pytest
from graphql import GraphQLSchema
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes

from galleria.faces.graphql import admin, storefront
from tests.faces.gateway.door import Door, ShopScene, open_shop_scene
from tests.faces.graphql.asking import ADMIN, STORE, ask

EXAMPLES = 15
SCALARS: dict[str, Any] = {
    "Long": st.integers(-(2**53), 2**53).map(nodes.Int),
    "DateTime": st.sampled_from(["2026-01-01T00:00:00Z", "soon"]).map(nodes.String),
    "Date": st.sampled_from(["2026-01-01", ""]).map(nodes.String),
    "JSON": st.sampled_from(["a", ""]).map(nodes.String),
}


def made_up(schema: GraphQLSchema, strategy: Any) -> list[str]:
    """Documents, the same ones each time."""
    texts: list[str] = []

    @seed(20261122)
    @settings(max_examples=EXAMPLES, database=None, suppress_health_check=list(HealthCheck))
    @given(strategy(schema, custom_scalars=SCALARS))
    def collect(text: str) -> None:
        texts.append(text)

    collect()
    return texts


@pytest.fixture
async def victim(door: Door) -> ShopScene:
    """A shop that may be spoilt."""
    return await open_shop_scene(door)


@pytest.mark.parametrize("strategy", [hypothesis_graphql.queries, hypothesis_graphql.mutations])
@pytest.mark.parametrize("path", [STORE, ADMIN])
async def test_made_up_documents_are_answered_or_refused_by_a_code(
    victim: ShopScene, path: str, strategy: Any
) -> None:
    face = storefront() if path == STORE else admin()
    answered = 0
    async with victim.clerk() as clerk:
        for text in made_up(face.schema, strategy):
            answer = await ask(clerk, text, path)
            codes = {each["extensions"]["code"] for each in answer.get("errors", ())}
            assert "internal_error" not in codes, text
            answered += "data" in answer
    assert answered, "some were carried out"
