"""The door of the gateway's tests, and shops that have kiosks."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from galleria.commerce import catalog
from galleria.commerce.catalog import ProductChanges
from galleria.commerce.inventory import NewLocation, create_location
from galleria.engines.context import Context, Engines
from galleria.faces import kiosk
from galleria.platform import access
from galleria.platform.access import KIOSK_SCOPE, KeyTerms
from tests.commerce.selling import mug
from tests.faces.gateway.conftest import door
from tests.faces.gateway.door import Client, Door, ShopScene, open_shop_scene

__all__ = ["door"]
PACK = "/store/v1/offline-pack"


@dataclass(frozen=True)
class KioskScene:
    """A shop with a kiosk in its arcade, which keeps no stock there yet."""

    shop: ShopScene
    key: str

    def client(self) -> Client:
        """The kiosk, with a network."""
        return self.shop.clerk(self.key)

    @property
    def ctx(self) -> Context:
        """The shop at this instant, as the system acts in it."""
        inside = self.shop.ctx
        return Context(inside.engines, inside.tenant, inside.actor, inside.request_id)

    def after(self, span: timedelta) -> Context:
        """The shop so long from now."""
        ctx = self.ctx
        return Context(
            ctx.engines, ctx.tenant, ctx.actor, ctx.request_id, ctx.locale, ctx.now + span
        )

    async def make_packs(self, engines: Engines | None = None) -> None:
        """A worker has made all packs that were asked for, with its own engines if it has any."""
        rows = await self.ctx.read(
            "SELECT pack_id FROM kiosk.pack WHERE tenant_id = $1 AND made_at IS NULL"
        )
        for row in rows:
            ctx = self.ctx
            worker = Context(engines or ctx.engines, ctx.tenant, ctx.actor, ctx.request_id)
            await kiosk.make_pack(worker, row["pack_id"])


async def kiosk_key(shop: ShopScene, *scopes: str, **terms: object) -> str:
    """A key of a kiosk in the arcade."""
    bound = {"profile": "kiosk", "profile_is_fixed": True, "location": "arcade", **terms}
    made = KeyTerms(**bound)  # type: ignore[arg-type]
    return (await access.create_key(shop.ctx, "kiosk", [KIOSK_SCOPE, *scopes], terms=made)).key


async def open_kiosk(door: Door) -> KioskScene:
    """A shop of its own, with one kiosk."""
    shop = await open_shop_scene(door, mug(stock=50))
    await create_location(shop.ctx, NewLocation(code="arcade", name="Arcade", country="DE"))
    return KioskScene(shop, await kiosk_key(shop))


async def retitle(scene: KioskScene, handle: str, title: str) -> None:
    """The shop window shows the product under another title."""
    product = await catalog.get_product_by_handle(scene.ctx, handle)
    await catalog.update_product(scene.ctx, product.product_id, ProductChanges(title=title))
    await scene.shop.door.relay()


@pytest.fixture
async def scene(door: Door) -> KioskScene:
    """A shop of its own for each test."""
    return await open_kiosk(door)
