"""A back office at work on a large shop: the house with its processes, a browser, and a watch."""

import asyncio
import os
import random
import shutil
import statistics
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from playwright.async_api import Locator, Page, async_playwright

from benchmarks._catalog import BLOCK, SEED, Maker
from benchmarks._demo import figure
from benchmarks.catalog_import import SHOP, opened
from benchmarks.catalog_record import Grown, grow
from galleria.app.house import House, migrate_house, open_house
from galleria.app.shops import Newcomer, context_of_shop, open_for_owner
from galleria.app.supervisor import Child, Supervisor, child_environ
from galleria.app.worker import relay_until_quiet
from galleria.commerce import catalog
from galleria.commerce.catalog import ProductFilter, Sort
from galleria.engines.context import Context
from galleria.engines.secrets import load_master_secret
from galleria.engines.sql.launcher import EmbeddedPostgres
from galleria.platform.tenants import OpenShop
from galleria.settings import Settings, load_settings

OWNER = Newcomer(email="office@example.com", password="nobody outside sees this shop")  # noqa: S106
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"),
    *("--disable-component-update", "--disable-sync"),
    # Browsers know that *.localhost is this machine; a container's resolver may not.
    "--host-resolver-rules=MAP *.localhost 127.0.0.1",
]
WIDTH, MOST_HEIGHT = 1_280, 1_400  # of a picture
PATIENCE_MS = 60_000
READY_WITHIN_S = 120
MOST_MS = 1_000


class Drawn(msgspec.Struct, frozen=True):
    """A product drawn by chance, and what a clerk may know of it. Prices in minor units.

    `by_title` leads to the page behind it in the list by title, `by_age` in the list of the newest.
    """

    product_id: UUID
    title: str
    brand: str
    sku: str
    category_id: UUID
    price_min: int
    price_max: int
    by_title: str | None
    by_age: str | None


class Known(msgspec.Struct, frozen=True):
    """What is known of the shop before the walk begins."""

    products: int
    drawn: list[Drawn]


def settings_of(folder: Path, port: int) -> Settings:
    """The house in a folder that `catalog_record` fills, answering at a port."""
    return load_settings({}, data=str(folder / "data"), port=port)


async def prepare(settings: Settings, folder: Path, variants: int, rounds: int) -> Known:
    """The shop is full and has an owner; what was drawn of it comes back."""
    await migrate_house(settings)
    async with open_house(settings) as house:
        ctx, made = await _filled(house, folder, variants)
        wanted = OpenShop(slug=SHOP, name="Bulk", currency="EUR", locale="en", country="DE")
        await open_for_owner(house.context(), wanted, settings.base_domain, OWNER)
        await relay_until_quiet(house)
        counts = await catalog.count_products(ctx)
        return Known(products=sum(counts.values()), drawn=await _draw(ctx, made, rounds))


async def _filled(house: House, folder: Path, variants: int) -> tuple[Context, int]:
    """The shop, and how many products were made for it; one filled before stays as it is."""
    notes = folder / "grown.json"
    if notes.exists():
        grown = msgspec.json.decode(notes.read_bytes(), type=Grown)
        return await context_of_shop(house.context(), SHOP), grown.products
    ctx, grown = await opened(house), Grown()
    await grow(house, ctx, grown, variants, folder)
    kept = Grown(grown.variants, grown.products, grown.next_block, since=grown.variants)
    notes.write_bytes(msgspec.json.encode(kept))
    return ctx, grown.products


async def _draw(ctx: Context, made: int, count: int) -> list[Drawn]:
    """Products drawn evenly from those that were made, the same each time."""
    draw = random.Random(SEED)
    return [await _drawn(ctx, _made(number)) for number in draw.sample(range(made), count)]


def _made(number: int) -> dict[str, Any]:
    """The product that was made as this one, counted from 0."""
    block, at = divmod(number, BLOCK)
    (product,) = islice(Maker().block(block), at, at + 1)
    return product


async def _drawn(ctx: Context, made: dict[str, Any]) -> Drawn:
    variants = made["variants"]
    sku = str(variants[0]["sku"])
    (variant,) = (await catalog.list_variants(ctx, None, sku, None, 1)).items
    product_id = variant.product_id
    product = (await catalog.summaries_of(ctx, [product_id]))[product_id]
    (tree,) = await catalog.products_for_listing(ctx, [product_id])
    sorts: tuple[Sort, Sort] = ("-title", "created")
    everything = ProductFilter()
    by_title, by_age = [
        await catalog.cursor_before(ctx, product, everything, sort) for sort in sorts
    ]
    return Drawn(
        product_id=product_id,
        title=str(made["title"]),
        brand=str(made["brand"]),
        sku=sku,
        category_id=tree.categories[0].category_id,
        price_min=min(each["price_minor"] for each in variants),
        price_max=max(each["price_minor"] for each in variants),
        by_title=by_title,
        by_age=by_age,
    )


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[list[Child]]:
    """Database, server and the two workers, as `galleria demo` runs them, without its shops."""
    folder = settings.data_folder
    database = EmbeddedPostgres(folder, load_master_secret(folder, settings.secret))
    await database.start()
    environ = child_environ(data=str(folder), port=str(settings.port), log_level="error")
    stop = asyncio.Event()
    children = [
        Child("server", ["serve"], environ),
        Child("events", ["worker", "--only", "events"], environ),
        Child("jobs", ["worker", "--only", "jobs"], environ),
    ]
    supervising = asyncio.create_task(Supervisor(database, children).run(stop))
    try:
        deadline = time.monotonic() + READY_WITHIN_S
        while not await asyncio.to_thread(_answers, settings.port):
            assert time.monotonic() < deadline, "the server answers"
            await asyncio.sleep(0.1)
        yield children
    finally:
        stop.set()
        await supervising


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


class Walk:
    """A person at the back office of the shop, with a watch."""

    def __init__(self, page: Page, settings: Settings, screens: Path | None) -> None:
        """`screens` is where a picture of each kind of page is left, if anywhere."""
        self.page, self.office = page, settings.admin_address
        self.base = f"{self.office}/s/{SHOP}"
        self._screens = screens
        self._seen: set[str] = set()
        self._took: dict[str, list[float]] = {}

    async def go(self, path: str) -> None:
        """The page at an address of the shop, not timed."""
        await self.page.goto(self.base + path)

    async def click(self, name: str, target: Locator) -> None:
        """The page that a click leads to is there; how long that took is kept under the name."""
        started = time.perf_counter()
        async with self.page.expect_navigation(wait_until="load"):
            await target.click()
        await self._keep(name, started)

    async def jump(self, name: str, address: str) -> None:
        """The same for an address that somebody kept."""
        started = time.perf_counter()
        await self.page.goto(self.base + address, wait_until="load")
        await self._keep(name, started)

    async def until(self, name: str, act: Callable[[], Awaitable[object]]) -> None:
        """The same for what happens on a page without another one."""
        started = time.perf_counter()
        await act()
        await self._keep(name, started)

    async def _keep(self, name: str, started: float) -> None:
        self._took.setdefault(name, []).append((time.perf_counter() - started) * 1_000)
        if name not in self._seen:
            self._seen.add(name)
            await self.picture(name)

    async def picture(self, name: str) -> None:
        """The page as it is now is kept among the pictures, when pictures are wanted."""
        if self._screens is not None:
            height = await self.page.evaluate("() => document.documentElement.scrollHeight")
            clip = {"x": 0, "y": 0, "width": WIDTH, "height": min(height, MOST_HEIGHT)}
            path = self._screens / f"{name}.png"
            await self.page.screenshot(path=path, full_page=True, clip=clip)  # type: ignore[arg-type]

    def report(self, unheld: Sequence[str] = ()) -> bool:
        """Print each page's figures; whether all held. `unheld` ones have no bar."""
        held = []
        for name, took in self._took.items():
            most = None if name in unheld else MOST_MS
            held.append(figure(f"{name}_p50", statistics.median(took), "ms", most))
            figure(f"{name}_worst", max(took), "ms")
        return all(held)


@asynccontextmanager
async def at_work(settings: Settings) -> AsyncIterator[Walk]:
    """The owner, signed in. What a page complains about is an error at the end.

    Raises:
        AssertionError: Chromium is not installed (Debian package chromium).
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    assert chromium, "install chromium"
    screens = os.environ.get("CATALOG_SCREENS")
    if screens:
        Path(screens).mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        context = await browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
        context.set_default_timeout(PATIENCE_MS)
        complaints: list[str] = []
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        page = await context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        walk = Walk(page, settings, Path(screens) if screens else None)
        await page.goto(walk.office)
        await page.get_by_label("E-mail").fill(OWNER.email)
        await page.get_by_label("Password", exact=True).fill(OWNER.password)
        await page.get_by_role("button", name="Sign in").click()
        await page.get_by_role("link", name="Bulk").first.wait_for()
        try:
            yield walk
        finally:
            await walk.picture("last")
            await browser.close()
        assert not complaints, complaints
