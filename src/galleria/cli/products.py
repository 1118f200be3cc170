"""`galleria import` and `galleria export`: product files in and out of a shop."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import nullcontext
from pathlib import Path
from typing import IO, Annotated, Any, Literal
from uuid import UUID

import msgspec
import typer
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from typer.core import TyperGroup

from galleria.app.house import open_house
from galleria.app.shops import context_of_shop
from galleria.app.worker import relay_until_quiet
from galleria.cli.output import DataOption, JsonFlag, ShopOption, print_json, run, settings_for
from galleria.commerce import imports
from galleria.commerce.imports import Change, Problem, Run, UndoRemark
from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from galleria.settings import Settings

CHUNK_BYTES = 1024 * 1024
MOST_SHOWN = 20
FILE_VERB = "file"
_GROUP_HELP = "Take a file into a shop; hold an import up, or take it back."


class Undone(msgspec.Struct, frozen=True):
    """How an import was taken back, and the first of what stayed."""

    run: Run
    remarks: list[UndoRemark]


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
    typer.echo(f"import {done.run_id}")
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


RunArgument = Annotated[UUID, typer.Argument(help="The import, as `import` or its page names it.")]


def undo_command(
    run_id: RunArgument, shop: ShopOption, data: DataOption = None, as_json: JsonFlag = False
) -> None:
    """Take an import back as a whole: what it made goes, what it changed is as before.

    What was ordered or edited since stays, and is listed. Only imports of products that ended in
    the last 30 days. To have it again, import the file again.

    Example: galleria import undo 0192d3a0-0000-7000-8000-000000000000 --shop prints
    """
    run_, remarks = run(_undo(settings_for(data), shop, run_id, is_quiet=as_json))
    if as_json:
        print_json(Undone(run_, remarks))
    else:
        _show_undone(run_, remarks)
    if run_.state != "undone":
        raise typer.Exit(1)


async def _undo(
    settings: Settings, shop: str, run_id: UUID, *, is_quiet: bool
) -> tuple[Run, list[UndoRemark]]:
    async with open_house(settings) as house:
        ctx = await context_of_shop(house.context(), shop)
        asked = await imports.start_undo(ctx, run_id)
        ended = await _run(ctx, asked, is_quiet=is_quiet)
        await relay_until_quiet(house)
        remarks = await imports.list_undo_remarks(ctx, run_id, None, MOST_SHOWN)
        return ended, remarks.items


def _show_undone(done: Run, remarks: list[UndoRemark]) -> None:
    typer.echo(
        f"{done.state}: {done.undo_removed_count} products removed, "
        f"{done.undo_reverted_count} as before, {done.undo_kept_count} kept; "
        f"{done.undo_collection_count} places in collections, {done.undo_price_count} prices and"
        f" {done.undo_stock_count} levels of stock went back"
    )
    for remark in remarks:
        place = f"{remark.handle} {remark.path}".strip()
        typer.secho(f"  {place}: {remark.reason} [{remark.code}]", fg="yellow")
    if done.undo_remark_count > len(remarks):
        typer.echo(f"  … and {done.undo_remark_count - len(remarks)} more")


def pause_command(run_id: RunArgument, shop: ShopOption, data: DataOption = None) -> None:
    """Hold an import up: nothing more goes in until it is resumed, whatever is restarted.

    Example: galleria import pause 0192d3a0-0000-7000-8000-000000000000 --shop prints
    """
    held = run(_turn(settings_for(data), shop, run_id, imports.pause_import))
    typer.echo(f"{held.state} after {held.product_count} products")


def resume_command(run_id: RunArgument, shop: ShopOption, data: DataOption = None) -> None:
    """Go on with a paused import where it stood, when its turn comes; a worker does it.

    Example: galleria import resume 0192d3a0-0000-7000-8000-000000000000 --shop prints
    """
    resumed = run(_turn(settings_for(data), shop, run_id, imports.resume_import))
    typer.echo(f"{resumed.state} after {resumed.product_count} products")


async def _turn(
    settings: Settings, shop: str, run_id: UUID, verb: Callable[[Context, UUID], Awaitable[Run]]
) -> Run:
    async with open_house(settings) as house:
        ctx = await context_of_shop(house.context(), shop)
        return await verb(ctx, run_id)


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


class _FileFirst(TyperGroup):
    """What is no verb is a file: `galleria import products.csv` says no more than it must."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Name the verb that was left out."""
        if args and args[0] not in self.commands and args[0] != "--help":
            args = [FILE_VERB, *args]
        return super().parse_args(ctx, args)


def add_to(app: typer.Typer) -> None:
    """The commands of this module are part of `app`."""
    group = typer.Typer(cls=_FileFirst, help=_GROUP_HELP, no_args_is_help=True)
    group.command(FILE_VERB)(import_command)
    group.command("undo")(undo_command)
    group.command("pause")(pause_command)
    group.command("resume")(resume_command)
    app.add_typer(group, name="import")
    app.command("export")(export_command)
