"""Is the index on disk what was once written there?

Tantivy ends each file with a checksum but compares it with nothing when it opens the file, and a
damaged file may answer wrongly for a long time. So we compare, about a second for a gigabyte, when
a writer opens the index and when a reader could not read it. Format: tantivy 0.27, `directory::
footer` (body, JSON with the CRC-32 of the body, length of the JSON, magic number).
"""

import mmap
import struct
import zlib
from pathlib import Path
from typing import Any

import msgspec

_END = struct.Struct("<II")
_MAGIC = 1337
_STEP_BYTES = 1 << 20


class _Footer(msgspec.Struct):
    crc: int


class _Segment(msgspec.Struct):
    segment_id: str
    deletes: dict[str, Any] | None = None


class _Meta(msgspec.Struct):
    segments: list[_Segment]


def damage_of(generation: Path) -> str | None:
    """What is damaged in a generation, None when every byte is as it was written.

    While a writer is at work files come and go: compare only what `IndexFolder.signature` says
    has not changed meanwhile.

    Raises:
        OSError: a file is there and cannot be read.
    """
    try:
        meta = msgspec.json.decode((generation / "meta.json").read_bytes(), type=_Meta)
    except (FileNotFoundError, msgspec.DecodeError) as error:
        return f"meta.json: {error}"
    for segment in meta.segments:
        names = _files_of(generation, segment)
        if not names:
            return f"segment {segment.segment_id} has no files"
        for name in names:
            try:
                is_whole = _is_whole(generation / name)
            except FileNotFoundError:
                return f"{name} is missing"
            if not is_whole:
                return f"{name} is not what was written"
    return None


def _files_of(generation: Path, segment: _Segment) -> list[str]:
    stem = segment.segment_id.replace("-", "")
    # Deletes are a file a commit; only the last one counts and the others may go at any time.
    names = [path.name for path in generation.glob(f"{stem}.*") if path.suffix != ".del"]
    if segment.deletes is not None:
        names.append(f"{stem}.{segment.deletes['opstamp']}.del")
    return names


def _is_whole(path: Path) -> bool:
    size_bytes = path.stat().st_size
    if size_bytes < _END.size:
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        length, magic = _END.unpack(content[-_END.size :])
        body_bytes = size_bytes - _END.size - length
        if magic != _MAGIC or body_bytes < 0:
            return False
        try:
            footer = msgspec.json.decode(content[body_bytes : -_END.size], type=_Footer)
        except msgspec.DecodeError:
            return False
        crc = 0
        for start in range(0, body_bytes, _STEP_BYTES):
            crc = zlib.crc32(content[start : min(start + _STEP_BYTES, body_bytes)], crc)
        return crc == footer.crc
