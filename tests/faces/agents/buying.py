"""An agent as the tests play it."""

from types import TracebackType
from typing import Any

import msgspec

from galleria.foundation.ids import new_id
from tests.faces.gateway.door import ShopScene

NEWEST = "2026-08-25"
FIRST = "2026-01-11"
PROFILE = "https://agent.invalid/profile.json"
PLACE = {
    "id": "home",
    "full_name": "Ana Alves",
    "street_address": "A 1",
    "address_locality": "Köln",
    "postal_code": "50667",
    "address_country": "DE",
}


def fulfillment(option: str | None = "standard", **place: object) -> dict[str, Any]:
    """To Ana, by the shop's first shipping method."""
    return {
        "methods": [
            {
                "type": "shipping",
                "destinations": [{**PLACE, **place}],
                "selected_destination_id": "home",
                "groups": [{"id": "parcel", "selected_option_id": option}],
            }
        ]
    }


def lines(variant_id: str, quantity: int = 1) -> list[dict[str, Any]]:
    """So many pieces of a variant."""
    return [{"item": {"id": variant_id}, "quantity": quantity}]


def payment(card: str = "tok_approve", version: str = NEWEST) -> dict[str, Any]:
    """To be paid with this card."""
    instrument = {
        "id": "card",
        "handler_id": "test",
        "type": "card",
        "credential": {"type": "token", "token": card},
    }
    if version == FIRST:
        return {"payment_data": instrument}
    return {"payment": {"instruments": [instrument]}}


class Agent:
    """Asks a shop by the protocol."""

    def __init__(self, shop: ShopScene, version: str = NEWEST, profile: str = PROFILE) -> None:
        self.shop, self.version = shop, version
        self.client = shop.shopper(UCP_Agent=f'profile="{profile}"')

    async def __aenter__(self) -> "Agent":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.client.aclose()

    async def ask(
        self, method: str, path: str, body: Any = None, *, key: str | None = "new", **headers: str
    ) -> tuple[int, dict[str, Any]]:
        """Status and body of an answer."""
        if key is not None and method != "GET":
            headers["idempotency-key"] = str(new_id()) if key == "new" else key
        answer = await self.client.request(
            method,
            f"/ucp/{self.version}{path}",
            content=None if body is None else msgspec.json.encode(body),
            headers={"content-type": "application/json", **headers},
        )
        return answer.status_code, msgspec.json.decode(answer.content)

    async def begin(self, quantity: int = 1, **body: Any) -> dict[str, Any]:
        """A checkout of mugs, to which only the payment is missing."""
        wanted = {
            "line_items": lines(self.shop.variant_ids[0], quantity),
            "buyer": {"email": "ana@example.com"},
            "fulfillment": fulfillment(),
            **body,
        }
        status, told = await self.ask("POST", "/checkout-sessions", wanted)
        assert status == 201, told
        return told

    async def complete(
        self, checkout_id: str, card: str = "tok_approve", **options: Any
    ) -> tuple[int, dict[str, Any]]:
        """What paying answers."""
        path = f"/checkout-sessions/{checkout_id}/complete"
        return await self.ask("POST", path, payment(card, self.version), **options)

    async def buy(self, quantity: int = 1) -> dict[str, Any]:
        """A completed checkout."""
        begun = await self.begin(quantity)
        status, told = await self.complete(begun["id"])
        assert status == 200, told
        return told
