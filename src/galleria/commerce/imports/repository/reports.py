"""What an import found: problems, the changes a dry run saw, and what it has seen of its file."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from galleria.commerce.imports.model.runs import Change, Difference, Position, Problem, UndoRemark
from galleria.engines.sql import Reader, Transaction

_PROBLEM_TYPES = {
    "number": "int8",
    "line": "int8",
    "column_name": "text",
    "code": "text",
    "reason": "text",
    "remedy": "text",
    "excerpt": "text",
    "is_refusal": "boolean",
}
_CHANGE_TYPES = {
    "number": "int8",
    "line": "int8",
    "handle": "text",
    "title": "text",
    "outcome": "text",
    "differences": "jsonb",
}
_REMARK_TYPES = {
    "number": "int8",
    "product_id": "uuid",
    "handle": "text",
    "path": "text",
    "code": "text",
    "reason": "text",
}
_PROBLEM_FIELDS = Problem.__struct_fields__
_CHANGE_FIELDS = Change.__struct_fields__
assert [*_PROBLEM_TYPES] == [f.replace("column", "column_name") for f in _PROBLEM_FIELDS]
_REMARK_FIELDS = UndoRemark.__struct_fields__
assert [*_CHANGE_TYPES] == [*_CHANGE_FIELDS]
assert [*_REMARK_TYPES] == [*_REMARK_FIELDS]


async def add_problems(tx: Transaction, run_id: UUID, problems: Sequence[Problem]) -> None:
    """The problems are kept under their numbers."""
    await _insert(tx, "problem", _PROBLEM_TYPES, run_id, _columns(problems, _PROBLEM_FIELDS))


async def add_changes(tx: Transaction, run_id: UUID, changes: Sequence[Change]) -> None:
    """The changes are kept under their numbers."""
    columns = _columns(changes, _CHANGE_FIELDS)
    # As text: a list of lists would be taken for an array of two dimensions.
    columns[-1] = [msgspec.json.encode(each).decode() for each in columns[-1]]
    await _insert(tx, "change", _CHANGE_TYPES, run_id, columns)


async def add_remarks(tx: Transaction, run_id: UUID, remarks: Sequence[UndoRemark]) -> None:
    """What stayed when the import was taken back is kept under its numbers."""
    await _insert(tx, "undo_remark", _REMARK_TYPES, run_id, _columns(remarks, _REMARK_FIELDS))


async def remarks_after(reader: Reader, run_id: UUID, after: int, count: int) -> list[UndoRemark]:
    """At most `count` of what stayed after a number, in their order."""
    rows = await reader.read(
        f"SELECT {', '.join(_REMARK_FIELDS)} FROM imports.undo_remark"
        " WHERE tenant_id = $1 AND run_id = $2 AND number > $3 ORDER BY number LIMIT $4",
        run_id,
        after,
        count,
    )
    return [UndoRemark(**row) for row in rows]


def _columns(rows: Sequence[object], names: Sequence[str]) -> list[list[object]]:
    return [[getattr(row, name) for row in rows] for name in names]


async def _insert(
    tx: Transaction, table: str, types: dict[str, str], run_id: UUID, columns: list[list[object]]
) -> None:
    names = ", ".join(types)
    kinds = ["text" if kind == "jsonb" else kind for kind in types.values()]
    arrays = ", ".join(f"${at}::{kind}[]" for at, kind in enumerate(kinds, 3))
    cast = ", ".join(f"i.{name}::{kind}" for name, kind in types.items())
    await tx.execute(
        f"INSERT INTO imports.{table} (tenant_id, run_id, {names})"
        f" SELECT $1, $2, {cast} FROM unnest({arrays}) AS i ({names})",
        run_id,
        *columns,
    )


async def problems_after(
    reader: Reader,
    run_id: UUID,
    after: int,
    count: int,
    code: str | None = None,
    only_refusals: bool = False,
) -> list[Problem]:
    """At most `count` problems of an import after a number, in their order; of one code if given.

    An import keeps 10,000 of them, so those that do not fit are walked past.
    """
    rows = await reader.read(
        'SELECT number, line, column_name AS "column", code, reason, remedy, excerpt, is_refusal'
        " FROM imports.problem WHERE tenant_id = $1 AND run_id = $2 AND number > $3"
        " AND ($5::text IS NULL OR code = $5) AND (is_refusal OR NOT $6)"
        " ORDER BY number LIMIT $4",
        run_id,
        after,
        count,
        code,
        only_refusals,
    )
    return [Problem(**row) for row in rows]


async def changes_after(
    reader: Reader, run_id: UUID, after: int, count: int, outcome: str | None = None
) -> list[Change]:
    """At most `count` changes of a dry run after a number, in their order; of one kind if given."""
    rows = await reader.read(
        f"SELECT {', '.join(_CHANGE_FIELDS)} FROM imports.change"
        " WHERE tenant_id = $1 AND run_id = $2 AND number > $3"
        " AND ($5::text IS NULL OR outcome = $5) ORDER BY number LIMIT $4",
        run_id,
        after,
        count,
        outcome,
    )
    return [
        Change(**{**row, "differences": msgspec.convert(row["differences"], list[Difference])})
        for row in rows
    ]


async def add_marks(tx: Transaction, run_id: UUID, end: Position, marks: bytes) -> None:
    """What was seen up to `end` is remembered."""
    await tx.execute(
        "INSERT INTO imports.seen AS s (tenant_id, run_id, next_byte, marks)"
        " VALUES ($1, $2, $3, $4) ON CONFLICT (tenant_id, run_id, next_byte)"
        " DO UPDATE SET marks = s.marks || excluded.marks",
        run_id,
        end.next_byte,
        marks,
    )


async def marks_of(reader: Reader, run_id: UUID, after: int, count: int) -> list[tuple[int, bytes]]:
    """At most `count` rows of marks behind a byte of the file, in order."""
    rows = await reader.read(
        "SELECT next_byte, marks FROM imports.seen"
        " WHERE tenant_id = $1 AND run_id = $2 AND next_byte > $3 ORDER BY next_byte LIMIT $4",
        run_id,
        after,
        count,
    )
    return [(row["next_byte"], row["marks"]) for row in rows]


async def forget_marks(tx: Transaction, run_id: UUID) -> None:
    """Nothing is remembered of what the import saw."""
    await tx.execute("DELETE FROM imports.seen WHERE tenant_id = $1 AND run_id = $2", run_id)


async def forget_findings(tx: Transaction, file_id: UUID) -> None:
    """The problems and changes that imports of a file found are gone; their counts stay."""
    for table in ("problem", "change", "undo_remark"):
        await tx.execute(
            f"DELETE FROM imports.{table} WHERE tenant_id = $1 AND run_id IN"
            " (SELECT run_id FROM imports.run WHERE tenant_id = $1 AND file_id = $2)",
            file_id,
        )
