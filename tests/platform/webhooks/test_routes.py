"""Webhooks over HTTP: who may, what is refused, what another shop sees of it."""

from typing import Any
from uuid import uuid4

import pytest

from galleria.engines.context import Context
from galleria.platform import webhooks
from galleria.platform.webhooks.routes import ROUTES
from galleria.platform.webhooks.service.leaving import clear, erase_webhooks, export_webhooks
from galleria.platform.webhooks.service.sending import Sender
from tests.platform.conftest import acting_with, client_of
from tests.platform.webhooks.conftest import CHANGED, Happen, at_present, changed, subscribe
from tests.platform.webhooks.receivers import receiving

PLACE = "/admin/v1/webhooks"
SCOPES = ("webhooks:read", "webhooks:write", "settings:read")
WANTED: dict[str, Any] = {
    "name": "ERP",
    "url": "http://127.0.0.1:9/hook",
    "subscriptions": [{"tag": CHANGED}],
}


async def test_a_webhook_is_made_changed_paused_enabled_and_removed(shop: Context) -> None:
    async with client_of(ROUTES, acting_with(at_present(shop), *SCOPES)) as client:
        made = (await client.post(PLACE, json=WANTED)).json()
        assert made["secret"]["secret"].startswith("whsec_")
        path = f"{PLACE}/{made['webhook']['endpoint']['endpoint_id']}"
        got = await client.get(path)
        assert (got.headers["etag"], got.json()["state"]) == ('"v1"', "idle")
        changes = {"name": "WMS", "is_ordered": True}
        after = await client.patch(path, json=changes, headers={"If-Match": '"v1"'})
        assert (after.json()["endpoint"]["name"], after.headers["etag"]) == ("WMS", '"v2"')
        late = await client.patch(path, json={"name": "X"}, headers={"If-Match": '"v1"'})
        assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
        assert (await client.post(f"{path}/pause")).json()["state"] == "paused"
        tested = await client.post(f"{path}/test", json={"tag": CHANGED})
        assert (tested.status_code, tested.json()["code"]) == (409, "webhook_not_enabled")
        assert (await client.post(f"{path}/enable")).json()["state"] == "idle"
        rotated = await client.post(f"{path}/secrets/rotate", json={"grace_hours": 2})
        assert len(rotated.json()["items"]) == 2
        assert (await client.delete(path)).status_code == 204
        assert (await client.get(path)).json()["code"] == "webhook_not_found"
        assert (await client.get(f"{path}/secrets")).status_code == 404
    actions = await shop.read(
        "SELECT action FROM audit.entry WHERE tenant_id = $1 AND action LIKE 'webhooks.%'"
        " ORDER BY entry_id"
    )
    assert [row["action"].partition(".")[2] for row in actions] == [
        "created",
        "changed",
        "paused",
        "enabled",
        "secret_rotated",
        "removed",
    ]


async def test_the_same_request_makes_one_webhook(shop: Context) -> None:
    async with client_of(ROUTES, acting_with(at_present(shop), *SCOPES)) as client:
        headers = {"Idempotency-Key": "once"}
        first = await client.post(PLACE, json=WANTED, headers=headers)
        again = await client.post(PLACE, json=WANTED, headers=headers)
        assert first.json() == again.json()
        other = await client.post(PLACE, json={**WANTED, "name": "B"}, headers=headers)
        assert other.json()["code"] == "idempotency_key_reused"
        assert len((await client.get(PLACE)).json()["items"]) == 1
    kept = await shop.read("SELECT body FROM idempotency.answer WHERE tenant_id = $1")
    assert all(b"whsec" not in (row["body"] or b"") for row in kept)


@pytest.mark.parametrize(
    ("wrong", "path", "code"),
    [
        (
            {"subscriptions": [{"tag": "orders.nothing.v1"}]},
            "subscriptions[0].tag",
            "unknown_event",
        ),
        (
            {"subscriptions": [{"tag": CHANGED}, {"tag": CHANGED}]},
            "subscriptions[1].tag",
            "repeated_event",
        ),
        (
            {"subscriptions": [{"tag": CHANGED, "fields": ["nope"]}]},
            "subscriptions[0].fields[0]",
            "unknown_field",
        ),
        (
            {
                "subscriptions": [
                    {
                        "tag": CHANGED,
                        "conditions": [{"path": "no", "operator": "is", "values": [1]}],
                    }
                ]
            },
            "subscriptions[0].conditions[0].path",
            "unknown_field",
        ),
        ({"secret": "whsec_QUJD"}, "secret", "invalid_secret"),
        ({"url": "http://10.0.0.1/x"}, "url", "address_refused"),
    ],
)
async def test_what_cannot_be_is_refused_and_changes_nothing(
    shop: Context, wrong: dict[str, Any], path: str, code: str
) -> None:
    async with client_of(ROUTES, acting_with(at_present(shop), *SCOPES)) as client:
        answer = await client.post(PLACE, json={**WANTED, **wrong})
        assert answer.status_code == 422
        assert [(each["path"], each["code"]) for each in answer.json()["errors"]] == [(path, code)]
        assert (await client.get(PLACE)).json()["items"] == []


async def test_events_go_only_to_who_may_read_what_they_tell(shop: Context) -> None:
    ctx = acting_with(at_present(shop), "webhooks:read", "webhooks:write")
    async with client_of(ROUTES, ctx) as client:
        refused = await client.post(PLACE, json=WANTED)
        assert (refused.status_code, refused.json()["code"]) == (403, "event_scope_not_held")
        assert "settings:read" in refused.json()["detail"]
        made = await subscribe(shop, WANTED["url"])
        path = f"{PLACE}/{made.webhook.endpoint.endpoint_id}"
        elsewhere = await client.patch(path, json={"url": "http://127.0.0.1:8/mine"})
        assert elsewhere.json()["code"] == "event_scope_not_held"
        assert (await client.get("/admin/v1/events?filter[tag]=" + CHANGED)).status_code == 403
        assert (await client.get("/admin/v1/events")).json()["items"] == []


async def test_without_the_scope_nothing_is_shown(shop: Context) -> None:
    async with client_of(ROUTES, acting_with(at_present(shop), "settings:read")) as client:
        for path in (PLACE, "/admin/v1/events", "/admin/v1/event-types"):
            assert (await client.get(path)).status_code == 403
    async with client_of(ROUTES, acting_with(at_present(shop), "webhooks:read")) as client:
        assert (await client.post(PLACE, json=WANTED)).status_code == 403
        made = await subscribe(shop, WANTED["url"])
        secrets = f"{PLACE}/{made.webhook.endpoint.endpoint_id}/secrets"
        assert (await client.get(secrets)).status_code == 403


async def test_another_shops_webhooks_are_not_there(
    shop: Context, another_ctx: Context, happen: Happen, sender: Sender
) -> None:
    async with receiving() as receiver:
        made = await subscribe(shop, receiver.url)
        await happen(at_present(shop), changed())
        await sender.drain()
        endpoint_id = made.webhook.endpoint.endpoint_id
        (delivery,) = (await webhooks.list_deliveries(at_present(shop), endpoint_id)).items
        own = await subscribe(another_ctx, receiver.url)
        path = f"{PLACE}/{endpoint_id}"
        async with client_of(ROUTES, acting_with(at_present(another_ctx), "*")) as client:
            for method, rest, body in (
                ("GET", "", None),
                ("PATCH", "", {"name": "mine"}),
                ("DELETE", "", None),
                ("POST", "/pause", None),
                ("POST", "/enable", None),
                ("GET", "/secrets", None),
                ("POST", "/secrets/rotate", {}),
                ("POST", "/test", {"tag": CHANGED}),
                ("GET", "/deliveries", None),
                ("GET", f"/deliveries/{delivery.delivery_id}", None),
                ("POST", f"/deliveries/{delivery.delivery_id}/replay", None),
                ("GET", "/stats", None),
                ("GET", f"/replays/{uuid4()}", None),
            ):
                answer = await client.request(method, path + rest, json=body)
                assert answer.status_code == 404, (method, rest, answer.text)
            mine = f"{PLACE}/{own.webhook.endpoint.endpoint_id}/deliveries/{delivery.delivery_id}"
            assert (await client.get(mine)).json()["code"] == "webhook_delivery_not_found"
        await erase_webhooks(another_ctx)


async def test_the_log_is_paged_and_filtered(shop: Context, happen: Happen, sender: Sender) -> None:
    async with receiving() as receiver:
        receiver.statuses = [500]
        made = await subscribe(shop, receiver.url)
        await happen(at_present(shop), *(changed(f"c{at}") for at in range(5)))
        await sender.drain()
        path = f"{PLACE}/{made.webhook.endpoint.endpoint_id}/deliveries"
        async with client_of(ROUTES, acting_with(at_present(shop), *SCOPES)) as client:
            seen, cursor = [], ""
            while cursor is not None:
                page = (await client.get(f"{path}?limit=2{cursor}")).json()
                seen += [each["delivery_id"] for each in page["items"]]
                cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
            assert seen == sorted(seen, reverse=True)
            assert len(seen) == 5
            for state, count in (("waiting", 1), ("delivered", 4), ("failed", 0)):
                found = (await client.get(f"{path}?filter[state]={state}")).json()["items"]
                assert len(found) == count
            assert len((await client.get(f"{path}?filter[tag]={CHANGED}")).json()["items"]) == 5
            assert (await client.get(f"{path}?filter[tag]=other")).json()["items"] == []
            assert (await client.get(f"{path}?cursor=x")).json()["code"] == "invalid_cursor"
            detail = (await client.get(f"{path}/{seen[0]}")).json()
            assert detail["attempts"][0]["request_headers"]["webhook-signature"] == "(not kept)"


async def test_what_a_shop_takes_along_holds_no_secret_and_nothing_is_left_behind(
    shop: Context, happen: Happen, sender: Sender
) -> None:
    async with receiving() as receiver:
        made = await subscribe(shop, receiver.url)
        await happen(at_present(shop), changed("taken"))
        await sender.drain()
    exported = b"".join([part async for part in export_webhooks(at_present(shop))])
    assert b'"code":"taken"' in exported
    assert b"whsec" not in exported
    endpoint_id = made.webhook.endpoint.endpoint_id
    await webhooks.remove_webhook(at_present(shop), endpoint_id)
    await clear(at_present(shop), endpoint_id)
    for table in ("endpoint", "health", "secret", "delivery", "attempt", "hour", "replay"):
        rows = await shop.read(f"SELECT 1 AS one FROM webhooks.{table} WHERE tenant_id = $1")
        assert rows == [], table


async def test_a_shop_has_fifty_webhooks_at_most(shop: Context) -> None:
    for _ in range(50):
        await subscribe(shop, WANTED["url"])
    with pytest.raises(webhooks.TooManyWebhooks):
        await subscribe(shop, WANTED["url"])
