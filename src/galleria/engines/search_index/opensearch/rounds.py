"""Round trips to the cluster for one shopper's question: several searches travel in each."""

from base64 import b64decode
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from galleria.engines.search_index.errors import SearchTimeout, SearchUnavailable
from galleria.engines.search_index.opensearch.clauses import Clause
from galleria.engines.search_index.opensearch.transport import Deadline, Transport, failure_of

_encoder = msgspec.json.Encoder()
_NDJSON = "application/x-ndjson"
_GRACE_MS = 1  # the least that the cluster takes for a time limit


class _Total(msgspec.Struct, frozen=True):
    value: int = 0
    relation: str = "eq"


class _Fields(msgspec.Struct, frozen=True):
    card: list[str]  # base64 without the signs that fill it up


class FoundHit(msgspec.Struct, frozen=True):
    """A hit: what is shown of it, and what it was sorted by."""

    fields: _Fields
    sort: list[Any] = []

    @property
    def card(self) -> bytes:
        """What is kept of it, written."""
        (card,) = self.fields.card
        return b64decode(card + "=" * (-len(card) % 4))


class _Hits(msgspec.Struct, frozen=True):
    hits: list[FoundHit] = []
    total: _Total | None = None


class Shards(msgspec.Struct, frozen=True):
    """Of how many parts of the index an answer is."""

    total: int = 1
    successful: int = 1


class Found(msgspec.Struct, frozen=True):
    """What one search found and counted, and of how many parts of the index."""

    timed_out: bool = False
    shards: Shards = msgspec.field(name="_shards", default=Shards())
    found: _Hits = msgspec.field(name="hits", default=_Hits())
    aggregations: dict[str, Any] = {}
    error: Any = None
    status: int = 200

    @property
    def hits(self) -> list[FoundHit]:
        """The page's hits, in order."""
        return self.found.hits

    @property
    def total(self) -> int:
        """Documents that match, or a lower bound."""
        return self.found.total.value if self.found.total is not None else 0

    @property
    def is_exact(self) -> bool:
        """The total is not a lower bound."""
        return self.is_whole and (self.found.total is None or self.found.total.relation == "eq")

    @property
    def is_whole(self) -> bool:
        """All parts answered, and in time."""
        return not self.timed_out and self.shards.successful == self.shards.total


class _Round(msgspec.Struct, frozen=True):
    responses: list[Found]


_decoder = msgspec.json.Decoder(_Round)


class Rounds:
    """What one tenant may ask of the index within one deadline."""

    def __init__(
        self, transport: Transport, index: str, tenant_id: int, deadline: Deadline
    ) -> None:
        self._transport = transport
        self._header = _encoder.encode({"index": index, "routing": str(int(tenant_id))})
        self._path = f"/{quote(index)}/_msearch"
        self.deadline = deadline

    async def ask(self, bodies: Mapping[str, Clause]) -> dict[str, Found | None]:
        """The answers by the questions' names; None for one that failed. The first must not.

        Raises:
            SearchTimeout: there was no answer, or not a single hit of the first, at the deadline.
            SearchOverloaded, SearchUnavailable: the first failed.
        """
        limit = f"{max(self.deadline.soft_ms, _GRACE_MS)}ms"
        lines: list[bytes] = []
        for body in bodies.values():
            lines += [self._header, _encoder.encode({"timeout": limit, **body})]
        answer = await self._transport.ask(
            "POST",
            self._path,
            b"\n".join([*lines, b""]),
            timeout_s=self.deadline.left_s,
            content_type=_NDJSON,
        )
        if not answer.is_found:
            raise SearchUnavailable("the search index is missing; rebuild it")
        try:
            responses = _decoder.decode(answer.body).responses
        except msgspec.DecodeError as error:
            raise SearchUnavailable("the search cluster answered in no form we know") from error
        if len(responses) != len(bodies):
            raise SearchUnavailable("the search cluster answered something else")
        found = dict(zip(bodies, responses, strict=True))
        return {
            name: self._usable(name, each, is_first=at == 0)
            for at, (name, each) in enumerate(found.items())
        }

    def _usable(self, name: str, found: Found, *, is_first: bool) -> Found | None:
        if found.error is not None:
            failure = failure_of(found.status, str(found.error), f"search {name}")
            if is_first:
                raise failure
            return None
        if is_first and found.timed_out and not found.hits and not found.total:
            raise SearchTimeout("no result in time", retry_after_s=1)
        return found
