"""A request as the door hears it: nothing is worked out while somebody waits for the answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias
from uuid import UUID

# A body longer than this is not looked at. Of what is looked at, `MOST_KEPT_BYTES` are kept.
MOST_HELD_BYTES = 32 * 1024
MOST_A_WRITE = 20  # of one key between two writes, a second as a rule; and as many failures
READS = frozenset({"GET", "HEAD"})
# What changes an answer, and neither opens a door nor says who asks.
KEPT_HEADERS = frozenset(
    {b"accept", b"accept-language", b"content-type", b"galleria-profile", b"if-match"}
)
MOST_HEADER_BYTES = 500

Pairs: TypeAlias = Sequence[tuple[bytes, bytes]]
Answers: TypeAlias = Literal["json", "stream", "other"]


class Heard:
    """A body as it goes by: its size, and all of it as long as it is short enough."""

    __slots__ = ("_chunks", "_is_held", "size_bytes")

    def __init__(self, *, is_held: bool) -> None:
        """Count bytes, and hold on to them when `is_held`."""
        self._is_held = is_held
        self._chunks: list[bytes] = []
        self.size_bytes = 0
        """How long it was."""

    def add(self, chunk: bytes) -> None:
        """The next part of it."""
        self.size_bytes += len(chunk)
        if not self._is_held:
            return
        if self.size_bytes <= MOST_HELD_BYTES:
            self._chunks.append(chunk)
        else:
            self._is_held, self._chunks = False, []

    @property
    def whole(self) -> bytes | None:
        """All of it; None when it is not held."""
        return b"".join(self._chunks) if self._is_held else None


@dataclass(slots=True, kw_only=True)
class HeardRequest:
    """One request with a key, and what it was answered."""

    key_id: UUID
    request_id: str
    method: str
    path: str
    raw_path: str
    query: str
    headers: list[tuple[str, str]]
    address: str
    agent: str
    is_by_pass: bool
    """True when a pass was sent, which may do less than its key."""
    replay_of: str | None
    asked: Heard
    answered: Heard
    api_version: str = ""
    status: int = 0
    content_type: str = ""
    duration_ms: float = 0.0

    @property
    def is_read(self) -> bool:
        """Whether it changes nothing."""
        return self.method in READS

    def begin_answer(self, status: int, headers: Pairs) -> None:
        """This is what it is answered with."""
        self.status = status
        for name, value in headers:
            if name == b"content-type":
                self.content_type = value.decode("latin-1").partition(";")[0].strip().lower()


@dataclass(slots=True)
class HeardOfKey:
    """The requests of one key that nobody has written down yet."""

    key_id: UUID
    kept: list[HeardRequest] = field(default_factory=list)
    left_out: int = 0
    """How many more there were."""
    _reads: int = 0

    def add(self, request: HeardRequest) -> bool:
        """One request more; False when it is only counted. Failures have places of their own."""
        failures = len(self.kept) - self._reads
        is_failure = request.status >= 400
        if (failures if is_failure else self._reads) >= MOST_A_WRITE:
            self.left_out += 1
            return False
        self._reads += not is_failure
        self.kept.append(request)
        return True


def kept_headers(headers: Pairs) -> list[tuple[str, str]]:
    """Those of a request that change what is answered."""
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in headers
        if name in KEPT_HEADERS and len(value) <= MOST_HEADER_BYTES
    ]
