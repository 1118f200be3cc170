"""Names nobody else has: ids of things in the order they were made, and tokens that open doors.

An id is a UUIDv7 (RFC 9562, 5.7): rows made one after the other lie side by side in an index. A
token reads `gal_<kind>_<tenant>_<secret><checksum>`, or `gal_<kind>_test_<tenant>_…` when it is for
trying things out: its tenant's number stands in clear so that
the look-up can run inside that tenant, and its checksum refuses typing errors and random guesses
before any database is asked. Only `token_hash` of a token is ever stored.
"""

import hashlib
import os
import re
import secrets
import threading
import time
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import msgspec

_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SECRET_LENGTH = 32  # 62**32 is 190 bits
_CHECKSUM_LENGTH = 6  # 62**6 is above 2**32, so every crc32 fits
_PAIR = len(_BASE62) ** 2
_PAIRS = [high + low for high in _BASE62 for low in _BASE62]
_MAX_TENANT_ID = 2**31 - 1  # the directory numbers tenants by int4

_KIND = re.compile(r"[a-z][a-z0-9]{0,19}")
_TOKEN = re.compile(
    rf"gal_({_KIND.pattern})(_test)?_(0|[1-9a-z][0-9a-z]{{0,5}})"
    rf"_[0-9A-Za-z]{{{_SECRET_LENGTH}}}([0-9A-Za-z]{{{_CHECKSUM_LENGTH}}})"
)

_TAIL_BITS = 74  # all of a UUIDv7 below its 48 bits of milliseconds, version and variant left out
_TAIL_MASK = 2**_TAIL_BITS - 1
_VERSION = 7
_ENTROPY_BYTES = 10
_IDS_A_DRAW = 100


class IdSource:
    """Makes UUIDv7s, each greater than the one before, whatever its clock does."""

    def __init__(
        self,
        clock_ns: Callable[[], int] = time.time_ns,
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        """Make ids of `clock_ns`, nanoseconds since 1970, and of so many `random_bytes`."""
        self._clock_ns = clock_ns
        self._random_bytes = random_bytes
        self._lock = threading.Lock()
        self._last = 0
        self._entropy = b""

    def forget_entropy(self) -> None:
        """A process that was split in two draws its own from here on."""
        self._entropy = b""

    def next(self) -> UUID:
        """The next id. Safe to call from any thread.

        Within a millisecond, and while the clock stands or goes back, the random tail steps up by
        as much as 2**32 (RFC 9562, 6.2, method 2), so ids stay in order and hard to guess.
        """
        milliseconds = self._clock_ns() // 1_000_000
        with self._lock:
            if not self._entropy:
                # By the kilobyte: asking the system takes longer than all the rest.
                self._entropy = self._random_bytes(_ENTROPY_BYTES * _IDS_A_DRAW)
            entropy = int.from_bytes(self._entropy[:_ENTROPY_BYTES], "big")
            self._entropy = self._entropy[_ENTROPY_BYTES:]
            if milliseconds > self._last >> _TAIL_BITS:
                # The tail's top bit starts clear: 2**41 steps before a millisecond is borrowed.
                self._last = milliseconds << _TAIL_BITS | entropy & _TAIL_MASK >> 1
            else:
                self._last += 1 + (entropy & 0xFFFF_FFFF)
            state = self._last
        tail = state & _TAIL_MASK
        return UUID(
            int=state >> _TAIL_BITS << 80
            | _VERSION << 76
            | tail >> 62 << 64
            | 0b10 << 62
            | tail & 0x3FFF_FFFF_FFFF_FFFF
        )


_ids = IdSource()
os.register_at_fork(after_in_child=_ids.forget_entropy)


def new_id() -> UUID:
    """A UUIDv7, greater than every id made before in this process."""
    return _ids.next()


def made_at(made: UUID) -> datetime:
    """When a UUIDv7 was made, to the millisecond below, in UTC."""
    assert made.version == _VERSION, f"{made} says nothing of its time"
    return datetime.fromtimestamp((made.int >> 80) / 1000, UTC)


class TokenParts(msgspec.Struct, frozen=True):
    """What a token says about itself: its kind, its tenant's number, the whole text, and whether it
    is for trying things out."""

    kind: str
    tenant_id: int
    text: str
    is_test: bool = False


def mint_token(kind: str, tenant_id: int, *, is_test: bool = False) -> str:
    """A new secret token of `kind` that names its tenant.

    Args:
        kind: lower-case letters and digits, at most 20, a letter first ("key", "session").
        tenant_id: 0 (the house) to 2**31 - 1.
        is_test: say `test` behind the kind, for all to see.
    """
    assert _KIND.fullmatch(kind), f"{kind!r} is no kind of token"
    assert 0 <= tenant_id <= _MAX_TENANT_ID, f"{tenant_id} is no tenant"
    secret = _digits(secrets.randbelow(62**_SECRET_LENGTH), _BASE62, _SECRET_LENGTH)
    mark = "_test" if is_test else ""
    body = f"gal_{kind}{mark}_{_digits(tenant_id, _BASE36, 1)}_{secret}"
    return body + _checksum(body)


def read_token(text: str, *kinds: str) -> TokenParts | None:
    """What `text` says, or None when it is no well-formed token of one of `kinds`.

    Asks no database.
    """
    match = _TOKEN.fullmatch(text)
    if match is None or match[1] not in kinds or _checksum(text[:-_CHECKSUM_LENGTH]) != match[4]:
        return None
    tenant_id = int(match[3], 36)
    if tenant_id > _MAX_TENANT_ID:
        return None
    return TokenParts(match[1], tenant_id, text, is_test=match[2] is not None)


def token_hash(text: str) -> bytes:
    """The 32 bytes under which a token is stored and looked up: its SHA-256.

    One round is enough because a token is 190 random bits, not a password somebody chose.
    """
    return hashlib.sha256(text.encode()).digest()


def _checksum(body: str) -> str:
    # By pairs of digits: asked with every request that brings a key.
    rest, last = divmod(zlib.crc32(body.encode()), _PAIR)
    first, middle = divmod(rest, _PAIR)
    return _PAIRS[first] + _PAIRS[middle] + _PAIRS[last]


def _digits(number: int, alphabet: str, min_length: int) -> str:
    """`number` >= 0 written in `alphabet`, most significant digit first, padded with its zero."""
    digits = ""
    while number:
        number, digit = divmod(number, len(alphabet))
        digits = alphabet[digit] + digits
    return digits.rjust(min_length, alphabet[0])
