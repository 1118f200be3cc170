"""Handles for products whose file gives none: readable, unique, and the same each time."""

from hashlib import blake2b

from galleria.foundation.text import slugify

_MAX_TITLE = 90
_MAX_TAIL = 24


def derived_handle(title: str, reference: str | None) -> str:
    """The title as an address, with what the source calls the product behind it.

    Two products of one title keep apart by their references, and neither depends on which other
    products the file holds.
    """
    slug = slugify(title)[:_MAX_TITLE].rstrip("-")
    if not reference:
        return slug
    # Most references are numbers, which read like themselves.
    tail = reference if reference.isascii() and reference.isdecimal() else slugify(reference)
    if len(tail) > _MAX_TAIL:
        tail = blake2b(reference.encode("utf-8", "replace"), digest_size=5).hexdigest()
    return slug if slug == tail or slug.endswith(f"-{tail}") else f"{slug}-{tail}"
