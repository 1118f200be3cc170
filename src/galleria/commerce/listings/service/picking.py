"""Products of many variants: a page of them, and choosing one without loading the others."""

from collections.abc import Mapping

import msgspec

from galleria.commerce.listings.model import unpacked
from galleria.commerce.listings.model.making import INLINE_VARIANTS, Detail, ShownVariant
from galleria.commerce.listings.model.picking import Picker, chosen_numbers, matrix_of, pick
from galleria.commerce.listings.model.unpacked import Stored
from galleria.commerce.listings.repository import reading
from galleria.commerce.listings.service.reading import stored_of
from galleria.commerce.listings.service.windows import Window
from galleria.engines.context import Context
from galleria.foundation.pagination import InvalidCursor, Page

VARIANTS_SCOPE = "listings.variants"


async def picker_of(
    ctx: Context, window: Window, handle: str, choices: Mapping[str, str]
) -> Picker:
    """Which values still go with what is chosen, and the variant once all is.

    Args:
        ctx: the shop.
        window: whose language options and values are named in.
        handle: the product's.
        choices: a value by option name, for as many options as are chosen yet.

    Raises:
        ListingNotFound: the shop shows no product with this handle.
        UnknownChoice: the product has no such option, or the option no such value.
    """
    stored, page, _ = await stored_of(ctx, window, handle)
    detail = page.to_detail()
    chosen = chosen_numbers(detail.options, choices)
    matrix = None
    if len(detail.variants) < detail.variant_count:
        kept = await reading.picker_of(ctx, window.window_id, stored.product_id)
        matrix = unpacked.unpack_matrix(kept) if kept is not None else None
    if matrix is None:
        matrix = matrix_of(detail.options, detail.variants)
    picker, place = pick(detail.options, matrix, chosen, window.currency)
    if place is None:
        return picker
    found = await _variants(ctx, window, stored, detail, place, 1)
    return msgspec.structs.replace(picker, variant=found[0] if found else None)


async def page_of_variants(
    ctx: Context, window: Window, handle: str, cursor: str | None = None, limit: int = 50
) -> Page[ShownVariant]:
    """A page of a product's variants in their order; any page costs what the first one does.

    Raises:
        ListingNotFound: the shop shows no product with this handle.
        InvalidCursor: the cursor is not one of this product's variants.
    """
    _, page, _ = await stored_of(ctx, window, handle)
    return await page_of_its_variants(ctx, window, page.to_detail(), cursor, limit)


async def page_of_its_variants(
    ctx: Context, window: Window, detail: Detail, cursor: str | None = None, limit: int = 50
) -> Page[ShownVariant]:
    """As `page_of_variants`, for a product whose page has been read; reads nothing while its own
    variants will do.

    Raises:
        InvalidCursor: the cursor is not one of this product's variants.
    """
    stored = Stored(detail.product_id, detail.published_at, window.currency)
    scope = f"{VARIANTS_SCOPE}:{window.window_id}:{stored.product_id}"
    start = 0
    if cursor is not None:
        (key,) = ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, scope) or (None,)
        if not isinstance(key, int):
            raise InvalidCursor("this cursor is not one of this list")
        start = key
    end = min(start + limit, detail.variant_count)
    found = await _variants(ctx, window, stored, detail, start, end - start)
    if end >= detail.variant_count:
        return Page(items=found)
    return Page(
        items=found,
        next_cursor=ctx.engines.cursors.encode(ctx.tenant.tenant_id, scope, [end]),
    )


async def _variants(
    ctx: Context, window: Window, stored: Stored, detail: Detail, start: int, count: int
) -> list[ShownVariant]:
    """At most `count` variants from a place on: of the page itself, or of at most two chunks."""
    inline = detail.variants
    if count <= 0 or start + count <= len(inline):
        return inline[start : start + count] if count > 0 else []
    first, last = start // INLINE_VARIANTS, (start + count - 1) // INLINE_VARIANTS
    found = list(inline) if first == 0 else []
    options = [option.values for option in detail.options]
    for chunk in await reading.chunks_of(
        ctx, window.window_id, stored.product_id, max(first, 1), last
    ):
        found += unpacked.unpack_chunk(stored, chunk, options)
    start -= first * INLINE_VARIANTS
    return found[start : start + count]
