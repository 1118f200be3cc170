"""What is not asked for is not read, and a list costs the statements that one thing costs."""

from dataclasses import replace
from typing import Any

import pytest

from galleria.engines.cache.memory import MemoryCache
from galleria.engines.context import ANONYMOUS, Context
from galleria.engines.sql import Record
from galleria.faces.graphql.answering import Answered, Question, answer
from galleria.faces.graphql.faces import storefront
from galleria.foundation.http import decode_json
from tests.commerce.selling import mug
from tests.faces.gateway.door import Door, ShopScene, open_shop_scene


class Counting(Context):
    """A context that notes each statement, in front of an empty cache."""

    def __init__(self, ctx: Context) -> None:
        engines = replace(ctx.engines, cache=MemoryCache())
        super().__init__(engines, ctx.tenant, ANONYMOUS, "counting")
        self.statements: list[str] = []

    async def read(self, sql: str, *args: Any) -> list[Record]:
        self.statements.append(sql)
        return await super().read(sql, *args)


async def statements_of(ctx: Context, query: str) -> list[str]:
    counting = Counting(ctx)
    found = await answer(counting, storefront(), Question(query=query), may_write=False)
    shown = decode_json(found.body, Answered)
    assert not shown.errors, shown.errors
    return counting.statements


@pytest.fixture(scope="module")
async def stocked(door: Door) -> ShopScene:
    """A shop of twelve products, each of which names another."""
    scene = await open_shop_scene(door, *[mug(handle=f"mug-{at}") for at in range(12)])
    async with scene.clerk() as clerk:
        rows = (await clerk.json("GET", "/admin/v1/products", params={"limit": 100}))["items"]
        ids = [row["product_id"] for row in rows]
        for product_id, other_id in zip(ids, ids[1:] + ids[:1], strict=True):
            path = f"/admin/v1/products/{product_id}/relations/accessory"
            await clerk.json("PUT", path, json={"product_ids": [other_id]})
    await door.relay()
    return scene


async def test_only_the_parts_that_are_asked_for_are_read(stocked: ShopScene) -> None:
    window = 'product(handle: "mug-1") { title variants { nodes { sku price { amountMinor } } } }'
    few = await statements_of(stocked.ctx, f"{{ {window} }}")
    assert not [sql for sql in few if "catalog.category" in sql]
    places = await statements_of(
        stocked.ctx, '{ product(handle: "mug-1") { categories { name } } }'
    )
    assert len(few) <= len(places)
    nothing = await statements_of(stocked.ctx, "{ __typename }")
    assert [sql for sql in nothing if "graphql.setting" not in sql] == []


@pytest.mark.parametrize(
    "fields",
    [
        "title",
        "title image { url } compareAt { amountMinor }",
        "descriptionHtml categories { name } collections { name }",
        "variants(first: 5) { nodes { sku } edges { cursor } }",
        "relations { product { title descriptionHtml } }",
    ],
)
async def test_a_list_of_twelve_takes_the_statements_of_a_list_of_one(
    stocked: ShopScene, fields: str
) -> None:
    one = await statements_of(stocked.ctx, f"{{ products(first: 1) {{ nodes {{ {fields} }} }} }}")
    assert one, "something is read"
    many = await statements_of(stocked.ctx, f"{{ products(first: 12) {{ nodes {{ {fields} }} }} }}")
    assert len(many) == len(one)


async def test_a_list_reads_pages_only_for_what_cards_do_not_tell(stocked: ShopScene) -> None:
    cards = await statements_of(stocked.ctx, "{ products { nodes { title image { url } } } }")
    pages = await statements_of(stocked.ctx, "{ products { nodes { title tags } } }")
    assert len(pages) == len(cards) + 1


async def test_facets_that_nobody_looks_at_are_not_counted(stocked: ShopScene) -> None:
    query = '{ search(query: "mug") { total nodes { product { title } } } }'
    few = await statements_of(stocked.ctx, query)
    pages = await statements_of(stocked.ctx, query.replace("title", "title tags"))
    assert len(pages) == len(few) + 1
