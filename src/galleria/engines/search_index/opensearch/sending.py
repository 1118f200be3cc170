"""Changes on their way to one index: gathered, and sent in pieces of bounded size.

The cluster has no transactions. What makes a commit whole is that nothing of it is seen before the
index is refreshed, which happens once all of it is there; and what makes a broken one harmless is
that it can be sent again.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from galleria.engines.search_index.errors import SearchOverloaded, SearchUnavailable
from galleria.engines.search_index.opensearch.clauses import term, terms
from galleria.engines.search_index.opensearch.documents import Written
from galleria.engines.search_index.opensearch.rounds import Shards
from galleria.engines.search_index.opensearch.transport import Transport, failure_of

_AT_ONCE = 3  # requests
_PIECE_BYTES = 2 << 20  # one request; the cluster refuses above 100 MB, and gains nothing above 10
_KEYS_A_LOOK = 200
_MOST_PARTS = 10_000  # documents one look-up returns: fifty of each product, or fewer keys a look
_WRITE_TIMEOUT_S = 120.0
_SCROLL_KEPT = "2m"
_PATIENCE_S = (0.2, 0.5, 1.0, 2.0, 4.0)  # a full cluster says so, and is asked again after these
_NDJSON = "application/x-ndjson"
_TOO_MANY = 429

_encoder = msgspec.json.Encoder()


class _Outcome(msgspec.Struct, frozen=True):
    status: int
    error: Any = None


class _Bulk(msgspec.Struct, frozen=True):
    errors: bool = True
    items: list[dict[str, _Outcome]] = []


class _Hit(msgspec.Struct, frozen=True):
    document_id: str = msgspec.field(name="_id")
    fields: dict[str, list[str]] = {}


class _Hits(msgspec.Struct, frozen=True):
    hits: list[_Hit]


class _Looked(msgspec.Struct, frozen=True):
    found: _Hits = msgspec.field(name="hits")
    shards: Shards = msgspec.field(name="_shards")
    scroll_id: str = msgspec.field(name="_scroll_id", default="")


_bulk = msgspec.json.Decoder(_Bulk)
_looked = msgspec.json.Decoder(_Looked)


class Changes:
    """What has changed since it was last sent: tenants emptied first, then products by key."""

    def __init__(self) -> None:
        self.emptied: set[int] = set()
        self.products: dict[int, dict[str, tuple[Written, ...]]] = {}
        self.size_bytes = 0

    @property
    def is_empty(self) -> bool:
        """Nothing has changed."""
        return not (self.emptied or self.products)

    def replace(self, tenant_id: int, keys: Iterable[str], documents: Sequence[Written]) -> None:
        """These products have these documents, and no others."""
        products = self.products.setdefault(tenant_id, {})
        for key in keys:
            self.size_bytes -= sum(len(each.body) for each in products.get(key, ()))
            products[key] = ()
        for each in documents:
            products[each.key] = (*products[each.key], each)
            self.size_bytes += len(each.body)

    def empty(self, tenant_id: int) -> None:
        """The tenant has no products."""
        gone = self.products.pop(tenant_id, {})
        self.size_bytes -= sum(len(each.body) for parts in gone.values() for each in parts)
        self.emptied.add(tenant_id)


class _Flying:
    """Requests under way, a few at the same time: the cluster writes with several cores."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    async def begin(self, request: Coroutine[Any, Any, None]) -> None:
        """One more is under way, as soon as there is room. Raises what one of them raised."""
        task = asyncio.ensure_future(request)
        self._tasks.add(task)
        if len(self._tasks) >= _AT_ONCE:
            done, self._tasks = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
            for each in done:
                each.result()

    async def stop(self) -> None:
        """None is under way any longer, and nobody asks how they ended."""
        for each in self._tasks:
            each.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def land(self) -> None:
        """All have ended. Raises what one of them raised."""
        outcomes = await asyncio.gather(*self._tasks, return_exceptions=True)
        for each in outcomes:
            if isinstance(each, BaseException):
                raise each


class Sender:
    """Sends changes to the index behind an alias."""

    def __init__(self, transport: Transport, alias: str) -> None:
        self._transport = transport
        self._alias = alias
        # Documents that were sent and cannot be looked up yet, by product.
        self._unseen: dict[int, dict[str, set[str]]] = {}
        self._has_unseen = False

    async def send(self, changes: Changes, *, is_new: bool = False) -> None:
        """The index has the changes, though nobody sees them yet. Safe to repeat.

        `is_new`: these products were never sent before, so no other documents of theirs are there.

        Raises:
            SearchUnavailable: it may have some of them.
        """
        self._has_unseen = self._has_unseen or not changes.is_empty
        for tenant_id in changes.emptied:
            await self._empty(tenant_id)
        flying = _Flying()
        try:
            async for piece in self._pieces(changes, is_new=is_new):
                await flying.begin(self._bulk(piece))
            await flying.land()
        except BaseException:
            await flying.stop()
            raise

    async def _pieces(self, changes: Changes, *, is_new: bool) -> AsyncIterator[list[bytes]]:
        piece: list[bytes] = []
        size_bytes = 0
        for tenant_id, products in changes.products.items():
            is_empty = is_new or tenant_id in changes.emptied
            gone = {} if is_empty else await self._present(tenant_id, list(products))
            for line in self._lines(tenant_id, products, None if is_new else gone):
                piece.append(line)
                size_bytes += len(line)
                if size_bytes >= _PIECE_BYTES:
                    yield piece
                    piece, size_bytes = [], 0
        if piece:
            yield piece

    @property
    def has_unseen(self) -> bool:
        """Something was sent since the index was last refreshed."""
        return self._has_unseen

    def seen(self) -> None:
        """The index was refreshed: all that was sent can be looked up."""
        self._unseen.clear()
        self._has_unseen = False

    def _lines(
        self,
        tenant_id: int,
        products: dict[str, tuple[Written, ...]],
        present: dict[str, set[str]] | None,
    ) -> Iterator[bytes]:
        """What to send; `present` is None where nothing was there, nor is looked up before it can
        be seen: then there is nothing to remember."""
        routing = str(int(tenant_id))
        unseen = {} if present is None else self._unseen.setdefault(tenant_id, {})
        present = present or {}
        for key, documents in products.items():
            ids = {each.document_id for each in documents}
            for gone in (present.get(key, set()) | unseen.get(key, set())) - ids:
                yield _encoder.encode({"delete": {"_id": gone, "routing": routing}}) + b"\n"
            for each in documents:
                action = {"index": {"_id": each.document_id, "routing": routing}}
                yield b"%b\n%b\n" % (_encoder.encode(action), each.body)
            unseen.setdefault(key, set()).update(ids)

    async def _present(self, tenant_id: int, keys: Sequence[str]) -> dict[str, set[str]]:
        """The ids of the documents that products have, by key."""
        present: dict[str, set[str]] = {}
        for at in range(0, len(keys), _KEYS_A_LOOK):
            for each in await self._look(tenant_id, keys[at : at + _KEYS_A_LOOK]):
                present.setdefault(each.fields["key"][0], set()).add(each.document_id)
        return present

    async def _look(self, tenant_id: int, keys: Sequence[str]) -> list[_Hit]:
        body = {
            "size": _MOST_PARTS,
            "track_total_hits": False,
            "query": terms("key", keys),
            "_source": False,
            "docvalue_fields": ["key"],
            "sort": ["_doc"],
        }
        path = f"/{self._alias}/_search?routing={int(tenant_id)}"
        found = (await self._page(path, body)).found.hits
        if len(found) < _MOST_PARTS or len(keys) == 1:
            return found
        half = len(keys) // 2
        return [
            *await self._look(tenant_id, keys[:half]),
            *await self._look(tenant_id, keys[half:]),
        ]

    async def _empty(self, tenant_id: int) -> None:
        """Remove what can be found of a tenant, and what was sent and cannot be found yet.

        Page by page: a request that removed all of a large shop would have no bounds.
        """
        unseen = self._unseen.pop(tenant_id, {})
        await self._delete(tenant_id, [each for ids in unseen.values() for each in ids])
        path = f"/{self._alias}/_search?routing={int(tenant_id)}&scroll={_SCROLL_KEPT}"
        body: dict[str, Any] = {
            "size": _MOST_PARTS,
            "query": term("tenant", str(int(tenant_id))),
            "_source": False,
            "sort": ["_doc"],
        }
        while True:
            page = await self._page(path, body)
            if not page.found.hits:
                break
            await self._delete(tenant_id, [each.document_id for each in page.found.hits])
            path = "/_search/scroll"
            body = {"scroll": _SCROLL_KEPT, "scroll_id": page.scroll_id}
        await self._transport.ask(
            "DELETE",
            "/_search/scroll",
            _encoder.encode({"scroll_id": page.scroll_id}),
            timeout_s=_WRITE_TIMEOUT_S,
        )

    async def _delete(self, tenant_id: int, ids: Sequence[str]) -> None:
        if ids:
            routing = str(int(tenant_id))
            actions = [{"delete": {"_id": each, "routing": routing}} for each in ids]
            await self._bulk([_encoder.encode(each) + b"\n" for each in actions])

    async def _page(self, path: str, body: dict[str, Any]) -> _Looked:
        """Documents found, whole or not at all."""
        answer = await self._transport.ask(
            "POST", path, _encoder.encode(body), timeout_s=_WRITE_TIMEOUT_S
        )
        page = _looked.decode(answer.body) if answer.is_found else None
        if page is None or page.shards.successful != page.shards.total:
            raise SearchUnavailable("the search index is missing, or a part of it")
        return page

    async def _bulk(self, lines: Sequence[bytes]) -> None:
        body = b"".join(lines)
        for pause_s in (*_PATIENCE_S, None):
            try:
                await self._bulk_once(body)
                return
            except SearchOverloaded:
                if pause_s is None:
                    raise
                await asyncio.sleep(pause_s)

    async def _bulk_once(self, body: bytes) -> None:
        # An alias is demanded: a name alone would be made an index of, with fields of its own.
        wanted = "filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason"
        answer = await self._transport.ask(
            "POST",
            f"/{self._alias}/_bulk?require_alias=true&{wanted}",
            body,
            timeout_s=_WRITE_TIMEOUT_S,
            content_type=_NDJSON,
        )
        if not answer.is_found:
            raise SearchUnavailable("the search index is missing; rebuild it")
        outcome = _bulk.decode(answer.body)
        if not outcome.errors:
            return
        failed = [one for item in outcome.items for one in item.values() if one.error is not None]
        worst = max(failed, key=lambda one: one.status != _TOO_MANY)
        raise failure_of(worst.status, str(worst.error), "writing")
