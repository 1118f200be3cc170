"""Categories: made, renamed, moved, removed."""

from collections.abc import Container, Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET

from galleria.commerce import attributes
from galleria.commerce.catalog import errors
from galleria.commerce.catalog.events import products_changed
from galleria.commerce.catalog.model.structure import (
    MAX_DEPTH,
    Category,
)
from galleria.commerce.catalog.repository import products
from galleria.commerce.catalog.repository import structure as repository
from galleria.commerce.catalog.repository.locking import lock_names
from galleria.commerce.catalog.schemas import (
    CategoryChanges,
    NewCategory,
)
from galleria.commerce.catalog.service import metafields
from galleria.commerce.catalog.service.addresses import categories_moved
from galleria.commerce.catalog.service.naming import new_category, structure_changed
from galleria.commerce.catalog.service.remembering import remember_leaving
from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.text import slugify
from galleria.platform import audit


def _set_fields(changes: msgspec.Struct) -> dict[str, Any]:
    values = {name: getattr(changes, name) for name in changes.__struct_fields__}
    return {name: value for name, value in values.items() if value is not UNSET}


async def create_category(ctx: Context, wanted: NewCategory) -> Category:
    """The category under its parent.

    Raises:
        CategoryNotFound: there is no such parent.
        InvalidStructure: the tree would be deeper than eight.
        HandleTaken: the handle, or the name under this parent, is taken.
        AttributeSetNotFound: there is no such set.
    """
    async with ctx.transaction() as tx:
        await lock_names(tx)
        parent = None
        if wanted.parent_id is not None:
            parent = await get_category(tx, wanted.parent_id)
            _refuse_deep(len(parent.lineage) + 1)
        path = _path_under(parent, wanted.name)
        await _refuse_path(tx, path)
        taken = await repository.category_handles(tx)
        _refuse_handle(wanted.handle, taken)
        category = msgspec.structs.replace(
            new_category(wanted.name, path, parent, taken, wanted.handle),
            translations=wanted.translations,
            position=wanted.position,
            attribute_set_id=wanted.attribute_set_id,
            metafields=await metafields.changed(tx, "category", None, wanted.metafields or UNSET),
        )
        if wanted.attribute_set_id is not None:
            await attributes.get_attribute_set(tx, wanted.attribute_set_id)
        await repository.add_categories(tx, [category])
        await _told(tx, "category", category.category_id, "category_created")
    return category


def _path_under(parent: Category | None, name: str) -> str:
    return f"{parent.path}/{slugify(name)}" if parent else slugify(name)


async def _refuse_path(tx: Transaction, path: str) -> None:
    if await repository.categories_at(tx, [path]):
        raise errors.HandleTaken("its parent has a category of this name")


def _refuse_handle(handle: str | None, taken: Container[str]) -> None:
    if handle is not None and handle in taken:
        raise errors.HandleTaken("another has this handle")


def _refuse_deep(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise errors.InvalidStructure(f"categories are at most {MAX_DEPTH} deep")


async def get_category(reader: Reader, category_id: UUID) -> Category:
    """The category.

    Raises:
        CategoryNotFound: this tenant has no such category.
    """
    category = await repository.find_category(reader, category_id)
    if category is None:
        raise errors.CategoryNotFound(f"no category {category_id}")
    return category


async def update_category(
    ctx: Context,
    category_id: UUID,
    changes: CategoryChanges,
    expected_version: int | None = None,
) -> Category:
    """The category with these changes.

    Raises:
        CategoryNotFound: there is no such category, or no such parent.
        StaleVersion: it has another version than `expected_version`.
        InvalidStructure: it would lie inside itself, or deeper than eight.
        HandleTaken: the handle, or the name under the new parent, is taken.
        AttributeSetNotFound: there is no such set.
    """
    async with ctx.transaction() as tx:
        await lock_names(tx)
        branch = await repository.branch_of(tx, category_id)
        before = next((each for each in branch if each.category_id == category_id), None)
        if before is None:
            raise errors.CategoryNotFound(f"no category {category_id}")
        if expected_version not in (None, before.version):
            raise errors.StaleVersion(f"the category is at version {before.version}")
        fields = _set_fields(changes)
        fields["metafields"] = await metafields.changed(
            tx, "category", before.metafields, changes.metafields
        )
        after = msgspec.structs.replace(before, version=before.version + 1, **fields)
        if after.handle != before.handle:
            _refuse_handle(after.handle, await repository.category_handles(tx))
        if isinstance(changes.attribute_set_id, UUID):
            await attributes.get_attribute_set(tx, changes.attribute_set_id)
        saved = [after]
        if after.parent_id != before.parent_id:
            saved = await _moved(tx, branch, before, after)
        await repository.save_categories(tx, saved)
        await categories_moved(tx, branch, saved)
        await _told(tx, "category", category_id, "category_changed")
        ids = [each.category_id for each in saved]
        touched = await repository.products_in(tx, ids)
        tx.publish(*products_changed(touched, "renamed"))
    return saved[0]


async def _moved(
    tx: Transaction, branch: list[Category], before: Category, after: Category
) -> list[Category]:
    """The branch under its new parent, the moved category first."""
    parent = None
    if after.parent_id is not None:
        if any(each.category_id == after.parent_id for each in branch):
            raise errors.InvalidStructure("a category cannot lie inside itself")
        parent = await get_category(tx, after.parent_id)
    above = parent.lineage if parent else []
    slug = before.path.rpartition("/")[2]
    path = f"{parent.path}/{slug}" if parent else slug
    await _refuse_path(tx, path)
    cut = len(before.lineage) - 1
    _refuse_deep(max(len(each.lineage) for each in branch) - cut + len(above))
    moved = [
        msgspec.structs.replace(
            after if each.category_id == after.category_id else each,
            path=path + each.path[len(before.path) :],
            lineage=[*above, *each.lineage[cut:]],
        )
        for each in branch
    ]
    return sorted(moved, key=lambda each: len(each.lineage))


async def remove_category(ctx: Context, category_id: UUID) -> None:
    """The category exists no more; its products stay.

    Raises:
        CategoryNotFound: there is no such category.
        CategoryNotEmpty: other categories lie in it.
    """
    async with ctx.transaction() as tx:
        await lock_names(tx)
        branch = await repository.branch_of(tx, category_id)
        if not branch:
            raise errors.CategoryNotFound(f"no category {category_id}")
        if len(branch) > 1:
            raise errors.CategoryNotEmpty("other categories lie in it")
        touched = await repository.delete_category(tx, category_id)
        await _touch_products(tx, category_id, touched)
        await _told(tx, "category", category_id, "category_removed")


async def list_categories(
    ctx: Context, cursor: str | None = None, limit: int = 100
) -> Page[Category]:
    """A page of categories by path: each before those inside it.

    Raises:
        InvalidCursor: the cursor is not one of this list.
    """
    after = "" if cursor is None else str(_keys(ctx, cursor, "catalog.categories", 1)[0])
    found = await repository.page_of_categories(ctx, after, limit + 1)
    if len(found) <= limit:
        return Page(items=found)
    return Page(
        items=found[:limit],
        next_cursor=ctx.engines.cursors.encode(
            ctx.tenant.tenant_id, "catalog.categories", [found[limit - 1].path]
        ),
    )


def _keys(ctx: Context, cursor: str, scope: str, count: int) -> list[str | int]:
    keys = ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, scope)
    if len(keys) != count or any(key is None for key in keys):
        raise InvalidCursor("this cursor is not one of this list")
    return [key for key in keys if key is not None]


async def _touch_products(tx: Transaction, category_id: UUID, product_ids: Sequence[UUID]) -> None:
    if product_ids:
        versions = await products.mark_edited(tx, product_ids)
        await remember_leaving(tx, category_id, versions)
        tx.publish(*products_changed(product_ids, "structure"))


async def _told(tx: Transaction, kind: str, thing_id: UUID, action: str) -> None:
    tx.publish(*structure_changed(kind, [thing_id]))
    await audit.record(tx, f"products.{action}", f"{kind}:{thing_id}")
