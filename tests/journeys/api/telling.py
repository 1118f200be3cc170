"""Webhooks of the shop that the API's journey asks about."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.api.furnishing import Counter

WEBHOOKS = "/admin/v1/webhooks"
WEBHOOK = {
    "name": "ERP",
    "url": "http://127.0.0.1:1/hook",
    "subscriptions": [
        {
            "tag": "orders.order_placed.v1",
            "conditions": [{"path": "number", "operator": "is_not", "values": ["1"]}],
            "fields": ["number", "total"],
        }
    ],
}
EVER = {"since": "2020-01-01T00:00:00Z", "until": "2050-01-01T00:00:00Z", "what": "all"}


async def subscribe(clerk: "Counter") -> dict[str, list[str]]:
    """Another system is told of orders, and has been tried once."""
    made = await clerk.ask("POST", WEBHOOKS, WEBHOOK)
    endpoint = made["webhook"]["endpoint"]["endpoint_id"]
    path = f"{WEBHOOKS}/{endpoint}"
    tested = await clerk.ask("POST", f"{path}/test", {"tag": "orders.order_placed.v1"})
    replay = await clerk.ask("POST", f"{path}/replays", EVER)
    return {
        "endpoint_id": [endpoint],
        "delivery_id": [tested["delivery_id"]],
        "replay_id": [replay["replay_id"]],
    }


async def come_and_go(clerk: "Counter") -> None:
    """Another system is told for a while."""
    made = await clerk.ask("POST", WEBHOOKS, WEBHOOK, **{"Idempotency-Key": "passing"})
    path = f"{WEBHOOKS}/{made['webhook']['endpoint']['endpoint_id']}"
    await clerk.ask("PATCH", path, {"name": "WMS", "is_ordered": True})
    await clerk.ask("POST", f"{path}/secrets/rotate", {"grace_hours": 1})
    tested = await clerk.ask("POST", f"{path}/test", {"tag": "orders.order_placed.v1"})
    await clerk.ask("POST", f"{path}/deliveries/{tested['delivery_id']}/replay")
    for verb in ("pause", "enable"):
        await clerk.ask("POST", f"{path}/{verb}")
    await clerk.ask("DELETE", path)
