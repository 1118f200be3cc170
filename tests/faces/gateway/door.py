"""The real front door over the test engines: the same gateway, applications and rooms as `serve`.

Requests go in by ASGI, so that a test can send what no well-behaved client would.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import httpx
import msgspec

from galleria.app.http import build_gateway
from galleria.app.shops import open_and_provision
from galleria.bindings import all_subscriptions
from galleria.engines.context import HOUSE, SYSTEM, Context, Engines, Tenant
from galleria.engines.event_log import Relay
from galleria.engines.realtime.hub import Hub
from galleria.engines.realtime.postgres import PostgresJournal
from galleria.engines.sql import Database
from galleria.faces.gateway import Gateway
from galleria.foundation.ids import new_id
from galleria.platform import access
from galleria.platform.tenants import OpenShop
from galleria.settings import Settings
from tests.commerce.selling import Sold, mug, put_on_sale

PROXY = "192.0.2.1"
STRANGER = "203.0.113.9"
SETTINGS = Settings(base_domain="shops.example", trusted_proxies=f"{PROXY}, 192.0.2.2")
API_HOST = "api.shops.example"
ADMIN_HOST = "admin.shops.example"
PROBLEM = "application/problem+json"
# What one of them asks is taken out of nobody else's budget.
_ADDRESSES = (f"198.{18 + n // 65_536 % 2}.{n // 256 % 256}.{n % 256}" for n in count())
ADDRESS = {
    "name": "Ana Alves",
    "line1": "A 1",
    "city": "Köln",
    "postal_code": "50667",
    "country": "DE",
}


@dataclass(frozen=True)
class Door:
    """The gateway and what stands behind it."""

    gateway: Gateway
    engines: Engines

    def client(self, host: str = API_HOST, peer: str = STRANGER, **headers: str) -> "Client":
        """A client that says `host`, from the network address `peer`; close it after use."""
        transport = httpx.ASGITransport(self.gateway, client=(peer, 40_000))  # type: ignore[arg-type]
        return Client(
            transport=transport,
            base_url=f"http://{host}",
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )

    async def relay(self) -> None:
        """All that happened so far has reached every room's handlers."""
        relay = Relay(self.engines, all_subscriptions())
        while await relay.drain():
            pass
        await self.engines.search.refresh()


class Client(httpx.AsyncClient):
    """An HTTP client that shows the codes of problems."""

    async def json(self, method: str, path: str, **options: Any) -> Any:
        """The JSON answer of a request that has to succeed."""
        answer = await self.request(method, path, **options)
        assert answer.status_code < 400, (method, path, answer.status_code, answer.text)
        return msgspec.json.decode(answer.content) if answer.content else None


@asynccontextmanager
async def open_door(database: Database, engines: Engines, secret: bytes) -> AsyncIterator[Door]:
    """The door is open; live messages go through the database as they do in `serve`."""
    hub = Hub(PostgresJournal(database.connect_app))
    await hub.start()
    whole = replace(engines, realtime=hub)
    try:
        yield Door(build_gateway(SETTINGS, whole, secret), whole)
    finally:
        await hub.close()


@dataclass(frozen=True)
class ShopScene:
    """An open shop with goods in its window, a key that may do everything, and its own host."""

    door: Door
    ctx: Context
    host: str
    key: str
    variant_ids: list[str]
    handle: str

    def shopper(self, **headers: str) -> Client:
        """Somebody who types in the shop's address, from a network address of their own."""
        return self.door.client(self.host, next(_ADDRESSES), **headers)

    def clerk(self, key: str | None = None, **headers: str) -> Client:
        """A program with the shop's key, on the API's host."""
        return self.door.client(authorization=f"Bearer {key or self.key}", **headers)

    async def key_for(self, *scopes: str) -> str:
        """A new key with just these scopes."""
        return (await access.create_key(self.ctx, "narrow", list(scopes))).key


async def open_shop_scene(door: Door, *goods: Sold, **changes: object) -> ShopScene:
    """A shop as `galleria shop open` makes it, with goods: mugs when none are named."""
    house = Context(door.engines, HOUSE, SYSTEM, request_id=f"test-{new_id()}")
    fields: dict[str, object] = {
        "slug": f"s{new_id().hex[-12:]}",
        "name": "Test Shop",
        "currency": "EUR",
        "locale": "en",
        "locales": ["en", "de"],
        "country": "DE",
        **changes,
    }
    shop = await open_and_provision(house, OpenShop(**fields), SETTINGS.base_domain)  # type: ignore[arg-type]
    ctx = house.for_tenant(Tenant(shop.tenant_id, shop.slug, shop.is_sandbox))
    sold = list(goods) or [mug(stock=50)]
    merged = await put_on_sale(ctx, *sold)
    key = (await access.create_key(ctx, "all", ["*"])).key
    await door.relay()
    return ShopScene(
        door=door,
        ctx=ctx,
        host=f"{shop.slug}.{SETTINGS.base_domain}",
        key=key,
        variant_ids=[str(each) for made in merged for each in made.variant_ids],
        handle=sold[0].draft.handle or "",
    )


async def fill_cart(client: Client, *lines: tuple[str, int]) -> dict[str, Any]:
    """A new cart with these pieces, as the API shows it."""
    pieces = [{"variant_id": variant_id, "quantity": count} for variant_id, count in lines]
    cart: dict[str, Any] = await client.json("POST", "/store/v1/carts", json={"lines": pieces})
    return cart


def purchase(card: str = "tok_approve", **changes: object) -> dict[str, object]:
    """The body of a checkout."""
    return {
        "email": "ana@example.com",
        "shipping_address": ADDRESS,
        "shipping_method": "standard",
        "payment": {"method": "test", "token": card},
        **changes,
    }


async def buy(client: Client, *lines: tuple[str, int], **changes: object) -> dict[str, Any]:
    """A placed order of these pieces, as the API shows it."""
    cart = await fill_cart(client, *lines)
    order: dict[str, Any] = await client.json(
        "POST",
        f"/store/v1/carts/{cart['token']}/checkout",
        json=purchase(**changes),  # type: ignore[arg-type]
        headers={"Idempotency-Key": str(new_id())},
    )
    return order


# A key's last use and PostgreSQL's own bookkeeping are no change of what a shop has.
UNCOUNTED_COLUMNS: Mapping[str, Sequence[str]] = {"access.api_key": ("last_used_at",)}
_TABLES = """
SELECT n.nspname || '.' || quote_ident(c.relname) AS name,
       EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id')
           AS has_tenant
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence = 'p'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
ORDER BY 1
"""


class Ledger:
    """Remembers what all tables hold, so that a test can say that nothing has changed."""

    def __init__(self, database: Database, *tenant_ids: int) -> None:
        """Look at the rows of these tenants, and at all tables that know no tenant."""
        self._database = database
        self._tenant_ids = list(tenant_ids)

    async def digest(self) -> dict[str, str]:
        """Rows and a digest of their content, by table, as the owner of the tables sees them."""
        owner = await self._database.connect_owner()
        try:
            tables = await owner.fetch(_TABLES)
            rows = await owner.fetch(" UNION ALL ".join(map(self._statement, tables)))
        finally:
            await owner.close()
        return {row["name"]: f"{row['rows']} rows {row['digest']}" for row in rows}

    def _statement(self, table: Any) -> str:
        name = table["name"]
        drop = "".join(f" - '{column}'" for column in UNCOUNTED_COLUMNS.get(name, ()))
        ids = ", ".join(map(str, self._tenant_ids))
        where = f" WHERE tenant_id IN ({ids})" if table["has_tenant"] else ""
        return (
            f"SELECT '{name}' AS name, count(*) AS rows,"
            f" md5(coalesce(string_agg(line, '' ORDER BY line), '')) AS digest"
            f" FROM (SELECT (to_jsonb(t){drop})::text AS line FROM {name} t{where}) AS lines"
        )
