"""All SQL of the diary."""

from uuid import UUID

from galleria.engines.sql import Reader, Transaction
from galleria.platform.audit.model import Entry

_COLUMNS = Entry.__struct_fields__
_LIST = ", ".join(_COLUMNS)
_INSERT = (
    f"INSERT INTO audit.entry (tenant_id, {_LIST}) "
    f"VALUES ($1, {', '.join(f'${at}' for at, _ in enumerate(_COLUMNS, 2))})"
)


async def add_entry(tx: Transaction, entry: Entry) -> None:
    """The entry is part of this transaction."""
    await tx.execute(_INSERT, *(getattr(entry, name) for name in _COLUMNS))


async def entries_before(
    reader: Reader, before: UUID, subject: str | None, count: int
) -> list[Entry]:
    """At most `count` entries older than `before`, newest first; of one subject when given."""
    # Two statements rather than one with `$3 IS NULL OR …`: each keeps its own index.
    select = f"SELECT {_LIST} FROM audit.entry WHERE tenant_id = $1 AND entry_id < $2"
    if subject is None:
        rows = await reader.read(f"{select} ORDER BY entry_id DESC LIMIT $3", before, count)
    else:
        rows = await reader.read(
            f"{select} AND subject = $3 ORDER BY entry_id DESC LIMIT $4", before, subject, count
        )
    return [Entry(**row) for row in rows]
