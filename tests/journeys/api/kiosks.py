"""A kiosk that takes the shop window along, and hands in what it sold."""

import asyncio
from base64 import urlsafe_b64decode
from typing import Any

import msgspec

from galleria.foundation.ids import new_id
from tests.journeys.api.counter import Counter

OFFLINE = "/store/v1/offline"  # asked by the shop's own devices
PACK = f"{OFFLINE}-pack"


async def take_along(clerk: Counter) -> dict[str, list[str]]:
    """A worker has made a pack, and something was sold at its price."""
    manifest = await _manifest(clerk)
    page = await clerk.ask("GET", "/store/v1/products?limit=1")
    product = await clerk.ask("GET", f"/store/v1/products/{page['items'][0]['handle']}")
    sold = product["variants"][0]
    sale = {
        "idempotency_key": str(new_id()),
        "taken_at": manifest["made_at"],
        "lines": [{"variant_id": sold["variant_id"], "quantity": 1, "unit_price": sold["price"]}],
        "payment": {"method": "cash", "reference": "1"},
        "total": sold["price"],
    }
    await clerk.ask("POST", f"{OFFLINE}-orders", {"orders": [sale]})
    await clerk.ask("GET", f"{PACK}/keys")
    await clerk.ask("POST", "/admin/v1/offline-pack/keys/rotate")
    return {"pack_id": [manifest["pack_id"]], "number": ["1"], "since": [manifest["version"]]}


async def _manifest(clerk: Counter) -> Any:
    for _ in range(600):
        told = await clerk.ask("GET", PACK)
        if "payload" in told:
            return msgspec.json.decode(urlsafe_b64decode(told["payload"] + "=="))
        await asyncio.sleep(0.05)
    raise AssertionError("the worker has made no pack")
