"""The list of properties, found by kind and name; ready-made ones taken over."""

from typing import Any, get_args
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency

from galleria.commerce import attributes
from galleria.commerce.attributes import Kind
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.visits import Desk
from galleria.foundation.pagination import InvalidCursor

PAGE = 50
PLACE = "/attributes"
KINDS: tuple[str, ...] = get_args(Kind)
MOST_ADOPTED = 100


@get("/s/{slug:str}/attributes", scope="products:read")
async def show_attributes(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Properties by code, fifty to a page."""
    words, kind = desk.question("q", 100), desk.question("kind", 20)
    asked: Any = kind if kind in KINDS else None
    cursor = desk.question("cursor", 4_000) or None
    try:
        page = await attributes.list_attributes(desk.ctx, cursor, PAGE, kind=asked, query=words)
    except InvalidCursor:
        return desk.go(desk.at(PLACE))
    query = {name: text for name, text in (("q", words), ("kind", asked)) if text}
    next_page = "?" + urlencode({**query, "cursor": page.next_cursor}) if page.next_cursor else None
    return desk.show(
        "attributes/list.html",
        section="attributes",
        page=page,
        words=words,
        kind=asked or "",
        kinds=KINDS,
        next_page=next_page,
        first_page=(desk.at(PLACE) + ("?" + urlencode(query) if query else "")) if cursor else None,
    )


@get("/s/{slug:str}/attributes/ready-made", scope="products:read")
async def show_ready_made(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The properties every shop may take over, and which it has already."""
    known = (await attributes.dictionary(desk.ctx)).by_code
    return desk.show("attributes/ready_made.html", base=attributes.base_attributes(), known=known)


@post("/s/{slug:str}/attributes/ready-made", scope="products:write")
async def take_ready_made(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The ticked properties are the shop's own, with their values."""
    codes = desk.form.many.get("code", [])[:MOST_ADOPTED]
    if not codes:
        return desk.go(desk.at(f"{PLACE}/ready-made"), Notice("no_attribute_chosen"))
    adopted = await attributes.adopt_base(desk.ctx, codes)
    return desk.go(desk.at(PLACE), Notice("attributes_adopted", count=len(adopted)))


ROUTES = [show_attributes, show_ready_made, take_ready_made]
