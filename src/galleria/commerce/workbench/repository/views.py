"""Saved views."""

from uuid import UUID

import msgspec

from galleria.commerce.workbench.model.views import SavedView
from galleria.engines.sql import Reader, Transaction

_FIELDS = SavedView.__struct_fields__
_COLUMNS = ", ".join(_FIELDS)


async def views_for(reader: Reader, owner: str, most: int) -> list[SavedView]:
    """Somebody's own views, and those that others share; in the order in which they were made."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM workbench.saved_view WHERE tenant_id = $1 AND owner = $2"
        f" UNION SELECT {_COLUMNS} FROM (SELECT * FROM workbench.saved_view"
        " WHERE tenant_id = $1 AND is_shared ORDER BY view_id LIMIT $3) AS s ORDER BY view_id",
        owner,
        most,
    )
    return [SavedView(**row) for row in rows]


async def lock_view(tx: Transaction, view_id: UUID) -> SavedView | None:
    """The view, locked until the commit, or None."""
    row = await tx.fetch_row(
        f"SELECT {_COLUMNS} FROM workbench.saved_view WHERE tenant_id = $1 AND view_id = $2"
        " FOR UPDATE",
        view_id,
    )
    return SavedView(**row) if row else None


async def save_view(tx: Transaction, view: SavedView) -> None:
    """The view is kept so; when it is its owner's default, no other is."""
    if view.is_default:
        await tx.execute(
            "UPDATE workbench.saved_view SET is_default = false"
            " WHERE tenant_id = $1 AND owner = $2 AND is_default AND view_id <> $3",
            view.owner,
            view.view_id,
        )
    fields = ", ".join(f"{name} = excluded.{name}" for name in _FIELDS[1:])
    await tx.execute(
        f"INSERT INTO workbench.saved_view (tenant_id, {_COLUMNS})"
        f" VALUES ($1, {', '.join(f'${at}' for at in range(2, len(_FIELDS) + 2))})"
        f" ON CONFLICT (tenant_id, view_id) DO UPDATE SET {fields}",
        *msgspec.structs.astuple(view),
    )


async def delete_view(tx: Transaction, view_id: UUID) -> None:
    """There is no such view any more."""
    await tx.execute(
        "DELETE FROM workbench.saved_view WHERE tenant_id = $1 AND view_id = $2", view_id
    )
