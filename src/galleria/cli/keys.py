"""`galleria key`: credentials of programs."""

from typing import Annotated
from uuid import UUID

import typer

from galleria.app.house import open_house
from galleria.app.shops import context_of_shop
from galleria.cli.output import (
    DataOption,
    JsonFlag,
    ShopOption,
    print_json,
    print_table,
    run,
    settings_for,
)
from galleria.foundation.http import decode_json
from galleria.growth import search
from galleria.growth.search import NewSearchLimits
from galleria.platform import access
from galleria.platform.access import SEARCH_SCOPE, CreatedKey, ListedKey
from galleria.settings import Settings

KEYS = typer.Typer(help="Create, list and revoke API keys of a shop.", no_args_is_help=True)


@KEYS.command("create")
def create_command(
    shop: ShopOption,
    name: Annotated[str, typer.Option(help="What the key is for.")],
    scope: Annotated[
        list[str] | None, typer.Option(help="Such as products:read; repeat for more.")
    ] = None,
    search_limits: Annotated[
        str | None,
        typer.Option(help="What a key of the scope search:read may search, as JSON."),
    ] = None,
    data: DataOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Create a key. It is shown once and kept only as a hash.

    Examples: galleria key create --shop prints --name app --scope products:read;
    galleria key create --shop prints --name web --search-limits '{"categories": ["posters"]}'
    """
    if search_limits is None:
        created = run(_create(settings_for(data), shop, name, scope or ["products:read"]))
    elif scope in (None, [SEARCH_SCOPE]):
        created = run(_create_for_search(settings_for(data), shop, name, search_limits))
    else:
        told = f"limits are for keys of the scope {SEARCH_SCOPE} and no other"
        typer.secho(f"galleria: {told}", fg="red", err=True)
        raise typer.Exit(1)
    if as_json:
        print_json(created)
        return
    typer.echo(created.key)
    typer.secho("Keep it now: it cannot be shown again.", err=True)


async def _create(settings: Settings, slug: str, name: str, scopes: list[str]) -> CreatedKey:
    async with open_house(settings) as house:
        ctx = await context_of_shop(house.context(), slug)
        return await access.create_key(ctx, name, scopes)


async def _create_for_search(settings: Settings, slug: str, name: str, said: str) -> CreatedKey:
    limits = decode_json(said.encode(), NewSearchLimits).limits()
    async with open_house(settings) as house:
        ctx = await context_of_shop(house.context(), slug)
        return (await search.create_key(ctx, name, limits)).key


@KEYS.command("list")
def list_command(shop: ShopOption, data: DataOption = None, as_json: JsonFlag = False) -> None:
    """The keys of a shop, without the keys themselves: active, expired or revoked, and last used.

    Example: galleria key list --shop prints
    """
    keys = run(_list(settings_for(data), shop))
    if as_json:
        print_json(keys)
        return
    print_table(
        ["key_id", "name", "scopes", "status", "last used"],
        [
            [
                key.key_id,
                key.name,
                " ".join(sorted(key.scopes)),
                key.status,
                f"{key.last_used_at:%Y-%m-%d %H:%M} UTC" if key.last_used_at else "never",
            ]
            for key in keys
        ],
        "no key yet; create one with `galleria key create`",
    )


async def _list(settings: Settings, slug: str) -> list[ListedKey]:
    async with open_house(settings) as house:
        ctx = await context_of_shop(house.context(), slug)
        return list((await access.list_keys(ctx, None, 100)).items)


@KEYS.command("revoke")
def revoke_command(
    key_id: Annotated[UUID, typer.Argument(help="As `galleria key list` shows it.")],
    shop: ShopOption,
    data: DataOption = None,
) -> None:
    """Revoke a key; it is refused within five seconds.

    Example: galleria key revoke 0199… --shop prints
    """
    run(_revoke(settings_for(data), shop, key_id))
    typer.echo("revoked")


async def _revoke(settings: Settings, slug: str, key_id: UUID) -> None:
    async with open_house(settings) as house:
        ctx = await context_of_shop(house.context(), slug)
        await access.revoke_key(ctx, key_id)


def add_to(app: typer.Typer) -> None:
    """The commands of this module are part of `app`."""
    app.add_typer(KEYS, name="key")
