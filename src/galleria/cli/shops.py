"""`galleria shop`: open, list, show and close shops."""

import re
from datetime import timedelta
from typing import Annotated

import typer

from galleria.app.house import House, open_house
from galleria.app.shops import Newcomer, context_of_shop, open_and_provision, open_for_owner
from galleria.cli.output import (
    DataOption,
    JsonFlag,
    print_json,
    print_table,
    run,
    settings_for,
)
from galleria.cli.passwords import PasswordGiven, asked_password, given_password
from galleria.platform import access, tenants
from galleria.platform.tenants import OpenShop, Shop, ShopClock
from galleria.settings import Settings

SHOPS = typer.Typer(help="Open, list, show and close shops.", no_args_is_help=True)
Slug = Annotated[str, typer.Argument(help="The shop's slug: its name in addresses.")]
_SPAN = re.compile(r"([0-9]{1,6})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@SHOPS.command("open")
def open_command(
    slug: Slug,
    name: Annotated[str, typer.Option(help="The shop's name.")] = "",
    currency: Annotated[str, typer.Option(help="ISO 4217, such as EUR.")] = "EUR",
    locale: Annotated[list[str] | None, typer.Option(help="Language, the default first.")] = None,
    country: Annotated[str, typer.Option(help="ISO 3166-1, such as DE.")] = "DE",
    domain: Annotated[list[str] | None, typer.Option(help="A further domain.")] = None,
    owner: Annotated[
        str | None, typer.Option(help="E-mail of the person who may do everything in it.")
    ] = None,
    is_password_given: PasswordGiven = False,
    is_sandbox: Annotated[
        bool, typer.Option("--sandbox", help="For trying out: no money moves, no mail leaves.")
    ] = False,
    data: DataOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Open a shop; it is reachable at once.

    Without an owner it is worked by commands and keys alone. An owner whom the house does not know
    yet is made, with a password that is asked for; everyone else signs in as ever. With an owner
    the command may be repeated, and gives a shop that nobody owns its first.

    Example: galleria shop open mug-shop --name "Mug Shop" --locale en --owner ana@example.com
    """
    if is_password_given and owner is None:
        raise typer.BadParameter("--password-stdin is for the password of an --owner")
    locales = locale or ["en"]
    wanted = OpenShop(
        slug=slug,
        name=name or slug.replace("-", " ").title(),
        currency=currency.upper(),
        locale=locales[0],
        locales=locales,
        country=country.upper(),
        hosts=domain or [],
        is_sandbox=is_sandbox,
    )
    settings = settings_for(data)
    if owner is None:
        shop = run(_open(settings, wanted, None))
    else:
        password = given_password() if is_password_given else _asked_password(settings, owner)
        shop = run(_open(settings, wanted, Newcomer(email=owner, password=password)))
    _show(settings, shop, as_json, owner)


def _asked_password(settings: Settings, email: str) -> str:
    """What the operator types; nothing is asked about someone who has a password."""
    if run(_is_known(settings, email)):
        return ""
    return asked_password(f"Password for {email}, who is new")


async def _is_known(settings: Settings, email: str) -> bool:
    async with open_house(settings) as house:
        return await access.person_with_email(house.context(), email) is not None


async def _open(settings: Settings, wanted: OpenShop, owner: Newcomer | None) -> Shop:
    async with open_house(settings) as house:
        if owner is None:
            return await open_and_provision(house.context(), wanted, settings.base_domain)
        return await open_for_owner(house.context(), wanted, settings.base_domain, owner)


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


@SHOPS.command("clock")
def clock_command(
    slug: Slug,
    advance: Annotated[
        str | None, typer.Option(help="How far to move it ahead: 90s, 15m, 36h, 30d, 2w.")
    ] = None,
    data: DataOption = None,
    as_json: JsonFlag = False,
) -> None:
    """What time it is in a shop, or move the clock of a sandbox ahead. It never goes back.

    Example: galleria shop clock try-mugs --advance 30d
    """
    span = None if advance is None else span_of(advance)
    clock = run(_move(settings_for(data), slug, span))
    if as_json:
        print_json(clock)
        return
    typer.echo(f"it is {clock.now:%Y-%m-%d %H:%M:%S} UTC in {slug}")
    typer.echo(f"  ahead by   {timedelta(seconds=clock.ahead_s)}")


def span_of(text: str) -> timedelta:
    """`30d` as thirty days.

    Raises:
        BadParameter: it is no span of time.
    """
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        raise typer.BadParameter("write a number with s, m, h, d or w, such as 30d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


async def _move(settings: Settings, slug: str, span: timedelta | None) -> ShopClock:
    async with open_house(settings) as house:
        ctx = await context_of_shop(house.context(), slug)
        if span is None:
            return tenants.clock_of(ctx)
        return await tenants.move_clock(ctx, ctx.now + span)


def _show(settings: Settings, shop: Shop, as_json: bool, owner: str | None = None) -> None:
    address = settings.shop_address(shop.slug)
    if as_json:
        of_owner = {"owner": {"email": owner, "sign_in": settings.admin_address}} if owner else {}
        print_json({"shop": shop, "address": address, **of_owner})
        return
    typer.echo(f"{shop.name} ({shop.slug}) is {shop.status}{', a sandbox' * shop.is_sandbox}")
    typer.echo(f"  address    {address}")
    typer.echo(f"  currency   {shop.default_currency}")
    typer.echo(f"  languages  {', '.join(shop.locales)}")
    typer.echo(f"  opened     {shop.created_at:%Y-%m-%d %H:%M} UTC")
    if owner:
        typer.echo(f"  owner      {owner}, who signs in at {settings.admin_address}")


def add_to(app: typer.Typer) -> None:
    """The commands of this module are part of `app`."""
    app.add_typer(SHOPS, name="shop")
