"""A back office in front of real engines, and people who work in it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import msgspec
import pytest

from galleria.app.http import api_app, base_config
from galleria.bindings import ROOMS
from galleria.commerce import catalog
from galleria.engines.context import HOUSE, SYSTEM, Context, Engines, Tenant
from galleria.faces.backoffice import backoffice_app
from galleria.faces.gateway import Apps, Gateway, Hosts
from galleria.foundation.ids import new_id
from galleria.platform import access, tenants
from galleria.platform.tenants import OpenShop, Shop
from galleria.settings import Settings
from tests.commerce.selling import mug, put_on_sale
from tests.faces.backoffice.browser import Browser, Page

PASSWORD = "correct horse battery staple"
NewShop = Callable[..., Awaitable[Context]]
SignedIn = Callable[..., Awaitable["Person"]]
NewPerson = Callable[..., Awaitable[access.Person]]
NewBrowser = Callable[[], Browser]


class Person(msgspec.Struct):
    """Someone with a browser, at work in a shop."""

    browser: Browser
    person: access.Person
    base: str

    async def get(self, path: str) -> Page:
        """A page of the shop."""
        return await self.browser.get(self.base + path)

    async def submit(self, page: Page, path: str, /, **changes: str | None) -> Page:
        """A form of the shop, filled in."""
        return await self.browser.submit(page, self.base + path, **changes)

    async def send(self, page: Page, path: str, changes: Mapping[str, str | None]) -> Page:
        """The same for names that are no identifiers."""
        return await self.browser.send(page, self.base + path, changes)


async def provisioned(ctx: Context, wanted: OpenShop) -> Shop:
    """A shop that can sell, as the roof opens it."""
    shop = await tenants.open_shop(ctx, wanted)
    inside = ctx.for_tenant(Tenant(shop.tenant_id, shop.slug)).as_actor(SYSTEM)
    for room in ROOMS:
        if room.provision is not None:
            await room.provision(inside)
    return shop


@pytest.fixture(scope="session")
def house(engines: Engines) -> Gateway:
    """The front door with the back office behind it."""
    settings = Settings()
    office = backoffice_app(base_config(), settings, b"a key for tests of forms", provisioned)
    hosts = Hosts(admin=settings.admin_host, api=frozenset({"127.0.0.1"}))
    return Gateway(engines, hosts, Apps(api=api_app(), storefront=office, backoffice=office))


@pytest.fixture
async def new_browser(house: Gateway) -> AsyncIterator[NewBrowser]:
    """Makes browsers, each at an address of its own."""
    made: list[Browser] = []

    def make() -> Browser:
        # Attempts to sign in are counted by address: each test has its own.
        number = new_id().int
        browser = Browser(house, f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")
        made.append(browser)
        return browser

    yield make
    for browser in made:
        await browser.client.aclose()


@pytest.fixture
def new_shop(engines: Engines) -> NewShop:
    """Opens a shop in euros, English and German; gives a context in it, acting as the system."""

    async def make(**changes: Any) -> Context:
        ctx = Context(engines, HOUSE, SYSTEM, request_id="open")
        fields: dict[str, Any] = {
            "slug": f"office-{new_id().hex[-12:]}",
            "name": "Kiln & Co",
            "currency": "EUR",
            "locale": "en",
            "locales": ["en", "de"],
            "country": "DE",
            **changes,
        }
        shop = await provisioned(ctx, OpenShop(**fields))
        engines.sql.directory.forget()
        tenant = Tenant(shop.tenant_id, shop.slug, shop.is_sandbox)
        return Context(engines, tenant, SYSTEM, request_id="test")

    return make


@pytest.fixture
async def shop(new_shop: NewShop) -> Context:
    """A shop."""
    return await new_shop()


@pytest.fixture
def new_person(house_ctx: Context) -> NewPerson:
    """Makes a person with PASSWORD, in a role of a shop when asked."""

    async def make(shop: Context | None = None, role: str = "owner") -> access.Person:
        email = f"mia-{new_id().hex[-12:]}@example.com"
        person = await access.create_person(house_ctx, email, "Mia", PASSWORD)
        if shop is not None:
            await access.grant(shop, person.person_id, role)
        return person

    return make


@pytest.fixture
def at_work(new_browser: NewBrowser, new_person: NewPerson) -> SignedIn:
    """Makes a person in a role of a shop, and signs them in by the page."""

    async def make(shop: Context, role: str = "owner") -> Person:
        person = await new_person(shop, role)
        browser = new_browser()
        await sign_in(browser, person.email)
        return Person(browser, person, f"/s/{shop.tenant.slug}")

    return make


async def sign_in(browser: Browser, email: str, password: str = PASSWORD) -> Page:
    """The page after the sign-in form."""
    page = await browser.get("/sign-in")
    return await browser.submit(page, "/sign-in", email=email, password=password)


@pytest.fixture
async def a_mug(shop: Context) -> catalog.ProductTree:
    """A mug on sale in two colours, at 24.00 and 26.00, three blue and no white ones there."""
    (made,) = await put_on_sale(shop, mug())
    assert made.product_id is not None
    return await catalog.get_product(shop, made.product_id)
