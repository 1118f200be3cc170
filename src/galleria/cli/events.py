"""`galleria events`: what handlers could not take, to be looked at, replayed or dropped."""

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
from galleria.engines.event_log import (
    DeadLetter,
    drop_dead_letter,
    list_dead_letters,
    replay_dead_letter,
)
from galleria.settings import Settings

EVENTS = typer.Typer(help="Look at events that could not be handled.", no_args_is_help=True)
Handler = Annotated[str, typer.Argument(help="The handler's name.")]
EventId = Annotated[UUID, typer.Argument(help="The event's id.")]


@EVENTS.command("list")
def list_command(shop: ShopOption, data: DataOption = None, as_json: JsonFlag = False) -> None:
    """Parked and dead events of a shop, latest first.

    Example: galleria events list --shop prints
    """
    letters = run(_list(settings_for(data), shop))
    if as_json:
        print_json(letters)
        return
    print_table(
        ["handler", "event_id", "tag", "tries", "state", "reason"],
        [
            [
                each.handler,
                each.event_id,
                each.tag,
                each.attempts,
                "dead" if each.is_dead else "waiting",
                each.reason[:80],
            ]
            for each in letters
        ],
        "no event is waiting",
    )


async def _list(settings: Settings, slug: str) -> list[DeadLetter]:
    async with open_house(settings) as house:
        return await list_dead_letters(await context_of_shop(house.context(), slug))


@EVENTS.command("replay")
def replay_command(
    handler: Handler, event_id: EventId, shop: ShopOption, data: DataOption = None
) -> None:
    """Try an event again at once.

    Example: galleria events replay listings.changed 0199… --shop prints
    """
    run(_replay(settings_for(data), shop, handler, event_id))
    typer.echo("will be tried again")


async def _replay(settings: Settings, slug: str, handler: str, event_id: UUID) -> None:
    async with open_house(settings) as house:
        ctx = await context_of_shop(house.context(), slug)
        await replay_dead_letter(ctx, handler, event_id)


@EVENTS.command("drop")
def drop_command(
    handler: Handler, event_id: EventId, shop: ShopOption, data: DataOption = None
) -> None:
    """Give an event up, so that later ones of its subject go on.

    Example: galleria events drop listings.changed 0199… --shop prints
    """
    run(_drop(settings_for(data), shop, handler, event_id))
    typer.echo("dropped")


async def _drop(settings: Settings, slug: str, handler: str, event_id: UUID) -> None:
    async with open_house(settings) as house:
        ctx = await context_of_shop(house.context(), slug)
        await drop_dead_letter(ctx, handler, event_id)


def add_to(app: typer.Typer) -> None:
    """The commands of this module are part of `app`."""
    app.add_typer(EVENTS, name="events")
