"""Unpacks an answer piece by piece, never beyond the limit: a small bomb stays small."""

import zlib
from collections.abc import AsyncIterable, AsyncIterator, Iterator

from galleria.engines.outbound.errors import OutboundTooLarge, OutboundUnreachable

PIECE_BYTES = 64 * 1024
_EITHER_HEADER = 47  # zlib: 32 + 15, reads the gzip and the zlib format


async def unpacked(
    raw: AsyncIterable[bytes], encoding: str, limit_bytes: int
) -> AsyncIterator[bytes]:
    """The bytes of `raw`, unpacked, in pieces; at most `limit_bytes` of them in all.

    Args:
        raw: the body as it came over the wire.
        encoding: value of Content-Encoding, "" when there was none.
        limit_bytes: for the unpacked bytes, and for the packed ones as well: nothing keeps a
            sender from packing nothing for ever.

    Raises:
        OutboundTooLarge: there is more.
        OutboundUnreachable: an encoding we did not ask for, damaged, or cut short.
    """
    coding = encoding.strip().lower() or "identity"
    if coding not in ("identity", "gzip", "x-gzip", "deflate"):
        raise OutboundUnreachable("the answer is packed in a way that was not asked for")
    unpacker = None if coding == "identity" else _Unpacker()
    packed_bytes = unpacked_bytes = 0
    async for chunk in raw:
        packed_bytes += len(chunk)
        for piece in unpacker.pieces(chunk) if unpacker else (chunk,):
            unpacked_bytes += len(piece)
            _refuse_above(limit_bytes, unpacked_bytes)
            yield piece
        _refuse_above(limit_bytes, packed_bytes)
    if unpacker is not None and unpacker.is_open:
        raise OutboundUnreachable("the answer was cut short")


def _refuse_above(limit_bytes: int, size_bytes: int) -> None:
    if size_bytes > limit_bytes:
        raise OutboundTooLarge(f"the answer has more than {limit_bytes} bytes")


class _Unpacker:
    """gzip and zlib, also several members one after the other."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(_EITHER_HEADER)
        self.is_open = False

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """What `chunk` unpacks to, at most PIECE_BYTES at a time."""
        waiting = chunk
        # A full piece may have left more behind inside the unpacker, even when no input is left.
        piece = b""
        while waiting or len(piece) == PIECE_BYTES:
            if self._member.eof:
                if not waiting:
                    return
                self._member = zlib.decompressobj(_EITHER_HEADER)
            try:
                piece = self._member.decompress(waiting, PIECE_BYTES)
            except zlib.error:
                raise OutboundUnreachable("the answer is damaged") from None
            self.is_open = not self._member.eof
            waiting = self._member.unconsumed_tail or self._member.unused_data
            if piece:
                yield piece
