"""One bad request: what it is made of, and who asks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from galleria.foundation.ids import mint_token, new_id
from tests.faces.gateway.door import API_HOST, STRANGER, ShopScene

MOST_INT4 = 2**31 - 1
DEEP = 50_000


@dataclass(frozen=True)
class Scene:
    """Two shops, and things of each to name in a request."""

    shop: ShopScene
    other: ShopScene
    cart: dict[str, Any]
    rare: ShopScene
    emptied_cart: dict[str, Any]
    order: dict[str, Any]
    other_cart: dict[str, Any]
    other_order: dict[str, Any]
    product_id: str
    other_product_id: str
    reader_key: str
    closed: ShopScene

    @property
    def variant_id(self) -> str:
        return self.shop.variant_ids[0]

    @property
    def other_variant_id(self) -> str:
        return self.other.variant_ids[0]


@dataclass(frozen=True)
class Sent:
    """One request: where from, where to, and what."""

    method: str
    path: str
    body: bytes = b""
    headers: Sequence[tuple[str, str]] = ()
    host: str = API_HOST
    peer: str = STRANGER
    chunked: bool = False


@dataclass(frozen=True)
class Bad:
    """A request that is refused with a problem of this status and code, and changes nothing."""

    name: str
    status: int
    code: str
    make: Callable[[Scene], Sent]
    field_code: str | None = field(default=None)


JSON_TYPE = ("Content-Type", "application/json")


def json_body(value: object) -> bytes:
    return msgspec.json.encode(value)


def bearer(key: str) -> tuple[str, str]:
    return ("Authorization", f"Bearer {key}")


def admin(
    scene: Scene, method: str, path: str, body: object = None, *headers: tuple[str, str]
) -> Sent:
    """A call with the shop's own key; bytes are sent as they are."""
    raw = body if isinstance(body, bytes) else b"" if body is None else json_body(body)
    typed = [JSON_TYPE] if raw else []
    return Sent(method, path, raw, [bearer(scene.shop.key), *typed, *headers])


def store(
    scene: Scene, method: str, path: str, body: object = None, *headers: tuple[str, str]
) -> Sent:
    """A call of somebody unknown on the shop's own host."""
    raw = body if isinstance(body, bytes) else b"" if body is None else json_body(body)
    typed = [JSON_TYPE] if raw else []
    return Sent(method, path, raw, [*typed, *headers], host=scene.shop.host)


def new_cart(scene: Scene, body: object, *headers: tuple[str, str]) -> Sent:
    return store(scene, "POST", "/store/v1/carts", body, *headers)


def add_line(scene: Scene, body: object, *headers: tuple[str, str]) -> Sent:
    return store(scene, "POST", f"/store/v1/carts/{scene.cart['token']}/lines", body, *headers)


def checkout(scene: Scene, cart: dict[str, Any], body: object, key: str | None = "new") -> Sent:
    headers = [] if key is None else [("Idempotency-Key", str(new_id()) if key == "new" else key)]
    return store(scene, "POST", f"/store/v1/carts/{cart['token']}/checkout", body, *headers)


def forged_key(tenant_id: int) -> str:
    """A key that is well formed, names a tenant, and was never given out."""
    return mint_token("key", tenant_id)
