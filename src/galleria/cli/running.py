"""The long-running commands, and the one that brings tables up to date."""

from typing import Annotated

import typer

from galleria.app.house import migrate_house, open_house
from galleria.app.http import serve
from galleria.app.supervisor import stop_signal
from galleria.app.worker import Part, run_worker
from galleria.cli.output import DataOption, JsonFlag, print_json, run, settings_for
from galleria.demo.seeding import prepare_demo
from galleria.settings import Settings


def serve_command(
    data: DataOption = None,
    host: str | None = typer.Option(None, help="Address to bind. [GALLERIA_HOST]"),
    port: int | None = typer.Option(None, help="Port to bind. [GALLERIA_PORT]"),
) -> None:
    """Answer requests: shops, API and back office.

    Refuses to start when the database would not keep shops apart, and says why.

    Example: galleria serve --port 8000
    """
    run(_serve(settings_for(data, host=host, port=port)))


async def _serve(settings: Settings) -> None:
    async with open_house(settings) as house:
        await serve(house)


def worker_command(
    data: DataOption = None,
    only: Annotated[
        list[Part] | None,
        typer.Option(
            help="Only hand out events and write the index, run jobs, or send to webhooks; "
            "repeat for two of them."
        ),
    ] = None,
) -> None:
    """Hand out events, run jobs and schedules, write the indexes. Any number may run.

    Examples: galleria worker; galleria worker --only jobs
    """
    run(_work(settings_for(data), frozenset(only or Part)))


async def _work(settings: Settings, parts: frozenset[Part]) -> None:
    stop = await stop_signal()
    async with open_house(settings) as house:
        await run_worker(house, stop, parts)


def migrate_command(data: DataOption = None, as_json: JsonFlag = False) -> None:
    """Bring the database's roles and tables up to date. Safe to repeat, and to run twice at once.

    Example: galleria migrate
    """
    applied = run(migrate_house(settings_for(data)))
    if as_json:
        print_json([{"room": each.room, "name": each.name} for each in applied])
    elif applied:
        for each in applied:
            typer.echo(f"applied {each.room} {each.name}")
    else:
        typer.echo("up to date")


def prepare_demo_command(data: DataOption = None) -> None:
    """Migrate and fill the demo's shops; what `galleria demo` runs before it serves."""
    run(prepare_demo(settings_for(data)))


def add_to(app: typer.Typer) -> None:
    """The commands of this module are part of `app`."""
    app.command("serve")(serve_command)
    app.command("worker")(worker_command)
    app.command("migrate")(migrate_command)
    app.command("prepare-demo", hidden=True)(prepare_demo_command)
