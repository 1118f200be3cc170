"""What the words in the search box may become."""

from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency

from galleria.commerce.listings import Card
from galleria.engines.context import Context
from galleria.faces.stationery import html
from galleria.faces.storefront.pages.browsing.choices import LONGEST_WORDS
from galleria.faces.storefront.shell import Shell
from galleria.growth import search

MOST_COMPLETIONS = 5
MOST_PRODUCTS = 4


@get("/suggest", include_in_schema=False)
async def suggest(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """What the words being typed may become: as JSON, or as the search box shows it."""
    words = str(request.query_params.get("q", ""))[:LONGEST_WORDS]
    window = await shell.window(ctx)
    found = await search.suggest(ctx, window, words)
    if not shell.wants_part(request):
        return Response(msgspec.json.encode(found), media_type="application/json")
    decoder = msgspec.json.Decoder(Card)
    typed = " ".join(words.lower().split())
    page = shell.press.print(
        "browsing/suggestions.html",
        window.locale,
        typed=typed,
        completions=[each for each in found.completions if each.lower() != typed][
            :MOST_COMPLETIONS
        ],
        categories=found.categories,
        products=[decoder.decode(each) for each in found.products[:MOST_PRODUCTS]],
    )
    return html(page)


ROUTES = [suggest]
