"""Shops, people and an HTTP client for the tests of the platform floor."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.di import Provide

from galleria.engines.cache.memory import MemoryCache
from galleria.engines.context import HOUSE, SYSTEM, Actor, Context, Engines, Tenant
from galleria.faces.gateway import EXCEPTION_HANDLERS
from galleria.foundation.ids import new_id
from galleria.foundation.routing import CONTEXT_KEY
from galleria.platform import access, tenants

PASSWORD = "correct horse battery staple"

OpenShop = Callable[..., Awaitable[Context]]
NewPerson = Callable[..., Awaitable[access.Person]]


@pytest.fixture(scope="session")
def engines(engines: Engines) -> Engines:
    """The run's engines with a cache, which keys are remembered in."""
    return replace(engines, cache=MemoryCache())


@pytest.fixture
def open_shop(engines: Engines) -> OpenShop:
    """Opens a shop and gives a context inside it, acting as the system."""

    async def make(**wanted: Any) -> Context:
        slug = wanted.pop("slug", f"shop-{new_id().hex[-12:]}")
        house = Context(engines, HOUSE, SYSTEM, request_id="open")
        opening = {"name": "Shop", "currency": "EUR", "locale": "en", "country": "DE", **wanted}
        shop = await tenants.open_shop(house, tenants.OpenShop(slug=slug, **opening))
        return Context(engines, Tenant(shop.tenant_id, slug), SYSTEM, request_id="test")

    return make


@pytest.fixture
async def shop_ctx(open_shop: OpenShop) -> Context:
    """A shop that was opened by the house."""
    return await open_shop()


@pytest.fixture
async def other_shop_ctx(open_shop: OpenShop) -> Context:
    """A second one, who should see nothing of the first."""
    return await open_shop()


@pytest.fixture
def new_person(house_ctx: Context) -> NewPerson:
    """Makes a person with an e-mail of their own and PASSWORD."""

    async def make(email: str | None = None) -> access.Person:
        address = email or f"ana-{new_id().hex[-12:]}@example.com"
        return await access.create_person(house_ctx, address, "Ana", PASSWORD)

    return make


def at(ctx: Context, instant: datetime) -> Context:
    """The same tenant and actor at another instant."""
    return Context(ctx.engines, ctx.tenant, ctx.actor, ctx.request_id, ctx.locale, instant)


def later(ctx: Context, **span: float) -> Context:
    """The same tenant and actor, `span` (as for timedelta) later."""
    return at(ctx, ctx.now + timedelta(**span))


def acting_with(ctx: Context, *scopes: str) -> Context:
    """The same tenant, acting as a key with just these scopes."""
    return ctx.as_actor(Actor("key", "a-key", frozenset(scopes)))


@asynccontextmanager
async def client_of(routes: Sequence[Any], ctx: Context) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client whose every request is made in `ctx`, as if the gateway had resolved it."""

    async def provide() -> Context:
        return ctx

    app = Litestar(
        list(routes),
        dependencies={"ctx": Provide(provide)},
        exception_handlers=EXCEPTION_HANDLERS,
        openapi_config=None,
    )

    async def resolved(scope: Any, receive: Any, send: Any) -> None:
        scope[CONTEXT_KEY] = ctx
        await app(scope, receive, send)

    transport = httpx.ASGITransport(resolved)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client
