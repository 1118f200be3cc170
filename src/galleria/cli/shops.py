"""`galleria shop`: open, list, show and close shops."""

from typing import Annotated

import typer

from galleria.app.house import House, open_house
from galleria.app.shops import context_of_shop, open_and_provision
from galleria.cli.output import (
    DataOption,
    JsonFlag,
    print_json,
    print_table,
    run,
    settings_for,
)
from galleria.platform import tenants
from galleria.platform.tenants import OpenShop, Shop
from galleria.settings import Settings

SHOPS = typer.Typer(help="Open, list, show and close shops.", no_args_is_help=True)
Slug = Annotated[str, typer.Argument(help="The shop's slug: its name in addresses.")]


@SHOPS.command("open")
def open_command(
    slug: Slug,
    name: Annotated[str, typer.Option(help="The shop's name.")] = "",
    currency: Annotated[str, typer.Option(help="ISO 4217, such as EUR.")] = "EUR",
    locale: Annotated[list[str] | None, typer.Option(help="Language, the default first.")] = None,
    country: Annotated[str, typer.Option(help="ISO 3166-1, such as DE.")] = "DE",
    domain: Annotated[list[str] | None, typer.Option(help="A further domain.")] = None,
    data: DataOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Open a shop; it is reachable at once.

    Example: galleria shop open mug-shop --name "Mug Shop" --currency EUR --locale en --locale de
    """
    locales = locale or ["en"]
    wanted = OpenShop(
        slug=slug,
        name=name or slug.replace("-", " ").title(),
        currency=currency.upper(),
        locale=locales[0],
        locales=locales,
        country=country.upper(),
        hosts=domain or [],
    )
    settings = settings_for(data)
    shop = run(_open(settings, wanted))
    _show(settings, shop, as_json)


async def _open(settings: Settings, wanted: OpenShop) -> Shop:
    async with open_house(settings) as house:
        return await open_and_provision(house.context(), wanted, settings.base_domain)


@SHOPS.command("list")
def list_command(data: DataOption = None, as_json: JsonFlag = False) -> None:
    """All shops.

    Example: galleria shop list --json
    """
    settings = settings_for(data)
    shops = run(_list(settings))
    if as_json:
        print_json(shops)
        return
    print_table(
        ["slug", "name", "status", "currency", "address"],
        [
            [s.slug, s.name, s.status, s.default_currency, settings.shop_address(s.slug)]
            for s in shops
        ],
        "no shop yet; open one with `galleria shop open SLUG`",
    )


async def _list(settings: Settings) -> list[Shop]:
    async with open_house(settings) as house:
        return await all_shops(house)


async def all_shops(house: House) -> list[Shop]:
    """Every shop of the house, page by page."""
    shops: list[Shop] = []
    cursor: str | None = None
    while True:
        page = await tenants.list_shops(house.context(), cursor, 100)
        shops += page.items
        cursor = page.next_cursor
        if cursor is None:
            return shops


@SHOPS.command("show")
def show_command(slug: Slug, data: DataOption = None, as_json: JsonFlag = False) -> None:
    """One shop.

    Example: galleria shop show mug-shop
    """
    settings = settings_for(data)
    _show(settings, run(_shop(settings, slug)), as_json)


async def _shop(settings: Settings, slug: str) -> Shop:
    async with open_house(settings) as house:
        return await tenants.shop_of(await context_of_shop(house.context(), slug))


@SHOPS.command("close")
def close_command(slug: Slug, data: DataOption = None, as_json: JsonFlag = False) -> None:
    """Close a shop: it sells no more, and nothing of it is deleted.

    Example: galleria shop close mug-shop
    """
    settings = settings_for(data)
    _show(settings, run(_close(settings, slug)), as_json)


async def _close(settings: Settings, slug: str) -> Shop:
    async with open_house(settings) as house:
        ctx = await context_of_shop(house.context(), slug)
        return await tenants.close_shop(house.context(), ctx.tenant.slug)


def _show(settings: Settings, shop: Shop, as_json: bool) -> None:
    address = settings.shop_address(shop.slug)
    if as_json:
        print_json({"shop": shop, "address": address})
        return
    typer.echo(f"{shop.name} ({shop.slug}) is {shop.status}")
    typer.echo(f"  address    {address}")
    typer.echo(f"  currency   {shop.default_currency}")
    typer.echo(f"  languages  {', '.join(shop.locales)}")
    typer.echo(f"  opened     {shop.created_at:%Y-%m-%d %H:%M} UTC")


def add_to(app: typer.Typer) -> None:
    """The commands of this module are part of `app`."""
    app.add_typer(SHOPS, name="shop")
