"""`galleria key`: credentials of programs."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
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
from galleria.platform.access import (
    SEARCH_SCOPE,
    CreatedKey,
    DayOfUse,
    KeyAnswer,
    KeyTerms,
    ListedKey,
    NewKind,
    RotatedKey,
    RotationView,
)
from galleria.settings import Settings

MOST_GRACE_S = 90 * 86_400
MOST_TEXT = 300
KeyArgument = Annotated[UUID, typer.Argument(help="As `galleria key list` shows it.")]
KEYS = typer.Typer(
    help="Create, list, replace and revoke API keys of a shop.", no_args_is_help=True
)


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
    kind: Annotated[
        str | None, typer.Option(help="restricted, secret or publishable (for browsers).")
    ] = None,
    profile: Annotated[str, typer.Option(help="The channel profile by which it is answered.")] = "",
    fixed: Annotated[bool, typer.Option(help="It may ask for no other profile.")] = False,
    location: Annotated[
        str, typer.Option(help="Code of the stock location at which its device stands.")
    ] = "",
    data: DataOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Create a key. It is shown once and kept only as a hash.

    Examples: galleria key create --shop prints --name app --scope products:read;
    galleria key create --shop prints --name kiosk-1 --scope kiosk:sell --profile kiosk --fixed;
    galleria key create --shop prints --name web --search-limits '{"categories": ["posters"]}'
    """
    if search_limits is None:
        wanted = scope or [SEARCH_SCOPE if kind == "publishable" else "products:read"]
        terms = KeyTerms(profile=profile, profile_is_fixed=fixed, location=location)
        created = run(_create(settings_for(data), shop, name, wanted, kind, terms))
    elif scope in (None, [SEARCH_SCOPE]) and not (profile or fixed or location):
        created = run(_create_for_search(settings_for(data), shop, name, search_limits))
    else:
        told = f"limits are for keys of the scope {SEARCH_SCOPE} and no other, bound to no device"
        typer.secho(f"galleria: {told}", fg="red", err=True)
        raise typer.Exit(1)
    if as_json:
        print_json(created)
        return
    typer.echo(created.key)
    typer.secho("Keep it now: it cannot be shown again.", err=True)


class WantedKind(msgspec.Struct):
    """What was typed as a kind."""

    kind: NewKind


async def _create(
    settings: Settings,
    slug: str,
    name: str,
    scopes: list[str],
    kind: str | None,
    terms: KeyTerms,
) -> CreatedKey:
    wanted: NewKind | None = None
    if kind:
        wanted = decode_json(msgspec.json.encode({"kind": kind}), WantedKind).kind
    async with open_house(settings) as house:
        ctx = await context_of_shop(house.context(), slug)
        return await access.create_key(ctx, name, scopes, kind=wanted, terms=terms)


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
    key_id: KeyArgument,
    shop: ShopOption,
    data: DataOption = None,
) -> None:
    """Revoke a key; it is refused within a second.

    Example: galleria key revoke 0199… --shop prints
    """
    run(_revoke(settings_for(data), shop, key_id))
    typer.echo("revoked")


async def _revoke(settings: Settings, slug: str, key_id: UUID) -> None:
    async with open_house(settings) as house:
        ctx = await context_of_shop(house.context(), slug)
        await access.revoke_key(ctx, key_id)


@KEYS.command("rotate")
def rotate_command(
    key_id: KeyArgument,
    shop: ShopOption,
    grace: Annotated[
        int, typer.Option(help="Seconds for which the old key stays good; 0 when it has leaked.")
    ] = 86_400,
    data: DataOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Replace a key: both are good for a while. The new one is shown once.

    Example: galleria key rotate 0199… --shop prints --grace 604800
    """
    if not 0 <= grace <= MOST_GRACE_S:
        typer.secho(f"galleria: --grace is 0 to {MOST_GRACE_S} seconds", fg="red", err=True)
        raise typer.Exit(1)
    rotated = run(_rotate(settings_for(data), shop, key_id, grace))
    if as_json:
        print_json(rotated)
        return
    typer.echo(rotated.new.key)
    typer.secho(
        f"Keep it now: it cannot be shown again. The old key ends at {_at(rotated.old)}.", err=True
    )


async def _rotate(settings: Settings, slug: str, key_id: UUID, grace_s: int) -> RotatedKey:
    async with open_house(settings) as house:
        ctx = await context_of_shop(house.context(), slug)
        return await access.rotate_key(ctx, key_id, grace_s)


@KEYS.command("rotation")
def rotation_command(
    key_id: KeyArgument, shop: ShopOption, data: DataOption = None, as_json: JsonFlag = False
) -> None:
    """Who still uses a key that is being replaced, and whether it is safe to finish.

    Example: galleria key rotation 0199… --shop prints
    """
    view = run(_rotation(settings_for(data), shop, key_id))
    if as_json:
        print_json(view)
        return
    print_table(
        ["network", "program", "route", "requests", "last"],
        [
            [each.client, each.agent, each.route, each.uses, _moment(each.last_used_at)]
            for each in view.still_used_by
        ],
        "nobody has used the old key since",
    )
    typer.echo(f"{view.old.status} until {_at(view.old)}; {view.verdict.replace('_', ' ')}")


async def _rotation(settings: Settings, slug: str, key_id: UUID) -> RotationView:
    async with open_house(settings) as house:
        ctx = await context_of_shop(house.context(), slug)
        return await access.rotation_of(ctx, key_id)


@KEYS.command("finish")
def finish_command(key_id: KeyArgument, shop: ShopOption, data: DataOption = None) -> None:
    """End the old key of a rotation now.

    Example: galleria key finish 0199… --shop prints
    """
    run(_finish(settings_for(data), shop, key_id))
    typer.echo("finished")


async def _finish(settings: Settings, slug: str, key_id: UUID) -> None:
    async with open_house(settings) as house:
        ctx = await context_of_shop(house.context(), slug)
        await access.finish_rotation(ctx, key_id)


@KEYS.command("cancel")
def cancel_command(key_id: KeyArgument, shop: ShopOption, data: DataOption = None) -> None:
    """Keep the old key of a rotation as it was; the new one is revoked.

    Example: galleria key cancel 0199… --shop prints
    """
    run(_cancel(settings_for(data), shop, key_id))
    typer.echo("cancelled")


async def _cancel(settings: Settings, slug: str, key_id: UUID) -> None:
    async with open_house(settings) as house:
        ctx = await context_of_shop(house.context(), slug)
        await access.cancel_rotation(ctx, key_id)


@KEYS.command("brown-out")
def brown_out_command(
    key_id: KeyArgument,
    shop: ShopOption,
    percent: Annotated[int, typer.Option(min=0, max=100, help="Of the old key's requests.")],
    data: DataOption = None,
) -> None:
    """Refuse some requests with a key that is being replaced, so that its last users notice.

    Example: galleria key brown-out 0199… --shop prints --percent 10
    """
    run(_brown_out(settings_for(data), shop, key_id, percent))
    typer.echo(f"{percent} % refused")


async def _brown_out(settings: Settings, slug: str, key_id: UUID, percent: int) -> None:
    async with open_house(settings) as house:
        ctx = await context_of_shop(house.context(), slug)
        await access.set_brown_out(ctx, key_id, percent)


@KEYS.command("usage")
def usage_command(
    key_id: KeyArgument, shop: ShopOption, data: DataOption = None, as_json: JsonFlag = False
) -> None:
    """Who used a key, by day, the newest hundred rows.

    Example: galleria key usage 0199… --shop prints
    """
    days = run(_usage(settings_for(data), shop, key_id))
    if as_json:
        print_json(days)
        return
    print_table(
        ["day", "network", "program", "route", "requests", "last"],
        [
            [
                each.used_on,
                each.client,
                each.agent,
                each.route,
                each.uses,
                _moment(each.last_used_at),
            ]
            for each in days
        ],
        "nobody has used it in the last 90 days",
    )


async def _usage(settings: Settings, slug: str, key_id: UUID) -> list[DayOfUse]:
    async with open_house(settings) as house:
        ctx = await context_of_shop(house.context(), slug)
        return list((await access.list_uses(ctx, key_id, None, 100)).items)


@KEYS.command("verify")
def verify_command(data: DataOption = None) -> None:
    """Say what a key is that comes by standard input: VALID, GRACE, EXPIRED, REVOKED …

    Example: galleria key verify < key.txt
    """
    print_json(run(_verify(settings_for(data), typer.get_text_stream("stdin").read().strip())))


async def _verify(settings: Settings, text: str) -> KeyAnswer:
    async with open_house(settings) as house:
        return await access.answer_for_key(house.context(), text[:MOST_TEXT])


def _at(key: ListedKey) -> str:
    return _moment(key.grace_ends_at) if key.grace_ends_at else "no time"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def add_to(app: typer.Typer) -> None:
    """The commands of this module are part of `app`."""
    app.add_typer(KEYS, name="key")
