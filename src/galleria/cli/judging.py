"""`galleria search judge`: measures a shop's search by judgments."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

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
from galleria.engines.context import Context
from galleria.growth import relevance
from galleria.growth.relevance import Comparison, Figures, Imported, JudgmentSet, JudgmentSetDraft
from galleria.growth.relevance import Run as RelevanceRun
from galleria.settings import Settings

READ_AT_ONCE = 1 << 20
MOST_SETS = 100
HEADERS = (
    *("class", "queries", "nDCG@10", "recall", "precision", "MRR", "nothing found", "judged"),
    *("p50 ms", "p95 ms"),
)


def judge_command(
    judgments: Annotated[Path, typer.Argument(help="A CSV: query, product_id, grade.")],
    shop: ShopOption,
    name: Annotated[
        str | None, typer.Option("--set", help="The set they go into. [the file's name]")
    ] = None,
    profile: Annotated[
        str | None, typer.Option(help="The search's profile. [that of shoppers]")
    ] = None,
    channel: Annotated[str | None, typer.Option(help="Channel. [the shop's own]")] = None,
    locale: Annotated[str | None, typer.Option(help="Language. [the channel's own]")] = None,
    max_grade: Annotated[int, typer.Option(min=1, max=10, help="The best grade.")] = 3,
    data: DataOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Take judgments in, ask every query of them as a shopper would, and print how well the
    answers fit.

    Products are named by id, external id, handle or SKU; lines that name none are told. The set
    stays in the shop, so that a second time the change since the first is told as well. Channel,
    language and best grade are those of a set that is made now.

    Examples: galleria search judge judgments.csv --shop prints;
    galleria search judge judgments.csv --shop prints --set nightly --json
    """
    if not judgments.is_file():
        typer.secho(f"galleria: there is no file {judgments}", fg="red", err=True)
        raise typer.Exit(1)
    draft = JudgmentSetDraft(
        name=name or judgments.stem, channel=channel, locale=locale, max_grade=max_grade
    )
    run(_judge(settings_for(data), shop, judgments, draft, profile, as_json))


async def _judge(
    settings: Settings,
    slug: str,
    file: Path,
    draft: JudgmentSetDraft,
    profile: str | None,
    as_json: bool,
) -> None:
    async with open_house(settings) as house:
        ctx = await context_of_shop(house.context(), slug)
        of = await _set_called(ctx, draft)
        imported = await relevance.import_judgments(ctx, of.judgment_set_id, _parts(file))
        earlier = (await relevance.list_runs(ctx, of.judgment_set_id)).items
        started = await relevance.start_run(ctx, of.judgment_set_id, profile)
        done = await relevance.run_now(ctx, started.relevance_run_id)
        assert done is not None, "nobody else removes it"
        change = None
        before = next((each for each in earlier if each.state == "done"), None)
        if before is not None and done.state == "done":
            found = await relevance.compare_runs(
                ctx, before.relevance_run_id, done.relevance_run_id
            )
            change = found.comparison
    if as_json:
        print_json({"imported": imported, "run": done, "change": change})
    else:
        _tell(imported, done, change)
    if done.state != "done":
        typer.secho(f"galleria: the run failed: {done.failure}", fg="red", err=True)
        raise typer.Exit(1)


async def _set_called(ctx: Context, draft: JudgmentSetDraft) -> JudgmentSet:
    """The shop's set of this name; a new one when there is none."""
    sets = (await relevance.list_sets(ctx, limit=MOST_SETS)).items
    found = next((each for each in sets if each.name == draft.name), None)
    return found or await relevance.create_set(ctx, draft)


async def _parts(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as content:
        while part := content.read(READ_AT_ONCE):
            yield part


def _tell(imported: Imported, run: RelevanceRun, change: Comparison | None) -> None:
    typer.echo(f"{imported.taken_count} judgments taken, {imported.refused_count} refused")
    for each in imported.refused:
        typer.secho(f"  line {each.line}: {each.code} {each.text}", fg="yellow", err=True)
    if run.figures is not None:
        classes = [*run.classes.items(), ("all", run.figures)]
        print_table(HEADERS, [_row(name, figures) for name, figures in classes], "")
    if change is not None and change.before is not None and change.after is not None:
        chance = "" if change.p_value is None else f", p = {change.p_value:.3f}"
        typer.echo(
            f"nDCG@10 {change.before:.3f} before, {change.after:.3f} now: {change.gained_count}"
            f" queries gained, {change.lost_count} lost{chance}"
        )


def _row(name: str, figures: Figures) -> list[object]:
    measures = (figures.ndcg, figures.recall, figures.precision, figures.reciprocal_rank)
    return [
        name,
        figures.query_count,
        *("-" if each is None else f"{each:.3f}" for each in measures),
        *(f"{100 * each:.1f} %" for each in (figures.empty_share, figures.judged_share)),
        *(f"{each:.1f}" for each in (figures.p50_ms, figures.p95_ms)),
    ]
