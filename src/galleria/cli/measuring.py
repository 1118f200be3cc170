"""`galleria bench quick`: what this machine does with this data, in some seconds."""

import time
from collections.abc import Awaitable, Callable
from typing import Annotated

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
from galleria.commerce import listings
from galleria.engines.context import Context
from galleria.engines.sql import claim, forget_claim
from galleria.growth import search
from galleria.growth.search import Question
from galleria.settings import Settings

BENCH = typer.Typer(help="Measure this installation.", no_args_is_help=True)


class Figure(msgspec.Struct, frozen=True):
    """One thing measured: how often a second, and the median and 99th percentile of one."""

    name: str
    per_s: float
    p50_ms: float
    p99_ms: float


@BENCH.callback()
def bench() -> None:
    """Measure this installation. Figures of the project stand in docs/benchmarks."""


@BENCH.command("quick")
def quick_command(
    shop: ShopOption,
    seconds: Annotated[float, typer.Option(help="How long each thing is done.")] = 1.0,
    data: DataOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Read products, lists and search pages of a shop, commit, and say how fast each of it was.

    One after another and without HTTP: a first look at a machine, not a load test. What it commits
    is a row that the same transaction takes away again, so nothing of the shop changes.

    Example: galleria bench quick --shop prints
    """
    figures = run(_measure(settings_for(data), shop, seconds))
    if as_json:
        print_json(figures)
        return
    print_table(
        ["", "a second", "p50 ms", "p99 ms"],
        [[f.name, f"{f.per_s:.0f}", f"{f.p50_ms:.2f}", f"{f.p99_ms:.2f}"] for f in figures],
        "nothing measured",
    )


async def _measure(settings: Settings, slug: str, seconds: float) -> list[Figure]:
    async with open_house(settings) as house:
        ctx = await context_of_shop(house.context(), slug)
        window = await listings.window_of(ctx)
        cards, _ = await listings.page_of_cards(ctx, window, limit=1)
        handle = msgspec.json.decode(cards[0])["handle"] if cards else "none"

        async def one_product() -> None:
            if cards:
                await listings.detail_of(ctx, window, handle)

        async def one_list() -> None:
            await listings.page_of_cards(ctx, window, limit=20)

        async def one_search() -> None:
            await search.ask(ctx, window, Question(words=handle.split("-")[0]))

        return [
            await _repeated("read under the tenant's policy", ctx.ping, seconds),
            await _repeated("product", one_product, seconds),
            await _repeated("list of 20", one_list, seconds),
            await _repeated("search page with counts", one_search, seconds),
            await _repeated("commit", lambda: _commit(ctx), seconds),
        ]


async def _commit(ctx: Context) -> None:
    """A row written and removed again in one transaction, which waits for the disk."""
    async with ctx.transaction() as tx:
        await claim(tx, "bench", "quick", b"")
        await forget_claim(tx, "bench", "quick")


async def _repeated(name: str, call: Callable[[], Awaitable[None]], seconds: float) -> Figure:
    await call()
    times: list[float] = []
    until = time.perf_counter() + seconds
    while (started := time.perf_counter()) < until:
        await call()
        times.append(time.perf_counter() - started)
    times.sort()
    return Figure(
        name,
        len(times) / seconds,
        times[len(times) // 2] * 1000,
        times[len(times) * 99 // 100] * 1000,
    )


def add_to(app: typer.Typer) -> None:
    """The commands of this module are part of `app`."""
    app.add_typer(BENCH, name="bench")
