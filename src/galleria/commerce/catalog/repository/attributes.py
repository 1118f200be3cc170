"""The dictionary of attributes."""

from collections.abc import Sequence

from galleria.commerce.catalog.model.attributes import (
    Attribute,
    AttributeRule,
    label_of,
    rule_of,
)
from galleria.engines.sql import Reader, Transaction

_FIELDS = Attribute.__struct_fields__
_COLUMNS = ", ".join(_FIELDS)
_UPDATE = "UPDATE catalog.attribute SET " + ", ".join(
    f"{name} = ${at}" for at, name in enumerate(_FIELDS[1:], 3)
)


async def rules_of(reader: Reader, codes: Sequence[str]) -> dict[str, AttributeRule]:
    """What the dictionary says about these codes; those it lacks are left out."""
    rows = await reader.read(
        """
        SELECT w.code, a.kind, a.choices
        FROM unnest($2::text[]) AS w (code)
        CROSS JOIN LATERAL (
            SELECT q.kind, q.choices FROM catalog.attribute AS q
            WHERE q.tenant_id = $1 AND q.code = w.code LIMIT 1
        ) AS a
        """,
        list(codes),
    )
    return {row["code"]: rule_of(row["kind"], row["choices"]) for row in rows}


async def add_rules(tx: Transaction, rules: dict[str, AttributeRule]) -> None:
    """The dictionary has these codes, numbered on; the names are locked."""
    codes = sorted(rules)
    await tx.execute(
        """
        INSERT INTO catalog.attribute (tenant_id, attribute_id, code, label, kind)
        SELECT $1, last.id + w.ordinal, w.code, w.label, w.kind
        FROM unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY
             AS w (code, label, kind, ordinal)
        CROSS JOIN (
            SELECT coalesce(max(attribute_id), 0) AS id FROM catalog.attribute WHERE tenant_id = $1
        ) AS last
        """,
        codes,
        [label_of(code) for code in codes],
        [rules[code].kind for code in codes],
    )


async def add_attribute(tx: Transaction, attribute: Attribute) -> int:
    """The attribute is in the dictionary; its number comes back. The names are locked."""
    number: int = await tx.fetch_value(
        f"""
        INSERT INTO catalog.attribute (tenant_id, {_COLUMNS})
        SELECT $1, coalesce(max(attribute_id), 0) + 1,
               {", ".join(f"${at}" for at in range(2, len(_FIELDS) + 1))}
        FROM catalog.attribute WHERE tenant_id = $1
        RETURNING attribute_id
        """,
        *(getattr(attribute, name) for name in _FIELDS[1:]),
    )
    return number


async def find_attribute(reader: Reader, code: str) -> Attribute | None:
    """The attribute of this code, or None."""
    row = await reader.read_row(
        f"SELECT {_COLUMNS} FROM catalog.attribute WHERE tenant_id = $1 AND code = $2", code
    )
    return Attribute(**row) if row else None


async def save_attribute(tx: Transaction, attribute: Attribute) -> None:
    """The row says what the attribute says."""
    await tx.execute(
        f"{_UPDATE} WHERE tenant_id = $1 AND attribute_id = $2",
        attribute.attribute_id,
        *(getattr(attribute, name) for name in _FIELDS[1:]),
    )


async def page_of_attributes(reader: Reader, after: str, count: int) -> list[Attribute]:
    """At most `count` attributes whose codes follow, by code."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM catalog.attribute"
        " WHERE tenant_id = $1 AND code > $2 ORDER BY code LIMIT $3",
        after,
        count,
    )
    return [Attribute(**row) for row in rows]


async def attributes_with(reader: Reader, codes: Sequence[str]) -> dict[str, Attribute]:
    """The attributes of these codes, by code."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM catalog.attribute"
        " WHERE tenant_id = $1 AND code = ANY ($2::text[])",
        list(codes),
    )
    return {row["code"]: Attribute(**row) for row in rows}
