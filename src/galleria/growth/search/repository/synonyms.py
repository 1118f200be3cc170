"""SQL of the words that mean the same."""

from collections.abc import Sequence
from uuid import UUID

from galleria.engines.sql import Reader, Transaction
from galleria.growth.search.model.synonyms import SynonymSet

_COLUMNS = "synonym_id, words, means, language, updated_at"


async def lock(tx: Transaction) -> None:
    """Until the commit nobody else changes the shop's synonyms, so that their number holds."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('search.synonyms'), $1)")


async def count(reader: Reader) -> int:
    """How many sets there are: a few thousand at most."""
    row = await reader.read_row("SELECT count(*) AS n FROM search.synonym WHERE tenant_id = $1")
    return int(row["n"]) if row else 0


async def save(tx: Transaction, wanted: SynonymSet) -> None:
    """The set is so."""
    await tx.execute(
        f"""
        INSERT INTO search.synonym (tenant_id, key, {_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (tenant_id, synonym_id) DO UPDATE
        SET key = EXCLUDED.key, words = EXCLUDED.words, means = EXCLUDED.means,
            language = EXCLUDED.language, updated_at = EXCLUDED.updated_at
        """,
        wanted.key,
        wanted.synonym_id,
        wanted.words,
        wanted.means,
        wanted.language,
        wanted.updated_at,
    )


async def find(reader: Reader, synonym_id: UUID) -> SynonymSet | None:
    """The set, if there is one."""
    row = await reader.read_row(
        f"SELECT {_COLUMNS} FROM search.synonym WHERE tenant_id = $1 AND synonym_id = $2",
        synonym_id,
    )
    return None if row is None else SynonymSet(**row)


async def page_after(
    reader: Reader, prefix: str, after: tuple[str, UUID], count: int
) -> list[SynonymSet]:
    """At most `count` sets behind a place, those whose first word begins so."""
    rows = await reader.read(
        f"""
        SELECT {_COLUMNS} FROM search.synonym
        WHERE tenant_id = $1 AND (key, synonym_id) > ($2::text, $3::uuid)
          AND key >= $4 AND key < $5
        ORDER BY key, synonym_id LIMIT $6
        """,
        *after,
        prefix,
        prefix + chr(0x10FFFF),
        count,
    )
    return [SynonymSet(**row) for row in rows]


async def everything(reader: Reader) -> list[SynonymSet]:
    """All sets."""
    rows = await reader.read(f"SELECT {_COLUMNS} FROM search.synonym WHERE tenant_id = $1")
    return [SynonymSet(**row) for row in rows]


async def delete(tx: Transaction, synonym_ids: Sequence[UUID]) -> list[UUID]:
    """These sets are gone; those that were there come back."""
    rows = await tx.fetch(
        "DELETE FROM search.synonym WHERE tenant_id = $1 AND synonym_id = ANY ($2::uuid[])"
        " RETURNING synonym_id",
        list(synonym_ids),
    )
    return [row["synonym_id"] for row in rows]


async def delete_all(tx: Transaction) -> None:
    """The shop has no synonyms any more."""
    await tx.execute("DELETE FROM search.synonym WHERE tenant_id = $1")
