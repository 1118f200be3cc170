"""A journal in Redis 7 or Valkey: a stream a topic, and publish/subscribe as the wake-up."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from galleria.engines.realtime import RealtimeUnavailable, Topic
from galleria.engines.realtime.journal import (
    KEPT_FOR_S,
    KEPT_MESSAGES,
    Entry,
    Extent,
    Position,
)

ANSWER_TIMEOUT_S = 5.0
HEALTH_CHECK_S = 10.0
MAX_CONNECTIONS = 16


class RedisJournal:
    """See the module. A position is (milliseconds, number), as Redis numbers its streams."""

    def __init__(
        self,
        client: Redis,
        prefix: str = "galleria",
        kept_messages: int = KEPT_MESSAGES,
        kept_for_s: float = KEPT_FOR_S,
    ) -> None:
        """Use `client`, which must not decode responses; all keys start with `prefix`."""
        self.kept_messages = kept_messages
        self._client = client
        self._prefix = prefix
        self._kept_for_ms = int(kept_for_s * 1000)
        self._watched: Counter[Topic] = Counter()
        self._confirmed: dict[Topic, asyncio.Event] = {}
        self._channel: PubSub | None = None

    @classmethod
    def from_url(cls, url: str, prefix: str = "galleria") -> "RedisJournal":
        """A journal on the server at `url`. Connects at first use."""
        client = Redis.from_url(
            url,
            socket_connect_timeout=ANSWER_TIMEOUT_S,
            socket_timeout=ANSWER_TIMEOUT_S,
            max_connections=MAX_CONNECTIONS,
            # A repeated append would be a second message.
            retry=Retry(NoBackoff(), 0),
        )
        return cls(client, prefix)

    def at_ms(self, position: Position) -> int:
        return position.major

    async def append(self, topic: Topic, kind: str, payload: bytes) -> Position:
        key = self._key(topic)
        with _errors_translated():
            async with self._client.pipeline(transaction=True) as pipeline:
                # Redis cuts whole nodes of a stream, so up to a hundred more stay.
                pipeline.xadd(
                    key, {"k": kind, "p": payload}, maxlen=self.kept_messages, approximate=True
                )
                pipeline.pexpire(key, self._kept_for_ms)
                pipeline.publish(self._wake_name(topic), b"")
                answers = await pipeline.execute()
        return _position(answers[0])

    async def read(self, topic: Topic, start: Position, limit: int) -> list[Entry]:
        with _errors_translated():
            found: Any = await self._client.xrange(self._key(topic), min=str(start), count=limit)
        return [
            Entry(_position(position), fields[b"k"].decode(), fields[b"p"])
            for position, fields in found
        ]

    async def extent(self, topic: Topic) -> Extent:
        key = self._key(topic)
        with _errors_translated():
            async with self._client.pipeline(transaction=True) as pipeline:
                pipeline.time()
                pipeline.xlen(key)
                pipeline.xrange(key, count=1)
                pipeline.xrevrange(key, count=1)
                (seconds, microseconds), count, first, last = await pipeline.execute()
        now_ms = seconds * 1000 + microseconds // 1000
        newest = _position(last[0][0]) if last else None
        return Extent(
            # The next message may well come within this very millisecond.
            start=newest or Position(now_ms - 1, 0),
            oldest=_position(first[0][0]) if first else None,
            newest=newest,
            count=count,
            complete_since_ms=now_ms - self._kept_for_ms,
        )

    async def wakes(self) -> AsyncIterator[Topic | None]:
        with _errors_translated():
            channel = self._client.pubsub()
            try:
                names = [self._wake_name(topic) for topic in self._watched]
                await channel.subscribe(f"{self._prefix}:rt:none", *names)
                self._channel = channel
                yield None
                async for name in _heard(channel):
                    topic = self._topic_of(name)
                    if topic is not None:
                        self._confirm(topic)
                        yield topic
            finally:
                self._channel = None
                await channel.aclose()  # type: ignore[no-untyped-call]

    async def watch(self, topic: Topic) -> None:
        self._watched[topic] += 1
        if self._watched[topic] > 1 or self._channel is None:
            return  # not connected: all that is watched is looked at as soon as we are
        confirmed = self._confirmed.setdefault(topic, asyncio.Event())
        with _errors_translated():
            await self._channel.subscribe(self._wake_name(topic))
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                await confirmed.wait()

    async def unwatch(self, topic: Topic) -> None:
        self._watched[topic] -= 1
        if self._watched[topic] > 0:
            return
        del self._watched[topic]
        self._confirmed.pop(topic, None)
        if self._channel is not None:
            with _errors_translated():
                await self._channel.unsubscribe(self._wake_name(topic))

    async def close(self) -> None:
        await self._client.aclose()

    def _confirm(self, topic: Topic) -> None:
        confirmed = self._confirmed.get(topic)
        if confirmed is not None:
            confirmed.set()

    def _topic_of(self, wake_name: str) -> Topic | None:
        tenant_id, _, name = wake_name.removeprefix(f"{self._prefix}:rt:wake:").partition(":")
        topic = Topic(int(tenant_id), name) if tenant_id.isdigit() else None
        return topic if topic in self._watched else None

    def _key(self, topic: Topic) -> str:
        return f"{self._prefix}:rt:{topic.tenant_id}:{topic.name}"

    def _wake_name(self, topic: Topic) -> str:
        return f"{self._prefix}:rt:wake:{topic.tenant_id}:{topic.name}"


async def _heard(channel: PubSub) -> AsyncIterator[str]:
    """Names that were published to, or that we have just been subscribed to, as they come.

    A subscription that has come into force counts as news: what was published just before it was
    not heard. A server that says nothing is asked; one that does not answer is gone.
    """
    is_asked = False
    while True:
        message = await channel.get_message(timeout=HEALTH_CHECK_S)
        if message is None:
            if is_asked:
                raise RealtimeUnavailable("the server that wakes us does not answer")
            await channel.ping()
            is_asked = True
            continue
        is_asked = False
        if message["type"] in ("message", "subscribe"):
            yield message["channel"].decode()


def _position(raw: bytes) -> Position:
    milliseconds, _, number = raw.partition(b"-")
    return Position(int(milliseconds), int(number))


@contextmanager
def _errors_translated() -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError, TimeoutError) as failure:
        raise RealtimeUnavailable("the server that carries messages does not answer") from failure
