"""Categories, a tree in which products lie."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from galleria.foundation.text import slugify

MAX_DEPTH = 8
MAX_NAME_LENGTH = 200
MAX_HANDLE_LENGTH = 120


class Category(msgspec.Struct, frozen=True, kw_only=True):
    """A place in the tree. `path` is slugs from the root, `lineage` ids from the root to itself."""

    category_id: UUID
    parent_id: UUID | None
    handle: str
    name: str
    translations: dict[str, str]
    path: str
    lineage: list[UUID]
    position: int
    version: int


def category_path(names: Sequence[str]) -> str:
    """The path of a category whose names from the root are these."""
    return "/".join(slugify(name) for name in names)


def free_handle(wanted: str, taken: set[str]) -> str:
    """`wanted`, or with the first number behind it that is free. At most 120 characters."""
    base = wanted[:MAX_HANDLE_LENGTH].strip("-")
    handle, number = base, 2
    while handle in taken:
        ending = f"-{number}"
        handle = base[: MAX_HANDLE_LENGTH - len(ending)].rstrip("-") + ending
        number += 1
    return handle
