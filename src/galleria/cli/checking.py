"""`galleria doctor`: what is wrong, and how to mend it."""

from typing import Annotated

import typer

from galleria.app.diagnosis import Check, diagnose
from galleria.cli.output import DataOption, JsonFlag, print_json, run, settings_for
from galleria.settings import Settings


def doctor(
    mends: Annotated[
        bool, typer.Option("--mend", help="Put right what can be, such as listings that lack.")
    ] = False,
    data: DataOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Look the house over. Exit code 1 when something is wrong.

    Example: galleria doctor
    """
    checks = run(_all(settings_for(data), mends))
    if as_json:
        print_json(checks)
    else:
        for check in checks:
            mark, color = ("ok ", "green") if check.is_well else ("BAD", "red")
            typer.secho(f"{mark}  {check.name:<17} {check.found}", fg=color)
            if check.remedy:
                typer.echo(f"     {'':<17} {check.remedy}")
    if not all(check.is_well for check in checks):
        raise typer.Exit(1)


async def _all(settings: Settings, mends: bool) -> list[Check]:
    return [check async for check in diagnose(settings, mends=mends)]


def add_to(app: typer.Typer) -> None:
    """The commands of this module are part of `app`."""
    app.command("doctor")(doctor)
