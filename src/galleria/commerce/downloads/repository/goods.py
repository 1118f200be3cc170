"""The tables of digital goods and their files."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from galleria.commerce.downloads.model import DigitalGood, DownloadFile
from galleria.engines.sql import Reader, Transaction

_GOOD = ", ".join(DigitalGood.__struct_fields__)
_TYPES = dict(
    zip(
        DigitalGood.__struct_fields__,
        ["uuid", "uuid", "text", "int4", "int4", "boolean", "int4", "timestamptz"],
        strict=True,
    )
)
_FILE = ", ".join(DownloadFile.__struct_fields__)


async def goods_of(reader: Reader, variant_ids: Sequence[UUID]) -> dict[UUID, DigitalGood]:
    """Those of the variants that are digital goods, by id."""
    rows = await reader.read(
        f"SELECT {_GOOD} FROM downloads.good"
        " WHERE tenant_id = $1 AND variant_id = ANY ($2::uuid[])",
        list(variant_ids),
    )
    return {row["variant_id"]: DigitalGood(**row) for row in rows}


async def goods_of_products(reader: Reader, product_ids: Sequence[UUID]) -> list[UUID]:
    """The variants of these products that are digital goods, by id."""
    rows = await reader.read(
        "SELECT variant_id FROM downloads.good"
        " WHERE tenant_id = $1 AND product_id = ANY ($2::uuid[]) ORDER BY variant_id",
        list(product_ids),
    )
    return [row["variant_id"] for row in rows]


async def lock_good(tx: Transaction, variant_id: UUID) -> DigitalGood | None:
    """The digital good, which nobody else changes until the commit."""
    row = await tx.fetch_row(
        f"SELECT {_GOOD} FROM downloads.good"
        " WHERE tenant_id = $1 AND variant_id = $2 FOR NO KEY UPDATE",
        variant_id,
    )
    return None if row is None else DigitalGood(**row)


async def save_goods(tx: Transaction, goods: Sequence[DigitalGood]) -> None:
    """The variants are had on these terms."""
    await tx.copy_rows("incoming_good", _TYPES, [msgspec.structs.astuple(each) for each in goods])
    await tx.execute(
        f"""
        INSERT INTO downloads.good (tenant_id, {_GOOD}) SELECT $1, {_GOOD} FROM incoming_good
        ON CONFLICT (tenant_id, variant_id) DO UPDATE
        SET kind = excluded.kind, max_downloads = excluded.max_downloads,
            valid_days = excluded.valid_days, keeps_bought = excluded.keeps_bought,
            low_at = excluded.low_at, updated_at = excluded.updated_at
        """
    )


async def delete_good(tx: Transaction, variant_id: UUID) -> bool:
    """True when the variant was a digital good; it is none any more."""
    touched = await tx.execute(
        "DELETE FROM downloads.good WHERE tenant_id = $1 AND variant_id = $2", variant_id
    )
    return touched == 1


async def delete_goods(tx: Transaction, variant_ids: Sequence[UUID]) -> None:
    """None of these variants is a digital good any more; what was bought stays."""
    await tx.execute(
        "DELETE FROM downloads.good WHERE tenant_id = $1 AND variant_id = ANY ($2::uuid[])",
        list(variant_ids),
    )


async def current_files(reader: Reader, variant_ids: Sequence[UUID]) -> list[DownloadFile]:
    """The files that are sold with these variants now, in the order they were first sent."""
    rows = await reader.read(
        f"""SELECT {_FILE} FROM downloads.file
        WHERE tenant_id = $1 AND variant_id = ANY ($2::uuid[]) AND retired_at IS NULL
        ORDER BY variant_id, slot_id""",
        list(variant_ids),
    )
    return [DownloadFile(**row) for row in rows]


async def files_of_slots(
    reader: Reader, slot_ids: Sequence[UUID], file_ids: Sequence[UUID]
) -> list[DownloadFile]:
    """The current files of the slots, and the files with these ids, retired or not."""
    rows = await reader.read(
        f"""SELECT {_FILE} FROM downloads.file WHERE tenant_id = $1
        AND ((slot_id = ANY ($2::uuid[]) AND retired_at IS NULL) OR file_id = ANY ($3::uuid[]))
        ORDER BY file_id""",
        list(slot_ids),
        list(file_ids),
    )
    return [DownloadFile(**row) for row in rows]


async def add_file(tx: Transaction, file: DownloadFile) -> None:
    """The file is sold with its variant."""
    await tx.execute(
        f"INSERT INTO downloads.file (tenant_id, {_FILE})"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        *(getattr(file, name) for name in DownloadFile.__struct_fields__),
    )


async def retire_file(tx: Transaction, file_id: UUID) -> DownloadFile | None:
    """The file, which is sold no longer; None when it was none or not any more."""
    row = await tx.fetch_row(
        f"""UPDATE downloads.file SET retired_at = $3
        WHERE tenant_id = $1 AND file_id = $2 AND retired_at IS NULL RETURNING {_FILE}""",
        file_id,
        tx.now,
    )
    return None if row is None else DownloadFile(**row)
