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
from galleria.commerce.imports.service.stored_bytes import StoredBytes, in_turns

# An import that is heard of less often may be taken for dead.
BEAT_S = 10.0
# Records and items made before others have a turn.
_BREATH = 16


async def gathered_batches(
    claim: Claim,
    source: StoredBytes,
    pieces: AsyncGenerator[bytes, None],
    way: tuple[RecordReader, GroupMapper],
    gatherer: Gatherer,
    beat_s: float = BEAT_S,
) -> AsyncGenerator[Batch, None]:
    """What the file still holds, from the position of the claim to its end.

    Args:
        claim: the import, and where it stands.
        source: counts what has been read.
        pieces: the text of `source` from behind its header on; is closed.
        way: what reads records, and what makes products of them.
        gatherer: what the batches come from.
        beat_s: so often, while the file is being read, an empty batch says that the import lives.

    Raises:
        UnreadableFile, SuspiciousFile: it is damaged; nothing of it has been given out.
    """
    size_bytes, (reader, mapper) = claim.run.size_bytes, way
    with Spool() as spool:
        beat_at = monotonic()
        async with aclosing(pieces), aclosing(in_turns(pieces)) as parts:
            async for part in parts:
                for count, record in enumerate(reader.feed(part)):
                    spool.add(record)
                    if count % (8 * _BREATH) == 0:
                        await asyncio.sleep(0)
                if monotonic() - beat_at > beat_s:
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
