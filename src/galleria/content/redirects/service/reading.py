"""Where an old address leads, and all redirects in a list or a table."""

import csv
import io
from collections.abc import AsyncIterator, Sequence

import msgspec

from galleria.content.redirects import repository
from galleria.content.redirects.errors import RedirectNotFound
from galleria.content.redirects.model.addresses import asked_path
from galleria.content.redirects.model.redirects import Redirect
from galleria.engines.cache import CacheKey
from galleria.engines.context import Context, Tenant
from galleria.foundation.pagination import InvalidCursor, Page

# As long as the shop window's own answers are kept: a page that is gone is asked for by robots,
# again and again.
KEPT_S = 5.0
ROWS_AT_ONCE = 1_000
CSV_COLUMNS = (
    *("Redirect from", "Redirect to", "Target kind", "Target id"),
    *("Permanent", "Source", "Hits", "Last hit"),
)
_SCOPE = "redirects"
_NOTHING = b"-"


def cache_key(tenant: Tenant, path: str) -> CacheKey:
    """Under what it is remembered where a path leads."""
    return CacheKey(tenant.tenant_id, "redirect", path)


async def resolve(ctx: Context, path: str) -> Redirect | None:
    """The redirect from this address, None without one. By one read, remembered for 5 seconds.

    Args:
        ctx: the shop.
        path: as it was asked for, decoded; no query.
    """
    asked = asked_path(path)
    if asked is None or asked == "/":
        return None
    key = cache_key(ctx.tenant, asked)
    kept = await ctx.engines.cache.get(key)
    if kept is not None:
        return None if kept == _NOTHING else msgspec.json.decode(kept, type=Redirect)
    found = await repository.find(ctx, asked)
    remembered = _NOTHING if found is None else msgspec.json.encode(found)
    await ctx.engines.cache.set(key, remembered, KEPT_S)
    return found


async def get_redirect(ctx: Context, path: str) -> Redirect:
    """The redirect from this address.

    Raises:
        RedirectNotFound: there is none.
    """
    found = await resolve(ctx, path)
    if found is None:
        raise RedirectNotFound(f"no redirect from {path[:200]}")
    return found


async def list_redirects(
    ctx: Context, prefix: str = "", cursor: str | None = None, limit: int = 50
) -> Page[Redirect]:
    """A page of redirects by their old addresses.

    Args:
        ctx: the shop.
        prefix: how the old address begins, with or without its first slash; empty for all.
        cursor: where the page before ended.
        limit: 1 to 100.

    Raises:
        InvalidCursor: the cursor is not one of this list.
    """
    begins = prefix.strip()
    if begins and not begins.startswith("/"):
        begins = f"/{begins}"
    scope = f"{_SCOPE}:{begins}".replace("\0", "")
    after = "" if cursor is None else _after(ctx, cursor, scope)
    found = await repository.page_after(ctx, begins, after, limit + 1)
    items = found[:limit]
    if len(found) <= limit:
        return Page(items=items)
    cursors = ctx.engines.cursors
    return Page(items, cursors.encode(ctx.tenant.tenant_id, scope, [items[-1].from_path]))


def _after(ctx: Context, cursor: str, scope: str) -> str:
    keys = ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, scope)
    if len(keys) != 1 or not isinstance(keys[0], str):
        raise InvalidCursor("this cursor is not one of this list")
    return keys[0]


async def export_redirects(ctx: Context) -> AsyncIterator[bytes]:
    """All redirects as CSV in UTF-8 with a byte order mark, as spreadsheets like it."""
    yield b"\xef\xbb\xbf" + _csv([CSV_COLUMNS])
    after = ""
    while found := await repository.page_after(ctx, "", after, ROWS_AT_ONCE):
        yield _csv([_cells(each) for each in found])
        after = found[-1].from_path


def _cells(each: Redirect) -> Sequence[str]:
    # No cell can be taken for a formula: addresses begin with a slash or `https`.
    return (
        each.from_path,
        each.to or "",
        each.target_kind,
        "" if each.target_id is None else str(each.target_id),
        "true" if each.is_permanent else "false",
        each.source,
        str(each.hits),
        "" if each.last_hit_on is None else each.last_hit_on.isoformat(),
    )


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
