"""The hub of one process: takes messages from the journal and hands them to its subscribers.

For each topic somebody watches there is a feed. It reads on in the journal whenever it is woken,
and also every now and then, since a wake-up may be lost; so order and completeness come from the
journal alone. A subscriber has a queue of its own with a bound; who lets it fill up is dropped and
may resume by id.
"""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from galleria.engines.realtime import (
    DropReason,
    Message,
    RealtimeUnavailable,
    SubscriptionDropped,
    TooManySubscribers,
    Topic,
    check_message,
)
from galleria.engines.realtime.journal import (
    Entry,
    Extent,
    Journal,
    Position,
    is_complete,
    read_position,
)
from galleria.foundation.telemetry import logger, metrics

QUEUE_MESSAGES = 256  # waiting for one subscriber
SUBSCRIBERS_PER_TENANT = 1000  # in one process
POLL_S = 15.0
RETRY_S = 1.0
CANCEL_AGAIN_S = 0.2
BATCH = 100

_log = logger(__name__)
_subscribers = metrics.gauge("galleria_realtime_subscribers", "Open subscriptions of this process.")
_dropped = metrics.counter(
    "galleria_realtime_dropped", "Subscriptions ended by us, by reason.", ["reason"]
)


class HubSubscription:
    """See `Subscription`."""

    def __init__(self, topic: Topic, start: Position, queue_messages: int) -> None:
        self.topic = topic
        self.has_gap = False
        self._position = start
        self._queue_messages = queue_messages
        # What is replayed comes first and is not bounded by the queue: the journal bounds it.
        self._backlog: deque[Entry] = deque()
        self._queue: deque[Entry] = deque()
        self._news = asyncio.Event()
        self._dropped: DropReason | None = None

    @property
    def position(self) -> str:
        return str(self._position)

    async def next(self, within_s: float) -> Message | None:
        try:
            async with asyncio.timeout(within_s):
                return await self._take()
        except TimeoutError:
            return None

    def __aiter__(self) -> AsyncIterator[Message]:
        return self._messages()

    async def _messages(self) -> AsyncIterator[Message]:
        while True:
            yield await self._take()

    async def _take(self) -> Message:
        """Nothing is awaited after a message is taken, so a cancelled wait loses none."""
        while True:
            if self._dropped is not None:
                raise SubscriptionDropped(self._dropped)
            if self._backlog or self._queue:
                entry = (self._backlog or self._queue).popleft()
                self._position = entry.position
                return Message(str(entry.position), entry.kind, entry.payload)
            self._news.clear()
            await self._news.wait()

    def replay(self, start: Position, entries: list[Entry]) -> None:
        """These, which follow `start`, come before anything else."""
        self._position = start
        self._backlog.extend(entries)

    def offer(self, entry: Entry) -> None:
        """The message waits for the subscriber; one too many ends the subscription."""
        if len(self._queue) >= self._queue_messages:
            self.drop(DropReason.SLOW)
        else:
            self._queue.append(entry)
            self._news.set()

    def drop(self, reason: DropReason) -> None:
        """The subscription is over. What waited is given up: it can be had again by id."""
        if self._dropped is None:
            self._dropped = reason
            _dropped.labels(reason.value).inc()
            self._backlog.clear()
            self._queue.clear()
            self._news.set()


class _Feed:
    """A topic that is watched in this process."""

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self.lock = asyncio.Lock()
        self.position: Position | None = None
        self.subscribers: set[HubSubscription] = set()
        self.users = 0  # subscribers, and those who are about to be


class Hub:
    """See the module. Keeps the port `Realtime`."""

    def __init__(
        self,
        journal: Journal,
        *,
        queue_messages: int = QUEUE_MESSAGES,
        subscribers_per_tenant: int = SUBSCRIBERS_PER_TENANT,
        poll_s: float = POLL_S,
    ) -> None:
        """Carry messages by `journal`; call `start` before other processes are heard."""
        self._journal = journal
        self._queue_messages = queue_messages
        self._subscribers_per_tenant = subscribers_per_tenant
        self._poll_s = poll_s
        self._feeds: dict[Topic, _Feed] = {}
        self._per_tenant: Counter[int] = Counter()
        self._stale: set[Topic] = set()
        self._is_stale = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self._listen(), name="realtime listens"),
            asyncio.create_task(self._keep_fresh(), name="realtime reads"),
        ]

    async def close(self) -> None:
        running = set(self._tasks)
        while running:
            # More than once: redis-py can swallow a cancellation while it connects.
            for task in running:
                task.cancel()
            _, running = await asyncio.wait(running, timeout=CANCEL_AGAIN_S)
        for feed in self._feeds.values():
            for subscription in list(feed.subscribers):
                subscription.drop(DropReason.CLOSING)
        await self._journal.close()

    async def publish(self, topic: Topic, payload: bytes, *, kind: str = "message") -> str:
        check_message(payload, kind)
        position = await self._journal.append(topic, kind, payload)
        feed = self._feeds.get(topic)
        if feed is not None:
            try:
                await self._read_on(feed)
            except RealtimeUnavailable:
                self._mark_stale(topic)  # it is published; our own will hear of it later
            # A publisher in a loop must let subscribers run, or it would drop them all as slow.
            await asyncio.sleep(0)
        return str(position)

    @asynccontextmanager
    async def subscribe(
        self, topic: Topic, *, after: str | None = None
    ) -> AsyncIterator[HubSubscription]:
        tenant_id = topic.tenant_id
        if self._per_tenant[tenant_id] >= self._subscribers_per_tenant:
            raise TooManySubscribers(f"at most {self._subscribers_per_tenant} connections")
        self._per_tenant[tenant_id] += 1
        feed = self._feeds.setdefault(topic, _Feed(topic))
        feed.users += 1
        _subscribers.inc()
        try:
            subscription = await self._join(feed, after)
            try:
                yield subscription
            finally:
                feed.subscribers.discard(subscription)
        finally:
            _subscribers.dec()
            self._per_tenant[tenant_id] -= 1
            if self._per_tenant[tenant_id] == 0:
                del self._per_tenant[tenant_id]
            await self._leave(feed)

    async def _join(self, feed: _Feed, after: str | None) -> HubSubscription:
        async with feed.lock:
            if feed.position is None:
                await self._journal.watch(feed.topic)
                feed.position = (await self._journal.extent(feed.topic)).start
            else:
                await self._read_on_locked(feed)
            subscription = HubSubscription(feed.topic, feed.position, self._queue_messages)
            if after is not None:
                await self._replay(subscription, after, feed.position)
            feed.subscribers.add(subscription)
        return subscription

    async def _leave(self, feed: _Feed) -> None:
        feed.users -= 1
        if feed.users == 0:
            del self._feeds[feed.topic]
            if feed.position is not None:
                with suppress(RealtimeUnavailable):
                    await self._journal.unwatch(feed.topic)

    async def _replay(self, subscription: HubSubscription, after: str, end: Position) -> None:
        """Give the subscriber what followed `after` up to `end`, and say whether that is all."""
        asked = read_position(after)
        extent = await self._journal.extent(subscription.topic)
        if asked is None or not is_complete(self._journal, extent, asked):
            subscription.has_gap = True
            asked = _below(extent)
        # One more, since the position itself may still be there.
        limit = extent.count + 1
        entries = await self._journal.read(subscription.topic, asked, limit)
        missed = [entry for entry in entries if asked < entry.position <= end]
        subscription.replay(asked if missed else end, missed)

    async def _read_on(self, feed: _Feed) -> None:
        async with feed.lock:
            if feed.position is not None:
                await self._read_on_locked(feed)

    async def _read_on_locked(self, feed: _Feed) -> None:
        """All that the journal has after the feed's position is handed to its subscribers."""
        assert feed.position is not None
        while True:
            entries = await self._journal.read(feed.topic, feed.position, BATCH)
            if not entries or entries[0].position != feed.position:
                # Our place is gone: forgotten, or it never was a message.
                extent = await self._journal.extent(feed.topic)
                if not is_complete(self._journal, extent, feed.position):
                    self._miss(feed, extent)
                    return
            for entry in entries:
                if entry.position > feed.position:
                    feed.position = entry.position
                    for subscription in feed.subscribers:
                        subscription.offer(entry)
            if len(entries) < BATCH:
                return

    def _miss(self, feed: _Feed, extent: Extent) -> None:
        for subscription in feed.subscribers:
            subscription.drop(DropReason.MISSED)
        feed.position = extent.start

    def _mark_stale(self, *topics: Topic) -> None:
        self._stale.update(topics)
        self._is_stale.set()

    async def _listen(self) -> None:
        """Note every wake-up of the journal; connect again when the connection is lost."""
        while True:
            try:
                async for topic in self._journal.wakes():
                    if topic is None:
                        self._mark_stale(*self._feeds)
                    elif topic in self._feeds:
                        self._mark_stale(topic)
            except RealtimeUnavailable as failure:
                _log.warning("realtime_connection_lost", failure=str(failure))
            await asyncio.sleep(RETRY_S)

    async def _keep_fresh(self) -> None:
        """Read on in topics with news, and from time to time in all."""
        while True:
            try:
                async with asyncio.timeout(self._poll_s):
                    await self._is_stale.wait()
            except TimeoutError:
                self._mark_stale(*self._feeds)
            self._is_stale.clear()
            while self._stale:
                feed = self._feeds.get(self._stale.pop())
                if feed is None:
                    continue
                try:
                    await self._read_on(feed)
                except RealtimeUnavailable:
                    self._mark_stale(feed.topic)
                    await asyncio.sleep(RETRY_S)


def _below(extent: Extent) -> Position:
    """A place before all that is kept."""
    return Position(0, 0) if extent.oldest is not None else extent.start
