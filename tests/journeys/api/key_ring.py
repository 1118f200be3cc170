"""All that can be asked about keys, asked once."""

import asyncio
from datetime import datetime, timedelta

from tests.journeys.api.counter import Counter

KEYS = "/admin/v1/keys"
CLOCK = "/admin/v1/test-clock"


async def ask_and_ask_again(clerk: Counter, key: dict[str, str]) -> str:
    """A program asks with its key, and its request is sent again; the request's id."""
    till = clerk.speaking(Authorization=f"Bearer {key['key']}")
    await till.ask("GET", "/admin/v1/orders?limit=1")
    listed = f"{KEYS}/{key['key_id']}/requests"
    for _ in range(600):
        asked = (await clerk.ask("GET", f"{listed}?filter[method]=GET"))["items"]
        if asked:
            path = f"{listed}/{asked[0]['request_id']}"
            await clerk.ask("GET", path)
            await clerk.ask("POST", f"{path}/replay", {})
            return str(asked[0]["request_id"])
        await asyncio.sleep(0.05)
    raise AssertionError("the server has noted no request")


async def wait_a_month(tester: Counter) -> None:
    """The clock of a sandbox is looked at and moved ahead."""
    now = datetime.fromisoformat((await tester.ask("GET", CLOCK))["now"])
    await tester.ask("PUT", CLOCK, {"now": (now + timedelta(days=30)).isoformat()})


async def replace_keys(clerk: Counter, stranger: Counter) -> None:
    """Keys are bound, replaced, taken in from elsewhere, asked about and found in public."""
    body = {"name": "passing", "scopes": ["orders:read"]}
    made = await clerk.ask("POST", KEYS, body)
    path = f"{KEYS}/{made['key_id']}"
    await clerk.ask("PATCH", path, {"requests_per_minute": 60})
    await clerk.ask("POST", f"{path}/rotation", {"grace_s": 600})
    await clerk.ask("PUT", f"{path}/rotation/brown-out", {"percent": 1})
    await clerk.ask("DELETE", f"{path}/rotation")
    await clerk.ask("POST", f"{path}/rotation", {"grace_s": 600})
    await clerk.ask("POST", f"{path}/rotation/finish")
    foreign = {"name": "taken in", "sha256": "ab" * 32, "scopes": ["orders:read"]}
    await clerk.ask("POST", f"{KEYS}/import", {"keys": [foreign]})
    await clerk.ask("PUT", f"{KEYS}/leak-policy", {"on_leak": "revoke"})
    await stranger.ask("POST", "/keys/verify", {"key": made["key"]})
    await stranger.ask("POST", "/secret-scanning", [{"token": made["key"], "type": "key"}])
