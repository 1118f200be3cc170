"""Big shops have a search index of their own, small ones share one; nobody notices the move."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.engines.context import SYSTEM, Context
from galleria.engines.search_index import CommitBatcher
from galleria.engines.search_index.placing import SHARED, Wish
from galleria.engines.search_index.shards import (
    Bounds,
    ShardedIndex,
    ShardedWriter,
    open_sharded,
)
from galleria.growth import search
from galleria.growth.search import Question
from galleria.growth.search.model.operating import OperatorSettings
from galleria.growth.search.model.placing import belongs_apart
from tests.commerce.selling import mug, open_shop, put_on_sale, show, window

HEAP_BYTES = 15_000_000
# Each product is shown in two languages.
BIG, SMALL = 6, 1
FROM = 8


class Placed:
    """Two shops in an index of the test's own."""

    def __init__(
        self, index: ShardedIndex, writer: ShardedWriter, big: Context, small: Context
    ) -> None:
        self.index, self.writer = index, writer
        self.big, self.small = big, small

    async def place(self) -> int:
        """What the worker does from time to time."""
        return await search.place_shops(self.big.engines, self.writer)

    @property
    def has_own(self) -> list[bool]:
        """Whether the big and the small shop have their own."""
        return [each.tenant.tenant_id in self.writer.own for each in (self.big, self.small)]

    async def found(self) -> list[int]:
        """How many products can be found of the shops, each in two languages."""
        await self.index.refresh()
        both = (self.big, self.small)
        return [await self.index.count(each.tenant.tenant_id) // 2 for each in both]


@pytest.fixture
async def shops(house_ctx: Context) -> tuple[Context, Context]:
    _, big = await open_shop(house_ctx)
    _, small = await open_shop(house_ctx)
    await put_on_sale(big, *(mug(f"mug-{n}", title=f"Mug {n}") for n in range(BIG)))
    await put_on_sale(small, mug())
    await show(big)
    await show(small)
    return big, small


@asynccontextmanager
async def house(
    folder: Path, shops: tuple[Context, Context], own_index_from: int = FROM
) -> AsyncIterator[Placed]:
    """The engines of a process that writes."""
    index = open_sharded(folder, writer_heap_bytes=HEAP_BYTES, bounds=Bounds(heap_bytes=HEAP_BYTES))
    async with await index.open_writer() as writer:
        engines = replace(
            shops[0].engines,
            search=index,
            search_writer=CommitBatcher(writer, max_delay_s=0.0),
            room_settings={OperatorSettings: OperatorSettings(own_index_from=own_index_from)},
        )
        big, small = (Context(engines, each.tenant, SYSTEM, "test") for each in shops)
        yield Placed(index, writer, big, small)
    await index.close()


async def test_a_shop_that_has_grown_gets_its_own_index_and_goes_on_changing(
    tmp_path: Path, shops: tuple[Context, Context]
) -> None:
    async with house(tmp_path, shops, own_index_from=0) as before:
        await search.rebuild_index(before.big.engines, before.writer)
        assert before.has_own == [False, False]
    async with house(tmp_path, shops) as placed:
        assert await placed.found() == [BIG, SMALL]
        await placed.place()
        assert placed.has_own == [True, False]
        assert await placed.found() == [BIG, SMALL]
        assert await placed.place() == 0
        await put_on_sale(placed.big, mug("late", title="Late Mug"))
        await show(placed.big)
        assert await placed.found() == [BIG + 1, SMALL]
        answer = await search.ask(placed.big, await window(placed.big), Question(words="late"))
        assert answer.total == 1
        parts = {each.tenant_id: each.documents for each in await placed.index.shards()}
        assert parts[placed.big.tenant.tenant_id] == 2 * (BIG + 1)


async def test_a_shop_comes_back_only_when_it_has_become_much_smaller(
    tmp_path: Path, shops: tuple[Context, Context]
) -> None:
    async with house(tmp_path, shops) as placed:
        await search.rebuild_index(placed.big.engines, placed.writer)
        assert placed.has_own == [True, False], "a rebuild places shops by size"
        assert await placed.found() == [BIG, SMALL]
    async with house(tmp_path, shops, own_index_from=2 * 2 * BIG) as placed:
        await placed.place()
        assert placed.has_own == [True, False], "half of it is not below half of it"
    async with house(tmp_path, shops, own_index_from=2 * 2 * BIG + 2) as placed:
        assert await placed.place() == 1
        assert placed.has_own == [False, False]
        assert await placed.found() == [BIG, SMALL]


async def test_what_the_operator_wishes_holds_whatever_the_size(
    tmp_path: Path, shops: tuple[Context, Context]
) -> None:
    async with house(tmp_path, shops) as placed:
        await search.rebuild_index(placed.big.engines, placed.writer)
        big, small = (each.tenant.tenant_id for each in (placed.big, placed.small))
        await placed.index.wish(big, Wish.SHARED)
        await placed.index.wish(small, Wish.OWN)
        assert await placed.place() == 2
        assert placed.has_own == [False, True]
        assert await placed.found() == [BIG, SMALL]
        await search.rebuild_index(placed.big.engines, placed.writer)
        assert placed.has_own == [False, True]
        for each in (big, small):
            await placed.index.wish(each, Wish.BY_SIZE)
        await placed.place()
        assert placed.has_own == [False, False], "the big one has not changed since"
        await search.rebuild_index(placed.big.engines, placed.writer)
        assert placed.has_own == [True, False]


async def test_a_damaged_own_index_is_made_anew_alone(
    tmp_path: Path, shops: tuple[Context, Context]
) -> None:
    async with house(tmp_path, shops) as placed:
        await search.rebuild_index(placed.big.engines, placed.writer)
        big = placed.big.tenant.tenant_id
        folder = placed.writer._writers.folder(placed.writer.own[big])
        current = folder.current()
        assert current is not None
        folder.mark(current.generation)  # as a reader does that finds damage
        shared = (tmp_path / "current.json").read_bytes()
        assert (await placed.index.status()).needs_rebuild
        assert await search.rebuild_index(placed.big.engines, placed.writer) == BIG
        assert not (await placed.index.status()).needs_rebuild
        assert (tmp_path / "current.json").read_bytes() == shared
        assert await placed.found() == [BIG, SMALL]


async def test_a_move_that_was_left_half_made_is_gone_on_with_or_called_off(
    tmp_path: Path, shops: tuple[Context, Context]
) -> None:
    async with house(tmp_path, shops, own_index_from=0) as placed:
        await search.rebuild_index(placed.big.engines, placed.writer)
        big, small = (each.tenant.tenant_id for each in (placed.big, placed.small))
        for each in (big, small):
            move = await placed.writer.begin_move(each, to_own=True)
            await move.keep(f"{each}:00000000-0000-0000-0000-000000000000")
            await move.pause()
    async with house(tmp_path, shops) as placed:
        assert set(placed.writer.moving) == {big, small}
        await placed.place()
        assert placed.has_own == [True, False]
        assert not placed.writer.moving
        assert await placed.found() == [BIG, SMALL]
        assert [each.tenant_id for each in await placed.index.shards()][:1] == [SHARED]


async def test_a_shop_that_is_gone_loses_its_index(
    tmp_path: Path, shops: tuple[Context, Context]
) -> None:
    nobody = 2_000_000_000
    async with house(tmp_path, shops, own_index_from=0) as placed:
        await search.rebuild_index(placed.big.engines, placed.writer)
        await (await placed.writer.begin_move(nobody, to_own=True)).finish()
        await placed.index.wish(nobody, Wish.OWN)
        assert len(list((tmp_path / "own").iterdir())) == 1
        await placed.place()
        assert not placed.writer.own
        assert not list((tmp_path / "own").iterdir())
        assert await placed.index.wishes() == {}


@given(documents=st.integers(0, 1_000_000), own_index_from=st.integers(0, 1_000_000))
def test_a_shop_never_moves_to_and_fro_at_one_size(documents: int, own_index_from: int) -> None:
    settings = OperatorSettings(own_index_from=own_index_from)
    first = belongs_apart(documents, settings, is_apart=False)
    then = belongs_apart(documents, settings, is_apart=first)
    assert first == then
    assert belongs_apart(documents, settings, is_apart=first, is_wished_apart=not first) != first
