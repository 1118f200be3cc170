"""The thing itself beside the event: whose it is, when it is read, and when it is left out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from galleria.commerce.catalog import ProductsChanged
from galleria.commerce.orders.events import OrderCancelled
from galleria.engines.context import Context
from galleria.engines.sql import Access, Reader
from galleria.engines.sql.database import connect_as
from galleria.engines.sql.migrations import migrate, read_folder
from galleria.engines.sql.roles import OWNER
from galleria.foundation.clock import ManualClock
from galleria.foundation.ids import new_id
from galleria.platform import webhooks
from galleria.platform.webhooks import LEAVES, InvalidWebhook, Thing, WireChoice, event_types
from galleria.platform.webhooks.model.things import (
    EXPANSIONS,
    MOST_BYTES,
    MOST_THINGS,
    SCOPES,
    expanded,
)
from galleria.platform.webhooks.service.sending import Sender
from tests.platform.webhooks.conftest import CHANGED, Happen, at_present, changed, subscribe
from tests.platform.webhooks.receivers import receiving

CANCELLED = "orders.order_cancelled.v1"
PRODUCTS = "catalog.products_changed.v1"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MIGRATIONS = Path(webhooks.__file__).parent / "migrations"


@dataclass
class Shelf:
    """Things that are told as they are now; it notes each time it is asked."""

    kept: dict[UUID, Thing] = field(default_factory=dict)
    asked: list[list[UUID]] = field(default_factory=list)
    is_broken: bool = False

    async def __call__(self, _: Reader, thing_ids: Sequence[UUID]) -> Mapping[UUID, Thing]:
        self.asked.append(list(thing_ids))
        if self.is_broken:
            raise RuntimeError("nobody can read this")
        return {each: self.kept[each] for each in thing_ids if each in self.kept}

    def put(self, thing_id: UUID, version: int = 1, size: int = 0) -> UUID:
        """It is there, at this version, and has so many bytes more."""
        value = msgspec.json.encode({"version": version, "more": "x" * size})
        self.kept[thing_id] = Thing(version=version, updated_at=NOON, value=value)
        return thing_id


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    """What orders and products are, for this test."""
    before, shelf = webhooks.things.readers, Shelf()
    webhooks.things.bind(order=shelf, product=shelf)
    yield shelf
    webhooks.things.readers = before


def cancelled(order_id: UUID) -> OrderCancelled:
    return OrderCancelled(
        order_id=order_id, number="1001", customer_id=new_id(), reason="", cancelled_at=NOON
    )


def products(*product_ids: UUID) -> ProductsChanged:
    return ProductsChanged(subject="catalog", product_ids=list(product_ids), reason="changed")


def whole(tag: str, **more: Any) -> WireChoice:
    """Events of this tag, with their things."""
    return WireChoice(tag=tag, is_expanded=True, **more)


async def test_the_thing_stands_beside_the_chosen_fields(
    shop: Context, happen: Happen, sender: Sender, shelf: Shelf
) -> None:
    order_id = shelf.put(new_id(), version=3)
    async with receiving() as receiver:
        await subscribe(shop, receiver.url, whole(CANCELLED, fields=["number"]))
        ctx = at_present(shop)
        await happen(ctx, cancelled(order_id))
        await sender.drain()
        (body,) = receiver.bodies()
    assert body["data"] == {"number": "1001"}, "the order's id is not among the chosen fields"
    (thing,) = body["expanded"]["things"]
    assert thing == {
        "kind": "order",
        "id": str(order_id),
        "version": 3,
        "updated_at": "2026-03-01T12:00:00Z",
        "value": {"version": 3, "more": ""},
        "reason": None,
    }
    assert body["expanded"]["read_at"] >= ctx.now.isoformat()[:19]


async def test_nothing_is_read_for_who_does_not_ask_for_it(
    shop: Context, happen: Happen, sender: Sender, shelf: Shelf
) -> None:
    async with receiving() as receiver:
        await subscribe(shop, receiver.url, WireChoice(tag=CANCELLED), WireChoice(tag=CHANGED))
        await happen(at_present(shop), cancelled(shelf.put(new_id())), changed())
        await sender.drain()
        assert len(receiver.received) == 2
        assert all("expanded" not in body for body in receiver.bodies())
    assert shelf.asked == []


async def test_all_that_is_sent_together_is_read_at_once_each_thing_once(
    shop: Context, happen: Happen, sender: Sender, shelf: Shelf
) -> None:
    ids = [shelf.put(new_id()) for _ in range(3)]
    async with receiving() as receiver, receiving() as other:
        for each in (receiver, other):
            await subscribe(shop, each.url, whole(PRODUCTS))
        await happen(at_present(shop), products(ids[0], ids[1]), products(ids[1], ids[2]))
        await sender.drain()
        assert len(receiver.received) == len(other.received) == 2
    (asked,) = shelf.asked
    assert sorted(asked) == sorted(ids)


async def test_a_late_try_tells_what_the_thing_has_become(
    shop: Context, happen: Happen, sender: Sender, shelf: Shelf, clock: ManualClock
) -> None:
    order_id = shelf.put(new_id(), version=1)
    async with receiving() as receiver:
        receiver.statuses = [500]
        made = await subscribe(shop, receiver.url, whole(CANCELLED))
        await happen(at_present(shop), cancelled(order_id))
        await sender.drain()
        shelf.put(order_id, version=2)
        clock.advance(10)
        await sender.drain()
        versions = [body["expanded"]["things"][0]["version"] for body in receiver.bodies()]
        assert versions == [1, 2]
        assert len(set(receiver.ids())) == 1
    present, endpoint_id = at_present(shop), made.webhook.endpoint.endpoint_id
    (delivery,) = (await webhooks.list_deliveries(present, endpoint_id)).items
    detail = await webhooks.get_delivery(present, endpoint_id, delivery.delivery_id)
    assert detail.is_expanded
    assert "expanded" not in detail.body, "what was read is not kept"


async def test_what_is_gone_or_cannot_be_read_is_null_and_the_event_goes_out(
    shop: Context, happen: Happen, sender: Sender, shelf: Shelf
) -> None:
    async with receiving() as receiver:
        await subscribe(shop, receiver.url, whole(CANCELLED))
        await happen(at_present(shop), cancelled(new_id()))
        await sender.drain()
        shelf.is_broken = True
        await happen(at_present(shop), cancelled(shelf.put(new_id())))
        await sender.drain()
        things = [body["expanded"]["things"][0] for body in receiver.bodies()]
    assert [(each["value"], each["reason"]) for each in things] == [
        (None, "gone"),
        (None, "unavailable"),
    ]
    assert all(each["version"] is None and each["updated_at"] is None for each in things)


async def test_a_sample_has_its_thing_missing(shop: Context, sender: Sender, shelf: Shelf) -> None:
    async with receiving() as receiver:
        made = await subscribe(shop, receiver.url, whole(CANCELLED), WireChoice(tag=PRODUCTS))
        for tag in (CANCELLED, PRODUCTS):
            await webhooks.send_test(at_present(shop), made.webhook.endpoint.endpoint_id, tag)
        await sender.drain()
        by_tag = {body["type"]: body for body in receiver.bodies()}
    assert by_tag[CANCELLED]["expanded"]["things"][0]["reason"] == "gone"
    assert "expanded" not in by_tag[PRODUCTS]


def test_things_are_whole_while_there_is_room_for_them() -> None:
    shelf = Shelf()
    big = [shelf.put(new_id(), size=MOST_BYTES // 2) for _ in range(2)]
    small = [shelf.put(new_id()) for _ in range(MOST_THINGS)]
    told = expanded("product", [*big, *small], shelf.kept, NOON).things
    assert [each.reason for each in told] == [
        None,
        "too_large",
        *[None] * (MOST_THINGS - 2),
        *["too_many"] * 2,
    ]
    assert all((each.value is None) == (each.reason is not None) for each in told)
    assert told[1].version == 1, "who reads it elsewhere knows which one is meant"
    assert sum(len(bytes(each.value)) for each in told if each.value is not None) <= MOST_BYTES


def test_a_thing_is_read_by_the_scope_that_reads_its_event() -> None:
    types = {each.tag: each for each in event_types()}
    for tag, expansion in EXPANSIONS.items():
        assert LEAVES[tag] == SCOPES[expansion.kind], tag
        assert expansion.path in types[tag].fields, tag
        assert types[tag].expands_to == expansion.kind
    assert types[CHANGED].expands_to is None


async def test_only_events_that_are_about_a_thing_can_be_expanded(shop: Context) -> None:
    with pytest.raises(InvalidWebhook) as refused:
        await subscribe(shop, "http://127.0.0.1:9/hook", whole(PRODUCTS), whole(CHANGED))
    (error,) = refused.value.errors
    assert (error.path, error.code) == ("subscriptions[1].is_expanded", "not_expandable")


async def test_choices_are_kept_as_a_document(shop: Context) -> None:
    made = await subscribe(shop, "http://127.0.0.1:9/hook", whole(PRODUCTS, fields=["reason"]))
    endpoint_id = made.webhook.endpoint.endpoint_id
    kept = (
        "SELECT subscriptions -> 0 ->> 'tag' AS tag FROM webhooks.endpoint"
        " WHERE tenant_id = $1 AND endpoint_id = $2"
    )
    assert await shop.read_value(kept, endpoint_id) == PRODUCTS
    changes = webhooks.WebhookChanges(subscriptions=[whole(CANCELLED)])
    after = await webhooks.change_webhook(at_present(shop), endpoint_id, changes)
    assert await shop.read_value(kept, endpoint_id) == CANCELLED
    (choice,) = after.endpoint.subscriptions
    assert choice == webhooks.Choice(tag=CANCELLED, is_expanded=True)


async def test_choices_that_were_kept_as_text_become_documents(empty: Access) -> None:
    migrations = read_folder("platform.webhooks", MIGRATIONS)
    connection = await connect_as(empty, OWNER)
    try:
        await migrate(empty, migrations[:1])
        await connection.execute(
            "INSERT INTO webhooks.endpoint SELECT place, gen_random_uuid(), 'ERP', 'https://a.example',"
            " kept, false, 15, 'enabled', NULL, 1, now(), now() FROM unnest(ARRAY["
            """to_jsonb('[{"tag": "a"}]'::text), '[{"tag": "b"}]'::jsonb])"""
            " WITH ORDINALITY AS old (kept, place)"
        )
        await migrate(empty, migrations)
        rows = await connection.fetch(
            "SELECT subscriptions -> 0 ->> 'tag' AS tag FROM webhooks.endpoint ORDER BY tenant_id"
        )
    finally:
        await connection.close()
    assert [row["tag"] for row in rows] == ["a", "b"]
