"""Categories that drafts name, and product types: found, or made."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from galleria.commerce import attributes
from galleria.commerce.catalog.errors import InvalidStructure
from galleria.commerce.catalog.events import StructureChanged
from galleria.commerce.catalog.model.drafts import ProductDraft, check_category_path
from galleria.commerce.catalog.model.structure import (
    Category,
    category_path,
    free_handle,
)
from galleria.commerce.catalog.repository import structure
from galleria.commerce.catalog.repository.locking import lock_names
from galleria.engines.sql import Transaction
from galleria.foundation.ids import new_id
from galleria.foundation.text import slugify

_MAX_IDS = 500  # of one event


@dataclass(slots=True)
class Names:
    """What drafts name, by handle or path, with its id."""

    product_types: dict[str, UUID]
    categories: dict[str, UUID]

    def places_of(self, draft: ProductDraft) -> set[UUID] | None:
        """The categories of a draft; None when it says nothing about them."""
        if draft.category_paths is None:
            return None
        return {self.categories[category_path(path)] for path in draft.category_paths}


async def ensure_names(tx: Transaction, drafts: Sequence[ProductDraft]) -> Names:
    """All that the drafts name exists."""
    types = {slugify(draft.product_type): draft.product_type for draft in drafts}
    paths = {
        category_path(names): list(names)
        for draft in drafts
        for names in draft.category_paths or ()
    }
    types.pop(slugify(""), None)
    return Names(
        product_types=await attributes.ensure_product_types(tx, types) if types else {},
        categories=await ensure_category_paths(tx, paths) if paths else {},
    )


async def ensure_category_path(tx: Transaction, names: Sequence[str]) -> UUID:
    """The category found by these names from the root, made with all above it where missing.

    Raises:
        InvalidStructure: no name, an empty or overlong one, or more than eight.
    """
    errors = check_category_path(names, "category_path")
    if errors:
        raise InvalidStructure("this is no way through the categories", errors=errors)
    await lock_names(tx)
    path = category_path(names)
    return (await ensure_category_paths(tx, {path: list(names)}))[path]


async def ensure_category_paths(tx: Transaction, paths: dict[str, list[str]]) -> dict[str, UUID]:
    """The id of the category at each path; `paths` gives the names from the root by path."""
    wanted = {
        category_path(names[:depth]): names[:depth]
        for names in paths.values()
        for depth in range(1, len(names) + 1)
    }
    known = await structure.categories_at(tx, list(wanted))
    if len(known) < len(wanted):
        taken = await structure.category_handles(tx)
        made: list[Category] = []
        # A shorter path sorts before those that begin with it: parents come first.
        for path in sorted(wanted.keys() - known.keys()):
            category = new_category(wanted[path][-1], path, known.get(_above(path)), taken)
            known[path] = category
            made.append(category)
        await structure.add_categories(tx, made)
        tx.publish(*structure_changed("category", [each.category_id for each in made]))
    return {path: category.category_id for path, category in known.items()}


def new_category(
    name: str, path: str, parent: Category | None, taken: set[str], handle: str | None = None
) -> Category:
    """A category under a parent, behind its siblings; its handle is added to those taken."""
    handle = handle or free_handle(path.replace("/", "-"), taken)
    taken.add(handle)
    category_id = new_id()
    return Category(
        category_id=category_id,
        parent_id=parent.category_id if parent else None,
        handle=handle,
        name=name.strip(),
        translations={},
        path=path,
        lineage=[*(parent.lineage if parent else ()), category_id],
        position=0,
        version=1,
    )


def _above(path: str) -> str:
    return path.rpartition("/")[0]


def structure_changed(kind: str, ids: Sequence[UUID | str]) -> list[StructureChanged]:
    """One event for each 500 of the things changed."""
    texts = [str(each) for each in ids]
    return [
        StructureChanged(kind=kind, ids=texts[start : start + _MAX_IDS])
        for start in range(0, len(texts), _MAX_IDS)
    ]
