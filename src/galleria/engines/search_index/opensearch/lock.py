"""Who writes: one process at a time, told apart by a document that only one can change.

The holder says every few seconds that it is still there. Each change of the document names the
version that it follows, so of two processes one is refused, and a holder that was away too long
finds out before it writes again. The worker that writes holds a duty in the database besides.

What is written ends with the lease: a cluster that has gone silent holds its writer up no longer.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from time import time
from uuid import uuid4

import msgspec

from galleria.engines.search_index.errors import SearchUnavailable, SearchWriterBusy
from galleria.engines.search_index.opensearch.address import SearchAddress
from galleria.engines.search_index.opensearch.transport import Answer, Transport
from galleria.foundation.telemetry import logger

_log = logger(__name__)

LEASE_S = 15.0  # so long after a crash another process may write
_RENEWED_S = 4.0
_TIMEOUT_S = 5.0


class _Held(msgspec.Struct, frozen=True):
    holder: str
    term: int
    until_s: float


class _Document(msgspec.Struct, frozen=True):
    source: _Held = msgspec.field(name="_source")
    seq_no: int = msgspec.field(name="_seq_no")
    primary_term: int = msgspec.field(name="_primary_term")


class _Changed(msgspec.Struct, frozen=True):
    seq_no: int = msgspec.field(name="_seq_no")
    primary_term: int = msgspec.field(name="_primary_term")


class WriterLock:
    """The right to write, for as long as it is renewed."""

    def __init__(
        self,
        transport: Transport,
        address: SearchAddress,
        clock: Callable[[], float] = time,
        lease_s: float = LEASE_S,
    ) -> None:
        """`clock` counts seconds since 1970, alike in all processes but for a few seconds."""
        self._transport = transport
        self._index = f"{address.name}-writer"
        self._clock = clock
        self._lease_s = lease_s
        self._holder = uuid4().hex
        self._term = 0
        self._version: _Changed | None = None
        self._changing = asyncio.Lock()
        self._renewing: asyncio.Task[None] | None = None
        self._held_until_s = 0.0  # by the loop's clock
        self._work: asyncio.Timeout | None = None

    async def take(self) -> None:
        """This process writes from now on. Raises SearchWriterBusy."""
        found = await self._ask("GET", "_doc/writer")
        if found.is_found:
            held = msgspec.json.decode(found.body, type=_Document)
            if held.source.until_s > self._clock():
                raise SearchWriterBusy("the search index is being written already")
            self._term = held.source.term + 1
            self._version = _Changed(held.seq_no, held.primary_term)
        else:
            await self._make()
        try:
            await self.renew()
        except _Lost:
            raise SearchWriterBusy("the search index is being written already") from None
        self._renewing = asyncio.create_task(self._renew_for_ever())

    async def renew(self) -> None:
        """It is this process that writes, and for a while to come.

        Raises:
            SearchUnavailable: another process does.
        """
        async with self._changing:
            await self._write(self._clock() + self._lease_s)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Within the block it is this process that writes, for as long as it takes. One at a time.

        Raises:
            SearchUnavailable: another process writes, or the cluster has been silent for the time
                of a lease.
        """
        await self.renew()
        try:
            async with asyncio.timeout_at(self._held_until_s) as self._work:
                yield
        except TimeoutError:
            raise SearchUnavailable("the search cluster does not answer its writer") from None
        finally:
            self._work = None

    async def release(self) -> None:
        """Another process may write."""
        if self._renewing is not None:
            self._renewing.cancel()
            with suppress(asyncio.CancelledError):
                await self._renewing
        with suppress(SearchUnavailable):
            async with self._changing:
                await self._write(0.0)

    async def _write(self, until_s: float) -> None:
        asked_at_s = asyncio.get_running_loop().time()
        changed = await self._put(until_s)
        if not changed.is_found and await self._is_ours():
            # An earlier change arrived whose answer did not.
            changed = await self._put(until_s)
        if not changed.is_found:
            raise _Lost("another process writes the search index")
        self._version = msgspec.json.decode(changed.body, type=_Changed)
        self._held_until_s = asked_at_s + self._lease_s
        if self._work is not None and not self._work.expired():
            self._work.reschedule(self._held_until_s)

    async def _put(self, until_s: float) -> Answer:
        version = self._version
        condition = "_create/writer"
        if version is not None:
            condition = (
                f"_doc/writer?if_seq_no={version.seq_no}&if_primary_term={version.primary_term}"
            )
        held = _Held(self._holder, self._term, until_s)
        return await self._ask("PUT", condition, msgspec.json.encode(held))

    async def _is_ours(self) -> bool:
        """True when the document, whatever its version, names this holder."""
        found = await self._ask("GET", "_doc/writer")
        if not found.is_found:
            return False
        held = msgspec.json.decode(found.body, type=_Document)
        if held.source.holder != self._holder:
            return False
        self._version = _Changed(held.seq_no, held.primary_term)
        return True

    async def _renew_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_RENEWED_S)
            try:
                await self.renew()
            except _Lost:
                _log.error("search_writer_lost_its_lock", term=self._term)
                return
            except SearchUnavailable as error:
                _log.warning("search_writer_lock_not_renewed", reason=str(error))

    async def _make(self) -> None:
        """An index for the one document; another process may make it as well."""
        body = {
            "settings": {"index": {"number_of_shards": 1, "auto_expand_replicas": "0-1"}},
            "mappings": {"dynamic": False, "properties": {}},
        }
        with suppress(SearchUnavailable):
            await self._ask("PUT", "", msgspec.json.encode(body))

    async def _ask(self, method: str, path: str, body: bytes | None = None) -> Answer:
        return await self._transport.ask(
            method, f"/{self._index}/{path}".rstrip("/"), body, timeout_s=_TIMEOUT_S
        )


class _Lost(SearchUnavailable):
    """The document has changed under the holder's hands."""
