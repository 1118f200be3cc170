"""A host of pictures at a real socket, and a shop that may call it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from ipaddress import ip_network

import pytest

from galleria.commerce import catalog, pictures
from galleria.commerce.catalog import MediaDraft, ProductDraft, VariantDraft
from galleria.commerce.pictures import Counts, Picture
from galleria.commerce.pictures.jobs import SUBSCRIPTIONS
from galleria.commerce.pictures.model import PicturesSettings
from galleria.engines.context import HOUSE, Context, Tenant
from galleria.engines.event_log import Relay
from galleria.engines.outbound import Allowance, Breakers, Outbound
from galleria.platform import tenants
from galleria.platform.tenants import OpenShop
from tests.engines.outbound.servers import Answer, LocalServer, Received, plain, serving

PNG = b"\x89PNG\r\n\x1a\n"


def png(name: str) -> bytes:
    """Bytes that are told as a PNG; others for each name."""
    return PNG + name.encode()


@dataclass
class Host:
    """Answers what a test has put at a path, else 404; counts what it is asked."""

    server: LocalServer
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    under_way: int = 0
    most_under_way: int = 0

    def at(self, path: str) -> str:
        """The address of a path."""
        return f"{self.server.url}{path}"

    def put(self, path: str, answer: Answer | bytes) -> str:
        """The path answers so from here on; its address."""
        self.answers[path] = answer if callable(answer) else plain(200, answer)
        return self.at(path)

    async def answer(self, request: Received, writer: asyncio.StreamWriter) -> None:
        self.asked[request.path] += 1
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await self.answers.get(request.path, plain(404))(request, writer)
        finally:
            self.under_way -= 1


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    """A server of pictures."""
    made: list[Host] = []

    async def answer(request: Received, writer: asyncio.StreamWriter) -> None:
        await made[0].answer(request, writer)

    async with serving(answer) as server:
        made.append(Host(server))
        yield made[0]


@pytest.fixture
async def shop(ctx: Context, host: Host) -> AsyncIterator[Context]:
    """A shop whose house may call the host, at its port and nothing else of this machine."""
    allow = (Allowance(ip_network("127.0.0.1/32"), host.server.port),)
    outbound = Outbound(allow, breakers=Breakers(failures_to_open=1_000))
    settings = {PicturesSettings: PicturesSettings(deadline_s=1.0)}
    engines = replace(ctx.engines, outbound=outbound, room_settings=settings)
    slug = f"p{ctx.tenant.slug}"[:30]
    opened = await tenants.open_shop(
        ctx.for_tenant(HOUSE),
        OpenShop(slug=slug, name="Shop", currency="EUR", locale="en", country="DE"),
    )
    yield Context(engines, Tenant(opened.tenant_id, slug), ctx.actor, "test")
    await outbound.close()


def named(handle: str, *urls: str, variant: str | None = None) -> ProductDraft:
    """A product with pictures at these addresses, and one of its variant."""
    variants = [VariantDraft(sku=handle, image_url=variant)]
    media = [MediaDraft(source_url=url) for url in urls]
    return ProductDraft(handle=handle, title=handle, media=media, variants=variants)


async def merged(ctx: Context, *drafts: ProductDraft) -> list[catalog.ProductTree]:
    """The products, as the shop has them."""
    async with ctx.transaction() as tx:
        made = await catalog.merge_products(tx, drafts)
    ids = [each.product_id for each in made if each.product_id is not None]
    return await catalog.products_for_listing(ctx, ids)


async def heard(ctx: Context) -> None:
    """All events so far have reached the room."""
    relay = Relay(ctx.engines, SUBSCRIPTIONS)
    while await relay.drain():
        pass


async def fetched(ctx: Context) -> Counts:
    """What is due has been fetched; how many there are in each state."""
    await heard(ctx)
    await pictures.fetch_pictures(ctx)
    await heard(ctx)
    return await pictures.get_counts(ctx)


async def only(ctx: Context, state: pictures.PictureState) -> Picture:
    """The one picture in this state."""
    (picture,) = (await pictures.list_pictures(ctx, state)).items
    return picture


async def tree(ctx: Context, handle: str) -> catalog.ProductTree:
    """The product with this handle."""
    return await catalog.get_product_by_handle(ctx, handle)
