"""Products as they are looked for: written in bulk, found page by page."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce.workbench.model.entries import COLUMN_OF, MOST_TITLE, Entry, Wanted
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.text import sort_key

# Behind every character there is.
LAST = "\U0010ffff"
_FIELDS = Entry.__struct_fields__
_TYPES = dict(
    zip(
        _FIELDS,
        ["uuid", "timestamptz", "int8", "int8", "int8", "int8[]", "text"],
        strict=True,
    )
)
_COLUMNS = ", ".join(_FIELDS)
# The marks that come and go, with the counts of both, in one statement.
_REMARK = """
    WITH old AS (
        SELECT e.product_id, m.mark FROM workbench.entry AS e
        CROSS JOIN LATERAL unnest(e.marks) AS m (mark)
        WHERE e.tenant_id = $1 AND e.product_id IN (SELECT product_id FROM incoming_entry)
    ), new AS (
        SELECT i.product_id, m.mark FROM incoming_entry AS i
        CROSS JOIN LATERAL unnest(i.marks) AS m (mark)
    ), gone AS (
        SELECT * FROM old EXCEPT SELECT * FROM new
    ), come AS (
        SELECT * FROM new EXCEPT SELECT * FROM old
    ), deleted AS (
        DELETE FROM workbench.mark AS t USING gone AS g
        WHERE t.tenant_id = $1 AND t.mark = g.mark AND t.product_id = g.product_id
    ), added AS (
        INSERT INTO workbench.mark (tenant_id, mark, product_id)
        SELECT $1, mark, product_id FROM come ORDER BY mark, product_id
    )
    INSERT INTO workbench.mark_count AS c (tenant_id, mark, products)
    SELECT $1, d.mark, sum(d.step) FROM (
        SELECT mark, 1 AS step FROM come UNION ALL SELECT mark, -1 FROM gone) AS d
    GROUP BY d.mark HAVING sum(d.step) <> 0
    ON CONFLICT (tenant_id, mark) DO UPDATE SET products = c.products + excluded.products
"""


async def lock_entries(tx: Transaction) -> None:
    """Until the commit nobody else writes entries of this shop."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('workbench.entry'), $1)")


async def write_entries(tx: Transaction, entries: Sequence[Entry]) -> None:
    """These products are found as this; the entries are locked."""
    rows = [msgspec.structs.astuple(each) for each in entries]
    await tx.copy_rows("incoming_entry", _TYPES, rows)
    await tx.execute(_REMARK)
    fields = ", ".join(f"{name} = excluded.{name}" for name in _FIELDS[1:])
    await tx.execute(
        f"""
        INSERT INTO workbench.entry AS e (tenant_id, {_COLUMNS})
        SELECT $1, {_COLUMNS} FROM incoming_entry ORDER BY product_id
        ON CONFLICT (tenant_id, product_id) DO UPDATE SET {fields}
        """
    )


async def remove_entries(tx: Transaction, product_ids: Sequence[UUID]) -> None:
    """These products are found no more; the entries are locked."""
    rows: list[tuple[Any, ...]] = [(each, tx.now, 0, 0, 0, [], "") for each in product_ids]
    await tx.copy_rows("incoming_entry", _TYPES, rows)
    await tx.execute(_REMARK)
    await tx.execute(
        "DELETE FROM workbench.entry WHERE tenant_id = $1 AND product_id = ANY ($2::uuid[])",
        list(product_ids),
    )


async def counts_of(reader: Reader, marks: Sequence[int]) -> dict[int, int]:
    """How many products have each of the marks."""
    rows = await reader.read(
        "SELECT mark, products FROM workbench.mark_count"
        " WHERE tenant_id = $1 AND mark = ANY ($2::int8[])",
        list(marks),
    )
    found = {row["mark"]: row["products"] for row in rows}
    return {mark: found.get(mark, 0) for mark in marks}


async def page_of_entries(
    reader: Reader,
    wanted: Wanted,
    order: tuple[str, bool],
    after: Sequence[Any] | None,
    count: int,
    along_mark: int | None,
) -> list[Entry]:
    """At most `count` entries in order.

    Args:
        reader: whose.
        wanted: which.
        order: what it goes by, and whether from the end.
        after: sort value and id of the entry before, or only its id; None for the start.
        count: at most so many.
        along_mark: the mark whose products are looked through; None for all products.
    """
    args: list[Any] = []

    def arg(value: Any, kind: str) -> str:
        args.append(value)
        return f"${len(args) + 1}::{kind}"

    by, is_descending = order
    column = COLUMN_OF[by]
    owner = "e" if along_mark is None else "m"
    keys = [(f"{owner}.product_id", "uuid")]
    if column is not None:
        keys.insert(0, (f"e.{column[0]}", column[1]))
    source, where = "workbench.entry AS e", ["e.tenant_id = $1"]
    if along_mark is not None:
        source = (
            "workbench.mark AS m JOIN workbench.entry AS e"
            " ON e.tenant_id = $1 AND e.product_id = m.product_id"
        )
        where = ["m.tenant_id = $1", f"m.mark = {_said(along_mark)}"]
    where += [f"{_said(mark)} = ANY (e.marks)" for mark in wanted.marks if mark != along_mark]
    where += _bounds(wanted, arg)
    if after is not None:
        values = ", ".join(arg(v, kind) for v, (_, kind) in zip(after, keys, strict=True))
        names = ", ".join(name for name, _ in keys)
        where.append(f"({names}) {'<' if is_descending else '>'} ({values})")
    direction = " DESC" if is_descending else ""
    ordering = ", ".join(f"{name}{direction}" for name, _ in keys)
    columns = ", ".join(f"e.{name}" for name in _FIELDS)
    rows = await reader.read(
        f"SELECT {columns} FROM {source} WHERE {' AND '.join(where)}"
        f" ORDER BY {ordering} LIMIT {arg(count, 'int8')}",
        *args,
    )
    return [Entry(**row) for row in rows]


def _said(mark: int) -> str:
    """The mark as a literal. A parameter would be planned for as any mark, of a few products; of
    one that 100,000 have, the planner then fetches and sorts them all."""
    return f"'{mark:d}'::int8"


def _bounds(wanted: Wanted, arg: Any) -> list[str]:
    where = []
    if key := sort_key(wanted.begins)[:MOST_TITLE]:
        where.append(
            f"e.title_sort >= {arg(key, 'text')} AND e.title_sort < {arg(key + LAST, 'text')}"
        )
    if wanted.price_from is not None:
        where.append(f"e.price_max >= {arg(wanted.price_from, 'int8')}")
    if wanted.price_until is not None:
        until = arg(wanted.price_until, "int8")
        where.append(f"e.price_min <= {until} AND e.price_min >= 0")
    if wanted.changed_since is not None:
        where.append(f"e.changed_at >= {arg(wanted.changed_since, 'timestamptz')}")
    return where


async def entries_of(reader: Reader, product_ids: Sequence[UUID]) -> list[Entry]:
    """The entries of those of the products that have one."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM workbench.entry"
        " WHERE tenant_id = $1 AND product_id = ANY ($2::uuid[])",
        list(product_ids),
    )
    return [Entry(**row) for row in rows]


async def lock_filling(tx: Transaction) -> UUID | None:
    """The product up to which the shop has been taken in, locked; None when all of it was."""
    await tx.execute(
        "INSERT INTO workbench.filling (tenant_id, after_product_id) VALUES ($1, $2)"
        " ON CONFLICT DO NOTHING",
        UUID(int=0),
    )
    row = await tx.fetch_row(
        "SELECT after_product_id FROM workbench.filling WHERE tenant_id = $1 FOR UPDATE"
    )
    after: UUID | None = row["after_product_id"] if row else None
    return after


async def is_filled(reader: Reader) -> bool:
    """The whole shop has been taken in."""
    rows = await reader.read("SELECT after_product_id FROM workbench.filling WHERE tenant_id = $1")
    return bool(rows) and rows[0]["after_product_id"] is None


async def save_filling(tx: Transaction, after: UUID | None) -> None:
    """The shop has been taken in up to this product, or wholly."""
    await tx.execute(
        "UPDATE workbench.filling SET after_product_id = $2 WHERE tenant_id = $1", after
    )
