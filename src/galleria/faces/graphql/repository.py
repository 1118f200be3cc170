"""All SQL of GraphQL's registered documents."""

from collections.abc import Sequence

from galleria.engines.sql import Reader, Transaction
from galleria.faces.graphql.model import FaceName, RegisteredDocument, ShopGraphql

_COLUMNS = ", ".join(RegisteredDocument.__struct_fields__)


async def save(tx: Transaction, documents: Sequence[RegisteredDocument]) -> None:
    """The documents are kept; one that was there has the new name."""
    await tx.execute(
        f"INSERT INTO graphql.document (tenant_id, {_COLUMNS}) SELECT $1, d.*"
        " FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[]) AS d"
        " ON CONFLICT (tenant_id, face, sha256) DO UPDATE SET name = excluded.name",
        *(
            [getattr(each, name) for each in documents]
            for name in RegisteredDocument.__struct_fields__
        ),
    )


async def lock(tx: Transaction) -> None:
    """Until the commit nobody else registers documents of this shop."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('graphql.documents'), $1)")


async def count(tx: Transaction) -> int:
    """How many documents the shop has, of which there are few."""
    rows = await tx.fetch("SELECT count(*) AS n FROM graphql.document WHERE tenant_id = $1")
    return int(rows[0]["n"])


async def find(reader: Reader, face: str, sha256: str) -> str | None:
    """The text of the document with this digest."""
    text: str | None = await reader.read_value(
        "SELECT text FROM graphql.document WHERE tenant_id = $1 AND face = $2 AND sha256 = $3",
        face,
        sha256,
    )
    return text


async def page_after(
    reader: Reader, face: FaceName, sha256: str, limit: int
) -> list[RegisteredDocument]:
    """Documents of a face by their digests."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM graphql.document"
        " WHERE tenant_id = $1 AND face = $2 AND sha256 > $3 ORDER BY sha256 LIMIT $4",
        face,
        sha256,
        limit,
    )
    return [RegisteredDocument(**row) for row in rows]


async def remove(tx: Transaction, face: str, sha256: str) -> bool:
    """The document is gone; whether it was there."""
    done = await tx.fetch(
        "DELETE FROM graphql.document WHERE tenant_id = $1 AND face = $2 AND sha256 = $3"
        " RETURNING sha256",
        face,
        sha256,
    )
    return bool(done)


async def settings_of(reader: Reader) -> ShopGraphql:
    """What the shop has said."""
    row = await reader.read_row("SELECT only_registered FROM graphql.setting WHERE tenant_id = $1")
    return ShopGraphql() if row is None else ShopGraphql(row["only_registered"])


async def save_settings(tx: Transaction, wanted: ShopGraphql) -> None:
    """The shop says this from now on."""
    await tx.execute(
        "INSERT INTO graphql.setting (tenant_id, only_registered) VALUES ($1, $2)"
        " ON CONFLICT (tenant_id) DO UPDATE SET only_registered = excluded.only_registered",
        wanted.only_registered,
    )


async def delete_all(tx: Transaction) -> None:
    """Nothing is kept of the shop."""
    await tx.execute("DELETE FROM graphql.document WHERE tenant_id = $1")
    await tx.execute("DELETE FROM graphql.setting WHERE tenant_id = $1")
