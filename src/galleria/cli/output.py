"""How commands speak: tables and sentences for people, JSON for scripts, one line for a failure."""

import asyncio
import os
import sys
from collections.abc import Coroutine, Sequence
from typing import Annotated, Any, TypeVar

import msgspec
import typer
import uvloop

from galleria.foundation.errors import GalleriaError
from galleria.foundation.telemetry import configure_logging
from galleria.settings import Settings, load_settings

T = TypeVar("T")

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
DataOption = Annotated[
    str | None,
    typer.Option("--data", help="Folder of the house's data. [GALLERIA_DATA, else .galleria]"),
]
ShopOption = Annotated[str, typer.Option("--shop", help="The shop's slug.")]


def settings_for(data: str | None = None, **overrides: object) -> Settings:
    """The settings of this command; logging goes to standard error as they say.

    One that does not fit ends the command with exit code 1, and its name.
    """
    try:
        settings = load_settings(os.environ, data=data, **overrides)
    except GalleriaError as error:
        _say_what_failed(error)
        raise typer.Exit(1) from None
    configure_logging(settings.log_level, settings.log_json)
    return settings


def run(work: Coroutine[Any, Any, T]) -> T:
    """What the coroutine returns; an expected failure ends the command with exit code 1."""
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(work)
    except GalleriaError as error:
        _say_what_failed(error)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _say_what_failed(error: GalleriaError) -> None:
    typer.secho(f"galleria: {error.detail} [{error.code}]", fg="red", err=True)
    for each in error.errors:
        typer.secho(f"  {each.path}: {each.message} [{each.code}]", fg="red", err=True)


def print_json(value: object) -> None:
    """The value as one JSON document on standard output."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")
    sys.stdout.flush()  # a script that reads through a pipe is not kept waiting until we end


def print_table(headers: Sequence[str], rows: Sequence[Sequence[object]], empty: str) -> None:
    """Rows as aligned columns; `empty` is said when there are none."""
    if not rows:
        typer.echo(empty)
        return
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [
        max(len(header), *(len(row[at]) for row in texts)) for at, header in enumerate(headers)
    ]
    for line in [list(headers), *texts]:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())
