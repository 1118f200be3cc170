"""The log keeps commit order, hands out at least once, and parks only what fails."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from uuid import UUID

import msgspec
import pytest

from galleria.engines.context import Context, Engines
from galleria.engines.event_log import (
    Relay,
    Subscription,
    drop_dead_letter,
    list_dead_letters,
    measure_lag,
    measure_lag_of,
    replay_dead_letter,
    show_lag,
)
from galleria.engines.sql import Access, Database, Transaction
from galleria.foundation.events import Envelope, Event
from galleria.foundation.ids import new_id
from galleria.foundation.telemetry import metrics

MakeTenant = Callable[[], Awaitable[Context]]


class BellRung(Event):
    TAG: ClassVar[str] = "test.bell_rung.v1"
    SUBJECT: ClassVar[str] = "bell"

    bell: str
    number: int


class Heard(msgspec.Struct, frozen=True):
    number: int


class Listener:
    """A handler that remembers what it heard per tenant, and fails when told to."""

    def __init__(self, *, fails_on: int | None = None) -> None:
        self.fails_on = fails_on
        self.heard: list[tuple[int, int]] = []
        self.subscription = Subscription(f"test.{new_id()}", BellRung.TAG, Heard, self.handle)

    async def handle(self, ctx: Context, tx: Transaction, batch: list[Envelope[Heard]]) -> None:
        numbers = [envelope.payload.number for envelope in batch]
        if self.fails_on in numbers:
            raise ValueError(f"cannot take {self.fails_on}")
        self.heard += [(ctx.tenant.tenant_id, number) for number in numbers]

    def numbers(self, ctx: Context) -> list[int]:
        return [number for tenant_id, number in self.heard if tenant_id == ctx.tenant.tenant_id]


async def ring(ctx: Context, *numbers: int, bell: str = "door") -> None:
    async with ctx.transaction() as tx:
        tx.publish(*(BellRung(bell=bell, number=number) for number in numbers))


async def until(has_come: Callable[[], bool]) -> None:
    for _ in range(1_000):
        if has_come():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("never")


async def retry_until_quiet(relay: Relay, times: int) -> None:
    for _ in range(times):
        await asyncio.sleep(0.05)
        await relay.retry_parked()


async def make_due(ctx: Context) -> None:
    """Time passes for the parked heads of this tenant."""
    async with ctx.transaction() as tx:
        await tx.execute(
            "UPDATE event_log.dead_letter SET due_at = now() - interval '1 s'"
            " WHERE tenant_id = $1 AND due_at IS NOT NULL"
        )


async def test_events_arrive_in_the_order_of_the_log_and_only_once_handled(
    ctx: Context, engines: Engines
) -> None:
    listener = Listener()
    relay = Relay(engines, [listener.subscription])
    await relay.drain()
    await ring(ctx, 1, 2)
    await ring(ctx, 3)
    await relay.drain()
    await relay.drain()
    assert listener.numbers(ctx) == [1, 2, 3]


async def test_an_event_of_an_undone_transaction_never_arrives(
    ctx: Context, engines: Engines
) -> None:
    listener = Listener()
    relay = Relay(engines, [listener.subscription])
    await relay.drain()
    with pytest.raises(RuntimeError):
        async with ctx.transaction() as tx:
            tx.publish(BellRung(bell="door", number=1))
            raise RuntimeError
    await ring(ctx, 2)
    await relay.drain()
    assert listener.numbers(ctx) == [2]


async def test_an_earlier_transaction_that_commits_later_is_not_skipped(
    ctx: Context, engines: Engines
) -> None:
    """The trap of plain sequence numbers: 1 is taken first and committed last."""
    listener = Listener()
    relay = Relay(engines, [listener.subscription])
    await relay.drain()
    is_written, may_commit = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with ctx.transaction() as tx:
            tx.publish(BellRung(bell="door", number=1))
            await tx.write_events()
            is_written.set()
            await may_commit.wait()

    task = asyncio.create_task(slow())
    await is_written.wait()
    await ring(ctx, 2)
    await relay.drain()
    assert listener.numbers(ctx) == [], "2 waits for what may sort before it"
    may_commit.set()
    await task
    await relay.drain()
    assert listener.numbers(ctx) == [1, 2]


async def test_a_failing_event_parks_its_subject_and_nothing_else(
    ctx: Context, another_ctx: Context, engines: Engines
) -> None:
    listener = Listener(fails_on=2)
    relay = Relay(engines, [listener.subscription])
    await relay.drain()
    await ring(ctx, 1, 2, 3, bell="door")
    await ring(ctx, 4, bell="phone")
    await ring(another_ctx, 5, bell="door")
    await relay.drain()
    assert listener.numbers(ctx) == [1, 4]
    assert listener.numbers(another_ctx) == [5]

    letters = {letter.subject_id: letter for letter in await list_dead_letters(ctx)}
    assert letters.keys() == {"door"}
    assert await list_dead_letters(another_ctx) == []

    listener.fails_on = None
    await ring(ctx, 6, bell="door")
    await relay.drain()
    assert listener.numbers(ctx) == [1, 4], "6 waits behind 2 and 3"
    await make_due(ctx)
    assert await relay.retry_parked() == 3
    assert listener.numbers(ctx) == [1, 4, 2, 3, 6]
    assert await list_dead_letters(ctx) == []


async def test_an_event_is_dead_after_eight_tries_until_somebody_replays_it(
    ctx: Context, engines: Engines
) -> None:
    listener = Listener(fails_on=1)
    relay = Relay(engines, [listener.subscription])
    await relay.drain()
    await ring(ctx, 1)
    await relay.drain()
    for _ in range(9):
        await make_due(ctx)
        await relay.retry_parked()
    (letter,) = await list_dead_letters(ctx)
    assert (letter.is_dead, letter.attempts) == (True, 8)
    assert "cannot take 1" in letter.reason

    listener.fails_on = None
    await replay_dead_letter(ctx, letter.handler, letter.event_id)
    assert await relay.retry_parked() == 1
    assert listener.numbers(ctx) == [1]


async def test_dropping_a_dead_letter_lets_the_next_of_its_subject_through(
    ctx: Context, engines: Engines
) -> None:
    listener = Listener(fails_on=1)
    relay = Relay(engines, [listener.subscription])
    await relay.drain()
    await ring(ctx, 1)
    await relay.drain()
    await ring(ctx, 2)
    await relay.drain()
    first = min(await list_dead_letters(ctx), key=lambda letter: letter.payload)
    await drop_dead_letter(ctx, first.handler, first.event_id)
    await make_due(ctx)
    await relay.retry_parked()
    assert listener.numbers(ctx) == [2]


async def test_state_of_a_failed_handler_is_undone_with_it(ctx: Context, engines: Engines) -> None:
    async def write_then_fail(ctx: Context, tx: Transaction, batch: list[Envelope[Heard]]) -> None:
        await tx.execute(
            "INSERT INTO idempotency.answer (tenant_id, scope, key, fingerprint, created_at)"
            " VALUES ($1, 'test', 'half', '', now())"
        )
        raise ValueError("after the write")

    subscription = Subscription(f"test.{new_id()}", BellRung.TAG, Heard, write_then_fail)
    relay = Relay(engines, [subscription])
    await relay.drain()
    await ring(ctx, 1)
    await relay.drain()
    count = "SELECT count(*) FROM idempotency.answer WHERE tenant_id = $1"
    assert await ctx.read_value(count) == 0


async def test_more_events_than_a_batch_arrive_in_order(ctx: Context, engines: Engines) -> None:
    listener = Listener()
    relay = Relay(engines, [listener.subscription])
    await relay.drain()
    await ring(ctx, *range(1_203))
    await relay.drain()
    assert listener.numbers(ctx) == list(range(1_203))


async def test_of_large_events_a_batch_holds_fewer(ctx: Context, engines: Engines) -> None:
    sizes: list[list[int]] = []

    async def handle(ctx: Context, tx: Transaction, batch: list[Envelope[Heard]]) -> None:
        sizes.append([envelope.payload.number for envelope in batch])

    relay = Relay(engines, [Subscription(f"test.{new_id()}", BellRung.TAG, Heard, handle)])
    await relay.drain()
    lengths = [90_000, 90_000, 90_000, 500_000, 10, 10]
    async with ctx.transaction() as tx:
        tx.publish(*(BellRung(bell="x" * length, number=at) for at, length in enumerate(lengths)))
    await relay.drain()
    assert sizes == [[0, 1], [2], [3], [4, 5]]


async def test_a_new_handler_begins_where_the_log_stood_when_it_was_registered(
    ctx: Context, engines: Engines
) -> None:
    await ring(ctx, 1)
    await Relay(engines, []).drain()
    listener = Listener()
    relay = Relay(engines, [listener.subscription])
    await relay.drain()
    await ring(ctx, 2)
    await relay.drain()
    assert listener.numbers(ctx) == [2]


async def test_an_event_says_what_caused_it(ctx: Context, engines: Engines) -> None:
    seen: dict[int, UUID | None] = {}

    async def echo(ctx: Context, tx: Transaction, batch: list[Envelope[Heard]]) -> None:
        for envelope in batch:
            seen[envelope.payload.number] = envelope.caused_by
            if envelope.payload.number == 1:
                seen[0] = envelope.event_id
                tx.publish(BellRung(bell="echo", number=2))

    relay = Relay(engines, [Subscription(f"test.{new_id()}", BellRung.TAG, Heard, echo)])
    await relay.drain()
    await ring(ctx, 1)
    await relay.drain()
    await relay.drain()
    assert seen[2] == seen[0]


async def test_lag_is_the_age_of_the_oldest_event_not_handed_out(
    ctx: Context, engines: Engines
) -> None:
    relay = Relay(engines, [])
    await relay.drain()
    assert (await measure_lag(engines.sql.home, ctx.now)).lag_s == 0.0
    await ring(ctx, 1)
    await asyncio.sleep(0.05)
    assert (await measure_lag(engines.sql.home, engines.clock.now())).lag_s >= 0.05
    await relay.drain()


async def test_lag_of_a_shop_is_that_of_its_own_events_and_of_those_a_handler_could_not_take(
    ctx: Context, another_ctx: Context, engines: Engines
) -> None:
    listener, calm = Listener(fails_on=2), Listener()
    relay = Relay(engines, [listener.subscription, calm.subscription])
    await relay.drain()

    async def lag_s(of: Context, who: Listener) -> float:
        handler, tenant_id = who.subscription.handler, of.tenant.tenant_id
        now = ctx.now + timedelta(seconds=100)
        return await measure_lag_of(engines.sql.home, tenant_id, handler, now)

    assert await lag_s(ctx, calm) == 0.0
    await ring(ctx, 1)
    await ring(ctx, 2)
    assert await lag_s(ctx, calm) == await lag_s(ctx, listener) == 100.0
    assert await lag_s(another_ctx, calm) == 0.0
    await relay.drain()
    assert (await lag_s(ctx, calm), await lag_s(ctx, listener)) == (0.0, 100.0)
    assert await lag_s(another_ctx, listener) == 0.0


async def test_figures_are_unknown_while_the_database_does_not_answer(access: Access) -> None:
    database = await Database.open(access, app_size=2, relay_size=1)
    await database.close()
    await show_lag(database, datetime.now(UTC))
    shown = metrics.render().decode().splitlines()
    for name in ("event_lag_seconds", "events_parked", "events_dead"):
        assert f"galleria_{name} NaN" in shown


async def test_partitions_of_coming_days_are_made_and_nothing_unread_is_dropped(
    ctx: Context, engines: Engines
) -> None:
    ahead = Context(engines, ctx.tenant, ctx.actor, "ahead")
    ahead.now = ctx.now + timedelta(days=2)
    await ring(ctx, 1)
    await ring(ahead, 2)
    async with engines.sql.home.relay() as connection:
        await connection.execute("SELECT event_log.keep_partitions(30)")
        made = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relname ~ '^outbox_[0-9]{8}$'"
        )
        ahead_of_time = await connection.fetch(
            "SELECT DISTINCT occurred_at::date AS day FROM event_log.outbox"
            " WHERE tableoid::regclass::text = 'event_log.outbox_rest'"
        )
    # Other clocks of these tests were ahead, too: a day that has rows already does without.
    days = [ctx.now.date() + timedelta(days=each) for each in (1, 2, 3)]
    taken, names = {row["day"] for row in ahead_of_time}, {row["relname"] for row in made}
    assert all(day in taken or f"outbox_{day:%Y%m%d}" in names for day in days)
    listener = Listener()
    relay = Relay(engines, [listener.subscription])
    await relay.drain()


async def test_a_watcher_that_is_slow_with_one_shop_keeps_no_other_waiting(
    ctx: Context, another_ctx: Context, engines: Engines
) -> None:
    """A handler would: the log is read only as far as the oldest open transaction."""
    may_go_on, seen = asyncio.Event(), list[tuple[int, int]]()

    async def dawdle(ctx: Context, batch: list[Envelope[Heard]]) -> None:
        if ctx.tenant.tenant_id == slow_tenant:
            await may_go_on.wait()
        seen.extend((ctx.tenant.tenant_id, each.payload.number) for each in batch)

    slow_tenant, other = ctx.tenant.tenant_id, another_ctx.tenant.tenant_id
    watcher = Subscription(f"test.{new_id()}", BellRung.TAG, Heard, watch=dawdle)
    await Relay(engines, [watcher]).drain()
    relay = asyncio.create_task(Relay(engines, [watcher]).run())
    await ring(ctx, 1)
    await asyncio.sleep(0.3)
    for number in (1, 2, 3):  # in pages of their own
        await ring(another_ctx, number)
        await until(lambda wanted=number: (other, wanted) in seen)  # type: ignore[misc]
    behind = await measure_lag(engines.sql.home, datetime.now(UTC) + timedelta(seconds=60))
    assert behind.lag_s > 0, "what hangs is still owed"
    assert (slow_tenant, 1) not in seen
    may_go_on.set()
    await until(lambda: (slow_tenant, 1) in seen)
    relay.cancel()
    await asyncio.gather(relay, return_exceptions=True)
    # At least once: a watcher may be told of the same thing again.
    assert set(seen) == {(slow_tenant, 1), (other, 1), (other, 2), (other, 3)}


async def test_what_a_watcher_cannot_take_is_parked_and_tried_again(
    ctx: Context, engines: Engines
) -> None:
    seen: list[int] = []
    is_broken = True

    async def watch(ctx: Context, batch: list[Envelope[Heard]]) -> None:
        if is_broken and any(each.payload.number == 2 for each in batch):
            raise ValueError("not 2")
        seen.extend(each.payload.number for each in batch)

    watcher = Subscription(f"test.{new_id()}", BellRung.TAG, Heard, watch=watch)
    relay = Relay(engines, [watcher])
    await relay.drain()
    await ring(ctx, 1, 2, 3)
    await ring(ctx, 4, bell="back door")
    await relay.drain()
    await ring(ctx, 5)
    await relay.drain()
    assert seen == [1, 4], "3 and 5 wait behind 2, their bell's"
    is_broken = False
    await make_due(ctx)
    await retry_until_quiet(relay, 3)
    assert seen == [1, 4, 2, 3, 5]


async def test_a_relay_that_is_stopped_in_mid_errand_owes_its_events_to_the_next(
    ctx: Context, engines: Engines
) -> None:
    listener, begun = Listener(), asyncio.Event()

    async def hang(ctx: Context, tx: Transaction, batch: list[Envelope[Heard]]) -> None:
        begun.set()
        await asyncio.sleep(60)

    await Relay(engines, [listener.subscription]).drain()
    stopped = asyncio.create_task(
        Relay(engines, [replace(listener.subscription, handle=hang)]).run()
    )
    await ring(ctx, 1, 2)
    await begun.wait()
    stopped.cancel()
    await asyncio.gather(stopped, return_exceptions=True)
    await Relay(engines, [listener.subscription]).drain()
    assert listener.numbers(ctx) == [1, 2]


class BellAnswered(Event):
    TAG: ClassVar[str] = "test.bell_answered.v1"
    SUBJECT: ClassVar[str] = "bell"

    bell: str
    number: int


async def test_what_a_handler_tells_is_handed_out_while_others_are_still_busy(
    ctx: Context, engines: Engines
) -> None:
    may_end, heard = asyncio.Event(), asyncio.Event()

    async def answer(ctx: Context, tx: Transaction, batch: list[Envelope[Heard]]) -> None:
        tx.publish(*(BellAnswered(bell="door", number=each.payload.number) for each in batch))

    async def dawdle(ctx: Context, batch: list[Envelope[Heard]]) -> None:
        await may_end.wait()

    async def hear(ctx: Context, tx: Transaction, batch: list[Envelope[Heard]]) -> None:
        heard.set()

    subscriptions = [
        Subscription(f"test.{new_id()}", BellRung.TAG, Heard, answer),
        Subscription(f"test.{new_id()}", BellRung.TAG, Heard, watch=dawdle),
        Subscription(f"test.{new_id()}", BellAnswered.TAG, Heard, hear),
    ]
    # One that would look for news by itself only after a minute.
    relay = Relay(engines, subscriptions, idle_s=60)
    await relay.prepare()
    await ring(ctx, 1)
    running = asyncio.create_task(relay.run())
    try:
        await asyncio.wait_for(heard.wait(), timeout=20)
    finally:
        may_end.set()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
