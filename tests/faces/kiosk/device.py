"""A kiosk as small as it can be: for tests, and for whoever writes a real one.

It trusts the public keys that it was given when it was set up, fetches what it lacks, sells from
what it has, and hands in what it sold until it was told what became of each sale.
"""

import base64
import hashlib
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PACK = "/store/v1/offline-pack"


class NotGenuine(Exception):
    """What came is not what the shop has signed."""


class Device:
    """What a kiosk keeps: a pack, and sales that nobody has taken in yet."""

    def __init__(self, public_keys: dict[str, bytes]) -> None:
        """Trust these keys, by their names."""
        self._public_keys = public_keys
        self.manifest: dict[str, Any] = {}
        self.products: dict[str, dict[str, Any]] = {}
        self.queue: list[dict[str, Any]] = []
        self.settled: list[dict[str, Any]] = []
        self.pictures: dict[str, bytes] = {}
        self._shown: dict[str, list[dict[str, Any]]] = {}
        self._parts: dict[int, bytes] = {}
        self._cursor = ""

    async def take_along(
        self, client: httpx.AsyncClient, jws: dict[str, str] | None = None
    ) -> bool:
        """True when a pack is here, whole and genuine; False while the shop makes one.

        Parts that have come before the line broke are not fetched again.

        Raises:
            NotGenuine: it is not what the shop has signed. What was here stays.
        """
        if jws is None:
            answer = await client.get(PACK)
            if answer.status_code == 202:
                return False
            jws = answer.raise_for_status().json()
        manifest = self._opened(jws, "galleria-offline-pack+json")
        if manifest["pack_id"] != self.manifest.get("pack_id"):
            self._parts = {}
        for part in manifest["parts"]:
            if part["number"] not in self._parts:
                path = f"{PACK}/{manifest['pack_id']}/parts/{part['number']}"
                body = (await client.get(path)).raise_for_status().content
                if hashlib.sha256(body).hexdigest() != part["sha256"]:
                    raise NotGenuine(f"part {part['number']} is another one")
                self._parts[part["number"]] = body
        lines = [line for body in self._parts.values() for line in body.splitlines()]
        told = [msgspec.json.decode(line) for line in lines]
        self.products = {each["product_id"]: each["product"] for each in told}
        self._shown = {each["product_id"]: each["pictures"] for each in told}
        self.manifest, self._cursor = manifest, manifest["version"]
        return True

    def _opened(self, jws: dict[str, str], kind: str) -> dict[str, Any]:
        try:
            header = msgspec.json.decode(_bytes(jws["protected"]))
            if (header["alg"], header["typ"]) != ("EdDSA", kind):
                raise NotGenuine("signed in another way, or as something else")
            key = Ed25519PublicKey.from_public_bytes(self._public_keys[header["kid"]])
            key.verify(_bytes(jws["signature"]), f"{jws['protected']}.{jws['payload']}".encode())
        except (InvalidSignature, KeyError, ValueError) as error:
            raise NotGenuine("the shop has not signed this") from error
        told: dict[str, Any] = msgspec.json.decode(_bytes(jws["payload"]))
        return told

    async def catch_up(self, client: httpx.AsyncClient) -> bool:
        """True when all changes are here; False when a new pack has to be taken.

        Raises:
            NotGenuine: a page is not the shop's next one for this kiosk. Those before it stay.
        """
        while True:
            answer = await client.get(f"{PACK}/changes", params={"since": self._cursor})
            if answer.status_code == 410:
                return False
            if self.take_page(answer.raise_for_status().json()):
                return True

    def take_page(self, jws: dict[str, str]) -> bool:
        """True when the page was the last one at present; what it tells is known here.

        Raises:
            NotGenuine: it is not the shop's next page for this kiosk. Nothing of it is taken.
        """
        page = self._opened(jws, "galleria-offline-changes+json")
        named = ("shop", "profile", "channel", "locale")
        own = {**{name: self.manifest[name] for name in named}, "since": self._cursor}
        own["location"] = self.manifest["location"]["code"]
        if any(page[name] != value for name, value in own.items()):
            raise NotGenuine("this page is for another kiosk, or not the next one")
        for each in page["items"]:
            if each.get("is_gone"):
                self.products.pop(each["product_id"], None)
                self._shown.pop(each["product_id"], None)
            else:
                self.products[each["product_id"]] = each["product"]
                self._shown[each["product_id"]] = each["pictures"]
        self._cursor = page["next_cursor"]
        return bool(page["is_last"])

    async def fetch_pictures(self, client: httpx.AsyncClient) -> int:
        """How many pictures came: those that products show and that were not here. What no product
        shows any more is dropped. They are kept by their digests.

        Raises:
            NotGenuine: one is not what the shop has signed. Those before it stay.
        """
        wanted = {each["sha256"]: each["url"] for some in self._shown.values() for each in some}
        self.pictures = {sha: body for sha, body in self.pictures.items() if sha in wanted}
        missing = {sha: url for sha, url in wanted.items() if sha not in self.pictures}
        for sha, url in missing.items():
            body = (await client.get(url)).raise_for_status().content
            if hashlib.sha256(body).hexdigest() != sha:
                raise NotGenuine(f"the picture {url} is another one")
            self.pictures[sha] = body
        return len(missing)

    def picture(self, product_id: str, shown_as: str) -> bytes:
        """What is shown where the product names this address."""
        (sha,) = {e["sha256"] for e in self._shown[product_id] if e["shown_as"] == shown_as}
        return self.pictures[sha]

    def variant(self, variant_id: str) -> dict[str, Any]:
        """What is known of a variant."""
        return next(
            each
            for product in self.products.values()
            for each in product["variants"]
            if each["variant_id"] == variant_id
        )

    def sell(self, *lines: tuple[str, int], **changes: Any) -> dict[str, Any]:
        """A sale of these pieces at the prices known here, to be handed in later."""
        known = [(self.variant(variant_id), quantity) for variant_id, quantity in lines]
        total = sum(each["price"]["amount_minor"] * quantity for each, quantity in known)
        sale = {
            "idempotency_key": str(uuid4()),
            "taken_at": datetime.now(UTC).isoformat(),
            "lines": [
                {
                    "variant_id": each["variant_id"],
                    "quantity": quantity,
                    "unit_price": each["price"],
                    "price_code": each["price_code"],
                }
                for each, quantity in known
            ],
            "payment": {"method": "cash", "reference": f"receipt-{len(self.queue) + 1}"},
            "total": {"amount_minor": total, "currency": self.manifest["currency"]},
            **changes,
        }
        self.queue.append(sale)
        return sale

    async def hand_in(self, client: httpx.AsyncClient) -> list[dict[str, Any]]:
        """What became of each sale; those that were refused stay, for somebody to look at."""
        if not self.queue:
            return []
        answer = await client.post("/store/v1/offline-orders", json={"orders": self.queue[:100]})
        items: list[dict[str, Any]] = answer.raise_for_status().json()["items"]
        done = {each["idempotency_key"] for each in items if each["outcome"] != "refused"}
        self.settled += [each for each in self.queue if each["idempotency_key"] in done]
        self.queue = [each for each in self.queue if each["idempotency_key"] not in done]
        return items


async def trusted_keys(client: httpx.AsyncClient) -> dict[str, bytes]:
    """The shop's public keys by their names, as a kiosk is given them when it is set up."""
    told = (await client.get(f"{PACK}/keys")).raise_for_status().json()
    return {each["kid"]: _bytes(each["x"]) for each in told["keys"]}


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
