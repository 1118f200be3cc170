"""`galleria search shards` and `place`: which shops have a search index of their own."""

import asyncio
from typing import Annotated

import msgspec
import typer

from galleria.app.house import House, open_house
from galleria.app.shops import context_of_shop
from galleria.app.worker import place_now
from galleria.cli.output import (
    DataOption,
    JsonFlag,
    ShopOption,
    print_json,
    print_table,
    run,
    settings_for,
)
from galleria.engines.search_index import SearchUnavailable
from galleria.engines.search_index.placing import SHARED, PlacedIndex, Wish
from galleria.foundation.errors import InvalidInput
from galleria.settings import Settings

LOOKED_EACH_S = 0.5
_SHARED_NAME = "(shared)"


class ShardLine(msgspec.Struct):
    """One index. `shop` is None for the one that shops share; `wish` is own or shared where the
    operator has said so."""

    shop: str | None
    documents: int
    size_bytes: int
    segments: int
    state: str
    wish: str | None = None


def shards_command(data: DataOption = None, as_json: JsonFlag = False) -> None:
    """List the indexes of search: the one that shops share, and those of shops with their own.

    Examples: galleria search shards; galleria search shards --json
    """
    lines = run(_shards(settings_for(data)))
    if as_json:
        print_json(lines)
        return
    print_table(
        ["shop", "documents", "MB", "segments", "state", "wished"],
        [
            [
                each.shop or _SHARED_NAME,
                each.documents,
                f"{each.size_bytes / 1e6:.1f}",
                each.segments,
                each.state,
                each.wish or "",
            ]
            for each in lines
        ],
        "there is no index yet",
    )


def place_command(
    shop: ShopOption,
    place: Annotated[
        Wish, typer.Option("--in", help="own, shared, or by-size as the settings say.")
    ],
    waits: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Come back when the shop lies there.")
    ] = True,
    data: DataOption = None,
) -> None:
    """Move a shop's search to an index of its own, or back to the one that shops share.

    It is answered all the while. The worker moves it, within half a minute, or this command where
    none runs. What is said here holds, whatever the shop's size, until `--in by-size`.

    Examples: galleria search place --shop prints --in own;
    galleria search place --shop prints --in by-size --no-wait
    """
    typer.echo(run(_place(settings_for(data), shop, place, waits)))


async def _shards(settings: Settings) -> list[ShardLine]:
    async with open_house(settings) as house:
        index = _placed(house)
        wishes = await index.wishes()
        lines = []
        for each in await index.shards():
            entry = await house.engines.sql.directory.by_id(each.tenant_id)
            is_whole = each.is_readable and not each.needs_rebuild
            state = "well" if is_whole else "to be rebuilt"
            line = ShardLine(
                shop=None if entry is None or each.tenant_id == SHARED else entry.slug,
                documents=each.documents,
                size_bytes=each.size_bytes,
                segments=each.segments,
                state="being filled" if each.is_filling else state,
                wish=wishes.get(each.tenant_id),
            )
            lines.append(line)
        return lines


async def _place(settings: Settings, slug: str, place: Wish, waits: bool) -> str:
    async with open_house(settings) as house:
        index = _placed(house)
        tenant_id = (await context_of_shop(house.context(), slug)).tenant.tenant_id
        await index.wish(tenant_id, place)
        if not waits:
            return f"{slug}: noted; a worker sees to it"
        is_done = await place_now(house)
        if place is not Wish.BY_SIZE:
            await _until_placed(index, tenant_id, place, is_done)
        is_apart = tenant_id in await index.own_of()
        return f"{slug}: has its own index" if is_apart else f"{slug}: shares the index"


async def _until_placed(index: PlacedIndex, tenant_id: int, place: Wish, is_done: bool) -> None:
    while (tenant_id in await index.own_of()) is not (place is Wish.OWN):
        if is_done:
            raise SearchUnavailable("the shop could not be moved; the log says why")
        await asyncio.sleep(LOOKED_EACH_S)


def _placed(house: House) -> PlacedIndex:
    index = house.engines.search
    if not isinstance(index, PlacedIndex):
        raise InvalidInput("search lies in clusters, which see for themselves who lies where")
    return index
