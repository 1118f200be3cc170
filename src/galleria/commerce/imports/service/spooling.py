"""Brings records of one product together that stand anywhere in a file, in flat memory.

Up to 32 MB of records stay in memory and come out in the order their products appear. Of larger
files sorted runs go to a temporary file and are merged: products come in the order of their keys.
Either way the same file gives the same groups in the same order, so an import can go on at one.
"""

import heapq
import os
from collections.abc import Iterator
from itertools import groupby
from tempfile import TemporaryFile
from types import TracebackType

import msgspec

from galleria.commerce.imports.model.records import (
    MAX_GROUP_BYTES,
    MAX_RECORDS,
    Group,
    Record,
)

MEMORY_BYTES = 32 * 1024 * 1024
# What a record takes beside its bytes: a tuple, two numbers and its key.
_OVERHEAD_BYTES = 250
_READ_BYTES = 64 * 1024
_SIZE_BYTES = 4

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Record)

_Entry = tuple[str, int, bytes]


class Spool:
    """See the module. To be used in a `with`: the temporary file goes at its end.

    `size_bytes` is that of all records added.
    """

    def __init__(self, memory_bytes: int = MEMORY_BYTES) -> None:
        """Keep up to `memory_bytes` in memory."""
        self._memory_bytes = memory_bytes
        self._held: list[_Entry] = []
        self._held_bytes = 0
        self._count = 0
        self.size_bytes = 0
        self._file = TemporaryFile()  # noqa: SIM115 - closed at the end of the `with`
        self._runs: list[tuple[int, int]] = []

    def __enter__(self) -> "Spool":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def add(self, record: Record) -> None:
        """The record is kept. One without a key stands by itself."""
        encoded = _encoder.encode(record)
        # What no key can begin with keeps strangers apart, in the order of the file.
        key = record.key or f"\0{self._count:020}"
        self._held.append((key, self._count, encoded))
        self._count += 1
        self.size_bytes += len(encoded)
        self._held_bytes += len(encoded) + _OVERHEAD_BYTES
        if self._held_bytes >= self._memory_bytes:
            self._write_run()

    def groups(self) -> Iterator[Group]:
        """All groups, each once. Nothing is added any more."""
        if not self._runs:
            by_key: dict[str, list[_Entry]] = {}
            for entry in self._held:
                by_key.setdefault(entry[0], []).append(entry)
            for key, entries in by_key.items():
                yield _group(key, iter(entries))
            return
        self._write_run()
        merged = heapq.merge(*(self._read_run(*each) for each in self._runs))
        for key, found in groupby(merged, key=lambda entry: entry[0]):
            yield _group(key, found)

    def _write_run(self) -> None:
        if not self._held:
            return
        self._held.sort()
        begin = self._file.seek(0, os.SEEK_END)
        for key, number, encoded in self._held:
            blob = _encoder.encode((key, number, encoded))
            self._file.write(len(blob).to_bytes(_SIZE_BYTES, "big"))
            self._file.write(blob)
        self._file.flush()
        self._runs.append((begin, self._file.tell()))
        self._held, self._held_bytes = [], 0

    def _read_run(self, at: int, end: int) -> Iterator[_Entry]:
        descriptor, waiting = self._file.fileno(), b""
        decoder = msgspec.msgpack.Decoder(tuple[str, int, bytes])
        while at < end or waiting:
            size = int.from_bytes(waiting[:_SIZE_BYTES], "big") if waiting else 0
            if len(waiting) < _SIZE_BYTES or len(waiting) < _SIZE_BYTES + size:
                chunk = os.pread(descriptor, min(max(_READ_BYTES, size), end - at), at)
                assert chunk, "a run is as long as it was written"
                at += len(chunk)
                waiting += chunk
                continue
            yield decoder.decode(waiting[_SIZE_BYTES : _SIZE_BYTES + size])
            waiting = waiting[_SIZE_BYTES + size :]


def _group(key: str, entries: Iterator[_Entry]) -> Group:
    group = Group(key=key, records=[])
    for _, _, encoded in entries:
        group.size_bytes += len(encoded)
        is_full = len(group.records) >= MAX_RECORDS or group.size_bytes > MAX_GROUP_BYTES
        if is_full and group.records:
            group.left_out += 1
        else:
            group.records.append(_decoder.decode(encoded))
    return group
