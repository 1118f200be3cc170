"""`galleria search`: asks a shop's search as its storefront does."""

import sys
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import IO, Annotated
from uuid import UUID

import msgspec
import typer

from galleria.app.house import open_house
from galleria.app.shops import context_of_shop
from galleria.cli.judging import judge_command
from galleria.cli.output import DataOption, ShopOption, run, settings_for
from galleria.cli.placing import place_command, shards_command
from galleria.commerce import catalog, listings
from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from galleria.growth import search
from galleria.growth.search import Question
from galleria.settings import Settings

SEARCH = typer.Typer(help="Ask and measure a shop's search.", no_args_is_help=True)
MOST_HITS = 100


class _Card(msgspec.Struct):
    product_id: UUID


@SEARCH.callback()
def group() -> None:
    """Ask a shop's search as its storefront does, measure it, and say where it lies."""


@SEARCH.command("run")
def run_command(
    queries: Annotated[Path, typer.Argument(help="A file with a query a line; - reads stdin.")],
    shop: ShopOption,
    limit: Annotated[int, typer.Option(min=1, max=MOST_HITS, help="Hits of each query.")] = 10,
    locale: Annotated[str | None, typer.Option(help="Language. [the shop's own]")] = None,
    ranking: Annotated[
        str | None, typer.Option(help="The ranking to go by. [the shop's default]")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file instead of the screen.")
    ] = None,
    data: DataOption = None,
) -> None:
    """Print what each query finds, best first: the query, a tab, the product's external id.

    It goes the way a shopper's question goes, so what is printed can be scored by any set of
    judgments. A product without an external id is named by its handle; a query that finds nothing
    has no line. Empty lines are left out.

    Examples: galleria search run queries.txt --shop prints;
    cut -f1 judged.tsv | sort -u | galleria search run - --shop prints --limit 50 -o found.tsv
    """
    if str(queries) != "-" and not queries.is_file():
        typer.secho(f"galleria: there is no file {queries}", fg="red", err=True)
        raise typer.Exit(1)
    settings = settings_for(data)
    with sys.stdin if str(queries) == "-" else queries.open(encoding="utf-8-sig") as lines:
        asked = Question(limit=limit, ranking=ranking, with_facets=False)
        run(_run(settings, shop, locale, asked, lines, output))


async def _run(
    settings: Settings,
    slug: str,
    locale: str | None,
    asked: Question,
    lines: Iterable[str],
    output: Path | None,
) -> None:
    async with open_house(settings) as house:
        ctx = await context_of_shop(house.context(), slug)
        window = (await listings.window_of(ctx)).in_language(locale or "")
        if asked.ranking is not None:
            await search.ranking_called(ctx, asked.ranking)
        # Only now, so that a slip in the shop's name costs no earlier file.
        with _opened(output) as out:
            async for query, refs in _answers(ctx, window, lines, asked):
                out.writelines(f"{query}\t{ref}\n" for ref in refs)
            out.flush()


def _opened(output: Path | None) -> AbstractContextManager[IO[str]]:
    return nullcontext(sys.stdout) if output is None else output.open("w", encoding="utf-8")


async def _answers(
    ctx: Context, window: listings.Window, lines: Iterable[str], asked: Question
) -> AsyncIterator[tuple[str, Sequence[str]]]:
    decoder = msgspec.json.Decoder(_Card)
    for line in lines:
        query = line.rstrip("\r\n").replace("\t", " ")
        if not query.strip():
            continue
        wanted = msgspec.structs.replace(asked, words=query)
        try:
            answer = await search.ask(ctx, window, wanted)
        except InvalidInput as error:
            typer.secho(f"galleria: {query[:60]}: {error.detail}", fg="yellow", err=True)
            continue
        ids = [decoder.decode(card).product_id for card in answer.items]
        names = await catalog.names_of(ctx, ids)
        found = [names[each] for each in ids if each in names]
        yield query, [each.external_ref or each.handle for each in found]


def add_to(app: typer.Typer) -> None:
    """The commands of this module are part of `app`."""
    SEARCH.command("judge")(judge_command)
    SEARCH.command("shards")(shards_command)
    SEARCH.command("place")(place_command)
    app.add_typer(SEARCH, name="search")
