"""`galleria import` and `galleria export`: product files in and out of a shop."""

import sys
from collections.abc import AsyncIterator
from contextlib import nullcontext
from pathlib import Path
from typing import IO, Annotated, Literal

import msgspec
import typer
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from galleria.app.house import open_house
from galleria.app.shops import context_of_shop
from galleria.app.worker import relay_until_quiet
from galleria.cli.output import DataOption, JsonFlag, ShopOption, print_json, run, settings_for
from galleria.commerce import imports
from galleria.commerce.imports import Change, Problem, Run
from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from galleria.settings import Settings

CHUNK_BYTES = 1024 * 1024
MOST_SHOWN = 20


class Report(msgspec.Struct, frozen=True):
    """How an import went, with the first problems and, of a dry run, the first changes."""

    run: Run
    problems: list[Problem]
    changes: list[Change]


def import_command(
    file: Annotated[Path, typer.Argument(help="The file; its format is found by looking.")],
    shop: ShopOption,
    is_dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would change.")
    ] = False,
    publish: Annotated[
        bool | None,
        typer.Option("--publish/--draft", help="Put new products on sale, or keep them back."),
    ] = None,
    data: DataOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Take a file into a shop: products of any known format, or what a shop moves in with.

    Good rows go in, bad ones are listed with line, column, reason and remedy. The same file again
    changes nothing; an import that was interrupted goes on where it was. Exit code 1 when products
    were refused.

    Examples: galleria import products.csv --shop prints --dry-run;
    galleria import catalog.jsonl.gz --shop prints --publish
    """
    if not file.is_file():
        typer.secho(f"galleria: there is no file {file}", fg="red", err=True)
        raise typer.Exit(1)
    settings = settings_for(data)
    report = run(_import(settings, file, shop, is_dry_run, publish, is_quiet=as_json))
    if as_json:
        print_json(report)
    else:
        _show(report)
    if report.run.state != "done" or report.run.refused_count:
        raise typer.Exit(1)


async def _import(
    settings: Settings,
    file: Path,
    shop: str,
    is_dry_run: bool,
    publish: bool | None,
    *,
    is_quiet: bool,
) -> Report:
    async with open_house(settings) as house:
        ctx = await context_of_shop(house.context(), shop)
        stored = await imports.accept_file(ctx, file.name, _chunks(file))
        started = await imports.start_import(
            ctx, stored.file_id, is_dry_run=is_dry_run, publish=publish
        )
        ended = await _run(ctx, started, is_quiet=is_quiet)
        if not is_dry_run:
            await relay_until_quiet(house)
        problems = await imports.list_problems(ctx, ended.run_id, None, MOST_SHOWN)
        changes = await imports.list_changes(ctx, ended.run_id, None, MOST_SHOWN)
        return Report(ended, problems.items, changes.items)


async def _run(ctx: Context, started: Run, *, is_quiet: bool) -> Run:
    """The import is worked at here, with a bar on a terminal; a worker may help."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    shows_bar = sys.stderr.isatty() and not is_quiet
    with Progress(*columns, transient=True) if shows_bar else nullcontext() as bar:
        reports = None
        if bar is not None:
            reports = _Bar(bar, bar.add_task("reading", total=None))
        return await imports.run_import_now(ctx, started.run_id, reports)


class _Bar:
    """Draws an import's progress on the terminal."""

    def __init__(self, bar: Progress, task: TaskID) -> None:
        self._bar, self._task = bar, task

    async def report(self, done: int, total: int | None = None, note: str = "") -> None:
        self._bar.update(self._task, completed=done, total=total, description=note or "importing")

    async def flush(self) -> None:
        self._bar.refresh()


async def _chunks(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as opened:
        while chunk := opened.read(CHUNK_BYTES):
            yield chunk


def _show(report: Report) -> None:
    done = report.run
    verb = "would be " if done.is_dry_run else ""
    typer.echo(
        f"{done.format}, {done.product_count} products: {verb}created {done.created_count}, "
        f"changed {done.changed_count}, unchanged {done.unchanged_count}, "
        f"refused {done.refused_count}"
    )
    for change in report.changes:
        typer.echo(f"  {change.outcome:<10} {change.handle}")
    if done.change_count > len(report.changes):
        typer.echo(f"  … and {done.change_count - len(report.changes)} more")
    for problem in report.problems:
        place = f"line {problem.line}" + (f", {problem.column}" if problem.column else "")
        typer.secho(f"  {place}: {problem.reason} [{problem.code}]", fg="yellow")
        typer.echo(f"    {problem.remedy}")
    if done.problem_count > len(report.problems):
        typer.echo(f"  … and {done.problem_count - len(report.problems)} more problems")
    if done.failure:
        typer.secho(f"it stopped: {done.failure} [{done.failure_code}]", fg="red", err=True)


def export_command(
    shop: ShopOption,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to; standard output without it.")
    ] = None,
    data: DataOption = None,
) -> None:
    """Write all products of a shop as JSON Lines. Importing the file again changes nothing.

    A name that ends in .csv is written as a table, one that ends in .gz is packed.

    Example: galleria export --shop prints -o prints.jsonl.gz
    """
    run(_export(settings_for(data), shop, output))


async def _export(settings: Settings, shop: str, output: Path | None) -> None:
    async with open_house(settings) as house:
        ctx = await context_of_shop(house.context(), shop)
        if output is None:
            await _write(ctx, sys.stdout.buffer, is_packed=False)
            return
        unfinished = output.with_name(output.name + ".unfinished")
        try:
            with unfinished.open("wb") as file:
                is_packed = output.suffix == ".gz"
                suffix = output.with_suffix("").suffix if is_packed else output.suffix
                format: Literal["jsonl", "csv"] = "csv" if suffix == ".csv" else "jsonl"
                await _write(ctx, file, format=format, is_packed=is_packed)
        except OSError as error:
            raise InvalidInput(f"cannot write {output}: {error.strerror}") from error
        unfinished.rename(output)


async def _write(
    ctx: Context,
    file: IO[bytes],
    *,
    format: Literal["jsonl", "csv"] = "jsonl",
    is_packed: bool,
) -> None:
    async for piece in imports.export_shop(ctx, format=format, is_packed=is_packed):
        file.write(piece)


def add_to(app: typer.Typer) -> None:
    """The commands of this module are part of `app`."""
    app.command("import")(import_command)
    app.command("export")(export_command)
