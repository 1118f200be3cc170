"""Values: the words that products share, by number and by key."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from galleria.commerce.attributes.model.attributes import AttributeValue, Kind, word_key
from galleria.engines.sql import Reader, Record, Transaction

_FIELDS = AttributeValue.__struct_fields__
_COLUMNS = ", ".join(_FIELDS)
_TYPES = {
    "value_id": "int4",
    "attribute_id": "int4",
    "word": "text",
    "labels": "jsonb",
    "swatch": "text",
    "position": "int4",
    "is_archived": "boolean",
    "word_key": "text",
    "merged_into": "int4",
}
_MAX_NUMBER = 2**31 - 1  # int4: what lies beyond is no value
# Above every character a key can hold: what begins with a prefix lies between it and this.
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Found:
    """What the dictionary has of the words asked for: attributes by code, values by (code, key)."""

    attributes: dict[str, tuple[int, Kind]]
    values: dict[tuple[str, str], int]


async def find_words(reader: Reader, wanted: Mapping[str, Collection[str]]) -> Found:
    """The number of each attribute and word that is there, in one statement.

    Args:
        reader: a context or an open transaction.
        wanted: keys of words by code. A word that was merged is found as what it was merged into.
    """
    codes: list[str] = []
    keys: list[str | None] = []
    for code, words in wanted.items():
        codes += [code] * max(1, len(words))
        keys += words or [None]
    rows = await reader.read(
        """
        SELECT w.code, w.word_key, a.attribute_id, a.kind, v.value_id
        FROM unnest($2::text[], $3::text[]) AS w (code, word_key)
        CROSS JOIN LATERAL (
            SELECT q.attribute_id, q.kind FROM attributes.attribute AS q
            WHERE q.tenant_id = $1 AND q.code = w.code LIMIT 1
        ) AS a
        LEFT JOIN LATERAL (
            SELECT coalesce(q.merged_into, q.value_id) AS value_id FROM attributes.value AS q
            WHERE q.tenant_id = $1 AND q.attribute_id = a.attribute_id AND q.word_key = w.word_key
            LIMIT 1
        ) AS v ON true
        """,
        codes,
        keys,
    )
    found = Found({}, {})
    for row in rows:
        found.attributes[row["code"]] = (row["attribute_id"], row["kind"])
        if row["value_id"] is not None:
            found.values[row["code"], row["word_key"]] = row["value_id"]
    return found


async def with_swatches(
    reader: Reader, attribute_ids: Collection[int], most: int
) -> list[AttributeValue]:
    """The values of these attributes that have a swatch, of each the first `most` in its order."""
    rows = await reader.read(
        f"""
        SELECT v.* FROM unnest($2::int4[]) AS w (attribute_id)
        CROSS JOIN LATERAL (
            SELECT {_COLUMNS} FROM attributes.value AS q
            WHERE q.tenant_id = $1 AND q.attribute_id = w.attribute_id
                AND q.swatch IS NOT NULL AND q.merged_into IS NULL
            ORDER BY q.position, q.value_id LIMIT $3
        ) AS v
        """,
        list(attribute_ids),
        most,
    )
    return [_value_of(row) for row in rows]


async def last_number(tx: Transaction) -> int:
    """The greatest number a value has or had, 0 when there was none. The names are locked."""
    number: int = await tx.fetch_value(
        """
        SELECT greatest(
            (SELECT max(value_id) FROM attributes.value WHERE tenant_id = $1),
            (SELECT removed_value_id FROM attributes.version WHERE tenant_id = $1),
            0
        )
        """
    )
    return number


async def add_values(
    tx: Transaction, values: Iterable[AttributeValue], merged_into: int | None = None
) -> None:
    """All of them are there, in one statement; with `merged_into` as other names of that one."""
    await tx.copy_rows(
        "incoming_value",
        _TYPES,
        [
            (*(getattr(each, name) for name in _FIELDS), word_key(each.word), merged_into)
            for each in values
        ],
    )
    columns = ", ".join(_TYPES)
    await tx.execute(
        f"INSERT INTO attributes.value (tenant_id, {columns}) SELECT $1, {columns}"
        " FROM incoming_value"
    )


async def save_value(tx: Transaction, value: AttributeValue) -> None:
    """The row says what the value says."""
    fields = ", ".join(f"{name} = ${at}" for at, name in enumerate(_FIELDS[1:], 4))
    await tx.execute(
        f"UPDATE attributes.value SET word_key = $3, {fields}"
        " WHERE tenant_id = $1 AND value_id = $2",
        value.value_id,
        word_key(value.word),
        *(getattr(value, name) for name in _FIELDS[1:]),
    )


async def delete_value(tx: Transaction, value_id: int) -> None:
    """The number stands for no word."""
    await tx.execute(
        "DELETE FROM attributes.value WHERE tenant_id = $1 AND value_id = $2", value_id
    )


async def names_of(reader: Reader, value_id: int) -> list[int]:
    """The number of the value and those of the values merged into it, in order."""
    rows = await reader.read(
        "SELECT value_id FROM attributes.value WHERE tenant_id = $1"
        " AND (value_id = $2 OR merged_into = $2) ORDER BY value_id",
        value_id,
    )
    return [row["value_id"] for row in rows]


async def remove(tx: Transaction, value_ids: Sequence[int]) -> None:
    """These numbers stand for no word, and no other word gets them."""
    await tx.execute(
        "DELETE FROM attributes.value WHERE tenant_id = $1 AND value_id = ANY ($2::int4[])",
        list(value_ids),
    )
    await tx.execute(
        "UPDATE attributes.version SET removed_value_id = greatest(removed_value_id, $2::int4)"
        " WHERE tenant_id = $1",
        max(value_ids),
    )


async def find_value(reader: Reader, value_id: int) -> AttributeValue | None:
    """The value of this number, or None: also for one that was merged into another."""
    row = await reader.read_row(
        f"SELECT {_COLUMNS} FROM attributes.value"
        " WHERE tenant_id = $1 AND value_id = $2 AND merged_into IS NULL",
        value_id,
    )
    return _value_of(row) if row else None


async def holder_of(reader: Reader, attribute_id: int, word: str) -> tuple[int, int] | None:
    """(number, what it was merged into or its own) of the row that has the word, or None."""
    row = await reader.read_row(
        "SELECT value_id, coalesce(merged_into, value_id) AS stands_for FROM attributes.value"
        " WHERE tenant_id = $1 AND attribute_id = $2 AND word_key = $3",
        attribute_id,
        word_key(word),
    )
    return (row["value_id"], row["stands_for"]) if row else None


async def values_among(reader: Reader, value_ids: Collection[int]) -> dict[int, AttributeValue]:
    """Those of the values that are there and were not merged, by number."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM attributes.value"
        " WHERE tenant_id = $1 AND value_id = ANY ($2::int4[]) AND merged_into IS NULL",
        [each for each in value_ids if 0 < each <= _MAX_NUMBER],
    )
    return {row["value_id"]: _value_of(row) for row in rows}


async def values_behind(reader: Reader, value_ids: Collection[int]) -> dict[int, AttributeValue]:
    """The values by the numbers asked for, each as what it was merged into."""
    # Joined with themselves they were all read for each, while the table had no statistics yet.
    rows = await _numbered(reader, value_ids)
    stand_for = {row["value_id"]: row["merged_into"] or row["value_id"] for row in rows}
    others = set(stand_for.values()) - stand_for.keys()
    if others:
        rows = [*rows, *await _numbered(reader, others)]
    found = {row["value_id"]: _value_of(row) for row in rows}
    return {asked: found[number] for asked, number in stand_for.items() if number in found}


async def _numbered(reader: Reader, value_ids: Collection[int]) -> list[Record]:
    return await reader.read(
        f"SELECT merged_into, {_COLUMNS} FROM attributes.value"
        " WHERE tenant_id = $1 AND value_id = ANY ($2::int4[])",
        list(value_ids),
    )


async def merge(tx: Transaction, merged_ids: Sequence[int], value_id: int) -> None:
    """The merged values, and all that were merged into them, are names of this one."""
    await tx.execute(
        "UPDATE attributes.value SET merged_into = $3 WHERE tenant_id = $1"
        " AND (value_id = ANY ($2::int4[]) OR merged_into = ANY ($2::int4[]))",
        list(merged_ids),
        value_id,
    )


async def place(tx: Transaction, positions: Mapping[int, int]) -> None:
    """Each value is at its position."""
    await tx.execute(
        "UPDATE attributes.value AS v SET position = w.position"
        " FROM unnest($2::int4[], $3::int4[]) AS w (value_id, position)"
        " WHERE v.tenant_id = $1 AND v.value_id = w.value_id",
        list(positions),
        list(positions.values()),
    )


async def page_by_position(
    reader: Reader, attribute_id: int, after: tuple[int, int], count: int
) -> list[AttributeValue]:
    """At most `count` values after (position, number), in that order."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM attributes.value WHERE tenant_id = $1 AND attribute_id = $2"
        " AND merged_into IS NULL AND (position, value_id) > ($3::int4, $4::int4)"
        " ORDER BY position, value_id LIMIT $5",
        attribute_id,
        *after,
        count,
    )
    return [_value_of(row) for row in rows]


async def page_by_word(
    reader: Reader, attribute_id: int, prefix: str, after: str, count: int
) -> list[AttributeValue]:
    """At most `count` values whose words begin so, after this key, by key."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM attributes.value WHERE tenant_id = $1 AND attribute_id = $2"
        " AND merged_into IS NULL AND word_key > $3 AND word_key >= $4 AND word_key < $5"
        " ORDER BY word_key LIMIT $6",
        attribute_id,
        after,
        prefix,
        prefix + _LAST,
        count,
    )
    return [_value_of(row) for row in rows]


def _value_of(row: Record) -> AttributeValue:
    return AttributeValue(**{name: row[name] for name in _FIELDS})
