"""Reads formats whose rows of one product may stand anywhere: gathers them all, then takes them in.

The first half of an import's way is reading the file to its end, the second giving out products;
its position counts the bytes of the records given out. A damaged file changes nothing: what is
behind the damage might belong to any of its products.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from time import monotonic

from galleria.commerce.imports.model.batches import Batch, Gatherer
from galleria.commerce.imports.model.parsed import Item
from galleria.commerce.imports.model.records import GroupMapper, RecordReader, item_of
from galleria.commerce.imports.model.runs import Claim, Position
from galleria.commerce.imports.service.spooling import Spool
from galleria.commerce.imports.service.stored_bytes import Opened, StoredBytes

# An import that is heard of less often may be taken for dead.
BEAT_S = 10.0
# Records and items made before others have a turn.
_BREATH = 16


async def gathered_batches(
    claim: Claim,
    source: StoredBytes,
    opened: Opened,
    start: int,
    reader: RecordReader,
    mapper: GroupMapper,
    gatherer: Gatherer,
) -> AsyncGenerator[Batch, None]:
    """What the file still holds, from the position of the claim to its end.

    Now and then an empty batch comes while the file is being read, to say that the import lives.

    Raises:
        UnreadableFile, SuspiciousFile: it is damaged; nothing of it has been given out.
    """
    size_bytes = claim.run.size_bytes
    with Spool() as spool:
        beat_at = monotonic()
        async with aclosing(source.pieces(start, opened)) as pieces:
            async for piece in pieces:
                for count, record in enumerate(reader.feed(piece)):
                    spool.add(record)
                    if count % (8 * _BREATH) == 0:
                        await asyncio.sleep(0)
                if monotonic() - beat_at > BEAT_S:
                    yield gatherer.take(source.read_bytes // 2)
                    beat_at = monotonic()
        for record in reader.finish():
            spool.add(record)
        for count, item in enumerate(_items(spool, mapper, claim.position)):
            gatherer.add(item)
            if gatherer.is_full:
                share = item.end.next_byte / max(1, spool.size_bytes)
                yield gatherer.take(int(size_bytes * (1 + share) / 2))
            if count % _BREATH == 0:
                await asyncio.sleep(0)
    if not gatherer.is_empty:
        yield gatherer.take(size_bytes)


def _items(spool: Spool, mapper: GroupMapper, start: Position) -> Iterator[Item]:
    """The items behind `start`: those before it were taken in already."""
    end = 0
    for group in spool.groups():
        end += group.size_bytes
        if end > start.next_byte:
            last = group.records[-1].line
            yield item_of(group, mapper, Position(end, last + 1))
