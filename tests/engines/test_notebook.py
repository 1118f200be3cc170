"""What was noted is written down in sets, by shop; what there is no room for is counted."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest

from galleria.engines.context import Context
from galleria.engines.notebook import AT_ONCE, Notebook
from galleria.engines.sql import DatabaseUnavailable

Written = list[tuple[int, list[int]]]


class Writer:
    """Keeps what it is given; fails as often as it is told to."""

    def __init__(self) -> None:
        self.sets: Written = []
        self.errors: list[Exception] = []

    async def write(self, ctx: Context, items: Sequence[int]) -> None:
        if self.errors:
            raise self.errors.pop()
        self.sets.append((ctx.tenant.tenant_id, list(items)))


async def test_notes_are_written_in_sets_by_shop_in_their_order(
    ctx: Context, another_ctx: Context
) -> None:
    notebook, writer = Notebook(), Writer()
    for number in range(3):
        assert notebook.note(ctx, writer.write, number)
        assert notebook.note(another_ctx, writer.write, 10 + number)
    await notebook.write_down()
    ours, theirs = ctx.tenant.tenant_id, another_ctx.tenant.tenant_id
    assert writer.sets == [(ours, [0, 1, 2]), (theirs, [10, 11, 12])]
    await notebook.write_down()
    assert len(writer.sets) == 2


async def test_many_notes_are_written_in_portions(ctx: Context) -> None:
    notebook, writer = Notebook(), Writer()
    for number in range(AT_ONCE + 1):
        notebook.note(ctx, writer.write, number)
    await notebook.write_down()
    assert [len(items) for _, items in writer.sets] == [AT_ONCE, 1]


async def test_what_there_is_no_room_for_is_dropped_and_counted_and_a_shop_has_half(
    ctx: Context, another_ctx: Context
) -> None:
    notebook, writer = Notebook(most_waiting=4), Writer()
    ours = [notebook.note(ctx, writer.write, number) for number in range(4)]
    theirs = [notebook.note(another_ctx, writer.write, number) for number in range(3)]
    assert (ours, theirs) == ([True, True, False, False], [True, True, False])
    assert notebook.dropped_count == 3
    await notebook.write_down()
    assert writer.sets == [(ctx.tenant.tenant_id, [0, 1]), (another_ctx.tenant.tenant_id, [0, 1])]
    assert notebook.note(ctx, writer.write, 5)


async def test_notes_wait_while_the_database_is_away_and_others_go_on(
    ctx: Context, another_ctx: Context
) -> None:
    notebook, writer = Notebook(most_waiting=4), Writer()
    notebook.note(ctx, writer.write, 1)
    notebook.note(ctx, writer.write, 2)
    notebook.note(another_ctx, writer.write, 3)
    writer.errors = [DatabaseUnavailable("away")]
    await notebook.write_down()
    assert writer.sets == [(another_ctx.tenant.tenant_id, [3])]
    await notebook.write_down()
    assert writer.sets[1:] == [(ctx.tenant.tenant_id, [1, 2])]
    assert notebook.dropped_count == 0


async def test_what_can_never_be_written_is_dropped(ctx: Context) -> None:
    notebook, writer = Notebook(), Writer()
    notebook.note(ctx, writer.write, 1)
    writer.errors = [ValueError("no")]
    await notebook.write_down()
    assert (writer.sets, notebook.dropped_count) == ([], 1)


@pytest.mark.parametrize("is_started", [True, False])
async def test_nothing_is_lost_when_a_process_ends_by_itself(
    ctx: Context, is_started: bool
) -> None:
    notebook, writer = Notebook(written_each_s=0.01 if is_started else 60.0), Writer()
    if is_started:
        notebook.start()
    for number in range(50):
        notebook.note(ctx, writer.write, number)
        await asyncio.sleep(0.001)
    await notebook.close()
    assert [each for _, items in writer.sets for each in items] == list(range(50))
    assert notebook.dropped_count == 0


async def test_the_end_does_not_wait_for_a_database_that_is_away(ctx: Context) -> None:
    notebook, writer = Notebook(), Writer()
    notebook.start()
    notebook.note(ctx, writer.write, 1)
    writer.errors = [DatabaseUnavailable("away")]
    closing: Callable[[], Awaitable[None]] = notebook.close
    await asyncio.wait_for(closing(), 5)
    assert (writer.sets, notebook.dropped_count) == ([], 1)


async def test_what_is_gathered_about_one_thing_is_one_note(
    ctx: Context, another_ctx: Context
) -> None:
    notebook = Notebook(most_waiting=3)
    taken: list[list[int]] = []

    async def write(ctx: Context, items: Sequence[list[int]]) -> None:
        taken.extend(items)

    def gather(ctx: Context, subject: str, number: int) -> bool:
        made: list[int] | None = notebook.gather(ctx, write, subject, list)
        if made is not None:
            made.append(number)
        return made is not None

    for number in range(5):
        assert gather(ctx, "a", number)
    assert gather(another_ctx, "a", 9)
    assert gather(ctx, "b", 7)
    assert not gather(ctx, "c", 1), "no room"
    assert gather(ctx, "a", 5), "it waits already"
    await notebook.write_down()
    assert taken == [[0, 1, 2, 3, 4, 5], [7], [9]]
    assert gather(ctx, "a", 6)
    await notebook.write_down()
    assert taken[3:] == [[6]], "what was written is not added to"
