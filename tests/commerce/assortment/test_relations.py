"""What goes together: named in order, one way or both, and followed when products change."""

from typing import Any
from uuid import UUID

import msgspec
import pytest

from galleria.commerce import assortment, catalog, listings
from galleria.commerce.assortment import (
    InvalidRelation,
    NamedProducts,
    RelationRow,
    TooManyRelations,
)
from galleria.commerce.assortment.room import ROOM
from galleria.commerce.catalog import ProductChanges
from galleria.commerce.listings import Detail
from galleria.commerce.listings.room import ROOM as LISTINGS
from galleria.engines.context import Context
from galleria.engines.event_log import Relay
from galleria.foundation.ids import new_id
from tests.commerce.catalog.wares import merge, simple
from tests.commerce.selling import mug, open_shop, put_on_sale, window
from tests.platform.conftest import acting_with, client_of


async def some(ctx: Context, *handles: str) -> list[UUID]:
    merged = await merge(ctx, *(simple(handle) for handle in handles))
    return [each.product_id for each in merged if each.product_id is not None]


async def name(
    ctx: Context, product_id: UUID, *named: UUID, kind: str = "accessory", is_mutual: bool = False
) -> list[str]:
    """The handles named for this reason afterwards."""
    wanted = NamedProducts(product_ids=list(named), is_mutual=is_mutual)
    shown = await assortment.set_relations(ctx, product_id, kind, wanted)
    return [each.handle for each in shown if each.kind == kind]


async def named_by(ctx: Context, product_id: UUID) -> list[tuple[str, str]]:
    found = await assortment.list_relations(ctx, product_id)
    return [(each.kind, each.handle) for each in found]


async def test_a_product_names_others_in_order_and_for_reasons(ctx: Context) -> None:
    a, b, c = await some(ctx, "a", "b", "c")
    assert await name(ctx, a, c, b) == ["c", "b"]
    assert await name(ctx, a, b, kind="spare-part") == ["b"]
    assert await named_by(ctx, a) == [("accessory", "c"), ("accessory", "b"), ("spare-part", "b")]
    assert await name(ctx, a, b) == ["b"]
    assert await name(ctx, a) == []
    assert await named_by(ctx, a) == [("spare-part", "b")]
    assert await named_by(ctx, b) == []


async def test_both_ways_come_and_go_together(ctx: Context) -> None:
    a, b, c = await some(ctx, "a", "b", "c")
    await name(ctx, b, c)
    await name(ctx, a, b, c, is_mutual=True)
    assert await named_by(ctx, b) == [("accessory", "c"), ("accessory", "a")]
    assert await named_by(ctx, c) == [("accessory", "a")]
    await name(ctx, a, c, is_mutual=True)
    assert await named_by(ctx, b) == [("accessory", "c")]
    await name(ctx, a, c)
    assert await named_by(ctx, c) == []


async def test_what_cannot_be_named_is_refused(ctx: Context) -> None:
    a, b = await some(ctx, "a", "b")
    with pytest.raises(InvalidRelation) as refusal:
        await name(ctx, a, a, b, b, new_id())
    assert [(each.path, each.code) for each in refusal.value.errors] == [
        ("related[0]", "own_relation"),
        ("related[2]", "duplicate_relation"),
        ("related[3]", "product_not_found"),
    ]
    with pytest.raises(catalog.ProductNotFound):
        await name(ctx, new_id(), a)


async def test_a_product_names_at_most_250(ctx: Context) -> None:
    ids = await some(ctx, *(f"p{at}" for at in range(252)))
    hub, *others = ids
    assert len(await name(ctx, hub, *others[:250])) == 250
    with pytest.raises(TooManyRelations):
        await name(ctx, hub, others[250], kind="up_sell")
    with pytest.raises(TooManyRelations):
        await name(ctx, others[250], hub, is_mutual=True)
    assert await named_by(ctx, others[250]) == []


async def test_rows_name_by_handle_or_sku_and_are_answered_each_by_itself(ctx: Context) -> None:
    await merge(
        ctx,
        simple("a", variants=[catalog.VariantDraft(sku="SKU-A")]),
        simple("b", variants=[catalog.VariantDraft(sku="SKU-B")]),
    )
    rows = [
        RelationRow(product="a", kind="accessory", related=["SKU-B"]),
        RelationRow(product="SKU-B", kind="up_sell", related=["a"]),
        RelationRow(product="gone", kind="accessory", related=["a"]),
        RelationRow(product="a", kind="accessory", related=[]),
        RelationRow(product="a", kind="up_sell", related=["a"]),
    ]
    outcomes = await assortment.set_many(ctx, rows)
    assert [(each.outcome, each.code) for each in outcomes] == [
        ("set", ""),
        ("set", ""),
        ("refused", "product_not_found"),
        ("refused", "duplicate_row"),
        ("refused", "own_relation"),
    ]
    found = await catalog.products_by_handle(ctx, ["a", "b"])
    assert await named_by(ctx, found["a"]) == [("accessory", "b")]
    assert await named_by(ctx, found["b"]) == [("up_sell", "a")]


async def shown(ctx: Context, handle: str) -> list[tuple[str, str]]:
    """What the shop window says the product names, once all events have arrived."""
    relay = Relay(ctx.engines, [*ROOM.subscriptions, *LISTINGS.subscriptions])
    while await relay.drain():
        pass
    text, _ = await listings.detail_of(ctx, await window(ctx), handle)
    return [(e.kind, e.handle) for e in msgspec.json.decode(text, type=Detail).relations]


async def test_the_shop_window_follows(house_ctx: Context) -> None:
    _, shop = await open_shop(house_ctx)
    a, b = [each.product_id for each in await put_on_sale(shop, mug("a"), mug("b"))]
    assert a is not None
    assert b is not None
    await name(shop, a, b)
    assert await shown(shop, "a") == [("accessory", "b")]
    await catalog.update_product(shop, b, ProductChanges(handle="bee"))
    assert await shown(shop, "a") == [("accessory", "bee")]
    await catalog.archive_product(shop, b)
    assert await shown(shop, "a") == []
    await catalog.unpublish_product(shop, b)
    await catalog.publish_product(shop, b)
    assert await shown(shop, "a") == [("accessory", "bee")]
    await catalog.delete_product(shop, b)
    assert await shown(shop, "a") == []
    assert await assortment.relations_of(shop, [a]) == {}


async def test_relations_are_set_over_http(ctx: Context, another_ctx: Context) -> None:
    a, b = await some(ctx, "a", "b")
    body: dict[str, Any] = {"product_ids": [str(b)]}
    acting = acting_with(ctx, "products:read", "products:write")
    async with client_of(ROOM.routes, acting) as client:
        where = f"/admin/v1/products/{a}/relations"
        put = await client.put(f"{where}/cross_sell", json=body)
        assert (put.status_code, put.json()["items"][0]["handle"]) == (200, "b"), put.text
        read = await client.get(where)
        assert [each["kind"] for each in read.json()["items"]] == ["cross_sell"]
        bad = await client.put(f"{where}/Not a kind", json=body)
        assert bad.status_code == 422
        row = {"product": "b", "kind": "up_sell", "related": ["a"]}
        many = await client.post("/admin/v1/relations/bulk", json={"rows": [row]})
        assert many.json()["items"][0]["outcome"] == "set", many.text
    foreign = acting_with(another_ctx, "products:read", "products:write")
    async with client_of(ROOM.routes, foreign) as client:
        hidden = await client.get(f"/admin/v1/products/{a}/relations")
        assert (hidden.status_code, hidden.json()["code"]) == (404, "product_not_found")
