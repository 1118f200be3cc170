"""Old addresses: whoever asks for a page that is gone is led to where it is now."""

from typing import Any

import msgspec
from litestar import Request, Response

from galleria.commerce import listings
from galleria.content import redirects
from galleria.content.redirects import Redirect
from galleria.engines.context import Context
from galleria.faces.storefront.shell import Shell

# Browsers keep a permanent redirect for as long as they like, unless they are told: one that was
# entered by mistake shall not haunt a shop.
KEPT_S = 300


class _Handle(msgspec.Struct):
    handle: str


async def led_on(
    ctx: Context, shell: Shell, request: Request[Any, Any, Any]
) -> Response[bytes] | None:
    """The way to where an old address leads today; None when it leads nowhere.

    The question of the address goes along within the shop, unless the redirect has its own.
    """
    if request.method != "GET":
        return None
    found = await redirects.resolve(ctx, request.scope["path"])
    address = None if found is None else await _address_of(ctx, shell, found)
    if found is None or address is None:
        return None
    shell.hits.note(ctx, found.from_path)
    query = request.scope.get("query_string", b"").decode("ascii", "ignore")
    if query and not found.is_external and not found.to_query:
        address = f"{address}?{query}"
    kept = f"private, max-age={KEPT_S}" if found.is_permanent else "no-store"
    return Response(
        b"",
        status_code=301 if found.is_permanent else 302,
        headers={"location": address, "cache-control": kept},
    )


async def _address_of(ctx: Context, shell: Shell, redirect: Redirect) -> str | None:
    """Where the redirect leads now; None when the thing is not shown, or has no page here."""
    if redirect.target_id is None:
        return redirect.to
    if redirect.target_kind == "product":
        window = await shell.window(ctx)
        cards = await listings.cards_of(ctx, window, [redirect.target_id])
        card = cards.get(redirect.target_id)
        return card and f"/products/{msgspec.json.decode(card, type=_Handle).handle}"
    if redirect.target_kind == "category":
        nodes = await listings.categories_of(ctx)
        paths = (node.path for node in nodes if node.category_id == redirect.target_id)
        return next((f"/categories/{path}" for path in paths), None)
    return None
