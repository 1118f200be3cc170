"""Products found by what the catalog keeps in order, page by page."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce.catalog.model.products import STATUSES, ProductFilter, ProductSummary
from galleria.commerce.catalog.repository.products import LAST
from galleria.engines.sql import Reader, Record
from galleria.foundation.text import sort_key

_LAST_ID = UUID(int=2**128 - 1)


async def products_below(reader: Reader, category_id: UUID, most: int) -> list[UUID] | None:
    """All products of a category and those below it, in no order; None when they are more."""
    row = await reader.read_row(
        """
        SELECT array_agg(DISTINCT product_id) AS product_ids, count(*) AS places FROM (
            SELECT pc.product_id FROM catalog.category AS c
            JOIN catalog.product_category AS pc
              ON pc.tenant_id = $1 AND pc.category_id = c.category_id
            WHERE c.tenant_id = $1 AND $2::uuid = ANY (c.lineage) LIMIT $3
        ) AS below
        """,
        category_id,
        most + 1,
    )
    assert row is not None, "an aggregate has a row"
    # One product may lie in several of them, so that places say whether these are all.
    return list(row["product_ids"] or []) if row["places"] <= most else None


async def page_of_products(
    reader: Reader,
    wanted: ProductFilter,
    order: tuple[str, bool],
    after: Sequence[Any] | None,
    count: int,
    among: Sequence[UUID] | None = None,
) -> list[tuple[ProductSummary, str]]:
    """At most `count` products in order, each with the key of its title.

    Args:
        reader: whose products.
        wanted: which of them.
        order: "title" or "created", and whether from the end.
        after: the sort values of the row before, [title key, id] or [id]; None for the start.
        count: at most so many.
        among: all products of the category that is wanted, when they are few.
    """
    args: list[Any] = []

    def arg(value: Any) -> str:
        args.append(value)
        return f"${len(args) + 1}"

    source = "catalog.product AS p"
    if among is not None:
        source = _AMONG.format(ids=arg(list(among)))
        wanted = msgspec.structs.replace(wanted, category_id=None)
    by, is_descending = order
    keys = ["p.title_sort", "p.product_id"] if by == "title" else ["p.product_id"]
    where = ["p.tenant_id = $1", *_conditions(wanted, arg)]
    if after is None and by == "title" and among is None:
        # A place to begin at: without one the planner would rather sort all products.
        after = [LAST, _LAST_ID] if is_descending else ["", UUID(int=0)]
    if after is not None:
        kinds = ("text", "uuid")[-len(after) :]
        values = [f"{arg(value)}::{kind}" for value, kind in zip(after, kinds, strict=True)]
        sign = "<" if is_descending else ">"
        where.append(f"({', '.join(keys)}) {sign} ({', '.join(values)})")
    direction = " DESC" if is_descending else ""
    ordering = ", ".join(f"{key}{direction}" for key in keys)
    limit, parts = arg(count), [where]
    if by == "title" and wanted.status is None:
        # Titles are kept in order status by status: the first of each, then the first of those.
        parts = [[*where, f"p.status = {arg(status)}"] for status in STATUSES]
    found = " UNION ALL ".join(
        f"(SELECT p.product_id, p.title_sort FROM {source}"
        f" WHERE {' AND '.join(part)} ORDER BY {ordering} LIMIT {limit})"
        for part in parts
    )
    rows = await reader.read(
        f"""
        SELECT {_SUMMARY}, p.title_sort, {_IMAGE}
        FROM ({found}) AS f
        JOIN catalog.product AS p ON p.tenant_id = $1 AND p.product_id = f.product_id
        ORDER BY {ordering} LIMIT {limit}
        """,
        *args,
    )
    return [(msgspec.convert(dict(row), ProductSummary), row["title_sort"]) for row in rows]


# Each by its id, and then sorted: the planner would rather look through all in order.
_AMONG = """(
    SELECT q.* FROM unnest({ids}::uuid[]) AS w (product_id)
    JOIN catalog.product AS q ON q.tenant_id = $1 AND q.product_id = w.product_id OFFSET 0
) AS p"""
_SUMMARY = ", ".join(f"p.{name}" for name in ProductSummary.__struct_fields__ if name != "image")


_IMAGE = """
    (SELECT jsonb_build_object('position', m.position, 'media_id', m.media_id,
            'alt', m.alt, 'alts', m.alts, 'source_url', m.source_url)
     FROM catalog.product_media AS m
     WHERE m.tenant_id = $1 AND m.product_id = p.product_id
     ORDER BY m.position LIMIT 1) AS image
"""


async def outlines_of(reader: Reader, product_ids: Sequence[UUID]) -> list[Record]:
    """What is said of each product, in the order of ids, the type by its id."""
    return await reader.read(
        """
        SELECT p.product_id, p.title, p.status, p.brand, p.tags, p.updated_at, p.product_type_id,
               ARRAY(SELECT c.category_id FROM catalog.product_category AS c
                     WHERE c.tenant_id = $1 AND c.product_id = p.product_id) AS category_ids,
               ARRAY(SELECT v.variant_id FROM catalog.variant AS v
                     WHERE v.tenant_id = $1 AND v.product_id = p.product_id) AS variant_ids,
               EXISTS (SELECT FROM catalog.product_media AS m
                       WHERE m.tenant_id = $1 AND m.product_id = p.product_id) AS has_media
        FROM catalog.product AS p
        WHERE p.tenant_id = $1 AND p.product_id = ANY ($2::uuid[])
        ORDER BY p.product_id
        """,
        list(product_ids),
    )


async def summaries_of(reader: Reader, product_ids: Sequence[UUID]) -> list[ProductSummary]:
    """Those of the products that exist, as lines of a list."""
    rows = await reader.read(
        f"SELECT {_SUMMARY}, {_IMAGE} FROM catalog.product AS p"
        " WHERE p.tenant_id = $1 AND p.product_id = ANY ($2::uuid[])",
        list(product_ids),
    )
    return [msgspec.convert(dict(row), ProductSummary) for row in rows]


def _conditions(wanted: ProductFilter, arg: Any) -> list[str]:
    """The filters as conditions. Ranges rather than LIKE: under row-level security only
    comparisons that cannot leak a row may use an index."""
    where: list[str] = []
    if wanted.status is not None:
        where.append(f"p.status = {arg(wanted.status)}")
    if wanted.query:
        key = sort_key(wanted.query)
        where.append(f"p.title_sort >= {arg(key)} AND p.title_sort < {arg(key + LAST)}")
    if wanted.brand:
        where.append(f"p.brand = {arg(wanted.brand)}")
    if wanted.category_id is not None:
        where.append(
            "EXISTS (SELECT 1 FROM catalog.product_category AS pc"
            " JOIN catalog.category AS c ON c.tenant_id = $1 AND c.category_id = pc.category_id"
            " WHERE pc.tenant_id = $1 AND pc.product_id = p.product_id"
            f" AND {arg(wanted.category_id)}::uuid = ANY (c.lineage))"
        )
    return where


async def product_ids_matching(
    reader: Reader,
    wanted: ProductFilter,
    after: UUID,
    limit: int,
    among: Sequence[UUID] | None = None,
) -> list[UUID]:
    """At most `limit` ids after an id, in order, of products that the filter lets through.

    With `among` only of these.
    """
    args: list[Any] = [after, limit]

    def arg(value: Any) -> str:
        args.append(value)
        return f"${len(args) + 1}"

    where = ["p.tenant_id = $1", "p.product_id > $2", *_conditions(wanted, arg)]
    if among is not None:
        where.append(f"p.product_id = ANY ({arg(list(among))}::uuid[])")
    rows = await reader.read(
        f"SELECT p.product_id FROM catalog.product AS p WHERE {' AND '.join(where)}"
        " ORDER BY p.product_id LIMIT $3",
        *args,
    )
    return [row["product_id"] for row in rows]
