"""Other systems that are told of what happens, for a while or for good, and apps."""

from tests.journeys.api.counter import Counter

WEBHOOKS = "/admin/v1/webhooks"
WEBHOOK = {
    "name": "ERP",
    "url": "http://127.0.0.1:1/hook",
    "subscriptions": [
        {
            "tag": "orders.order_placed.v1",
            "conditions": [{"path": "number", "operator": "is_not", "values": ["1"]}],
            "fields": ["number", "total"],
            "is_expanded": True,
        }
    ],
}
APPS = "/admin/v1/apps"
BACK = "https://app.example/installed"
APP = {
    "handle": "reviews",
    "name": "Reviews",
    "developer": "Acme",
    "redirect_uris": [BACK],
    "scopes": ["orders:read"],
    "pages": [{"title": "Reviews", "url": "https://app.example/"}],
    "metafield_namespace": "acme",
}
EVER = {"since": "2020-01-01T00:00:00Z", "until": "2050-01-01T00:00:00Z", "what": "all"}


async def subscribe(clerk: Counter) -> dict[str, list[str]]:
    """Another system is told of orders, and has been tried once; an app waits for approval."""
    made = await clerk.ask("POST", WEBHOOKS, WEBHOOK)
    endpoint = made["webhook"]["endpoint"]["endpoint_id"]
    path = f"{WEBHOOKS}/{endpoint}"
    tested = await clerk.ask("POST", f"{path}/test", {"tag": "orders.order_placed.v1"})
    replay = await clerk.ask("POST", f"{path}/replays", EVER)
    added = await clerk.ask("POST", APPS, {"manifest": APP})
    return {
        "app_id": [added["app"]["app_id"]],
        "endpoint_id": [endpoint],
        "delivery_id": [tested["delivery_id"]],
        "replay_id": [replay["replay_id"]],
    }


async def stop_telling(clerk: Counter) -> None:
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
    await pass_by(clerk)


async def pass_by(clerk: Counter) -> None:
    """An app is brought in, changed, approved and uninstalled."""
    passing = {**APP, "handle": "passing", "metafield_namespace": "passing"}
    added = await clerk.ask("POST", APPS, {"manifest": passing})
    path = f"{APPS}/{added['app']['app_id']}"
    await clerk.ask("PUT", f"{path}/manifest", {"manifest": {**passing, "name": "Passing"}})
    asked = {"version": 2, "redirect_uri": BACK, "code_challenge": "a" * 43}
    await clerk.ask("POST", f"{path}/approval", asked)
    await clerk.ask("POST", f"{path}/secrets", {"which": "client_secret"})
    await clerk.ask("DELETE", f"{path}?keeps_metafields=false")
