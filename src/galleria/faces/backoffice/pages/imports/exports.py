"""Exports: the products that are wanted as a file, written by a worker or streamed at once."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from galleria.commerce import catalog, imports
from galleria.commerce.catalog import ProductFilter
from galleria.commerce.imports import Export
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.pages.imports.runs import download
from galleria.faces.backoffice.pages.products.exporting import products_as_csv
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.pagination import InvalidCursor

PAGE = 20
PLACE = "/imports/exports"
STATUSES = ("active", "draft", "archived")
MOST_BRAND = 200


class Standing(msgspec.Struct, frozen=True):
    """What the page asks for while an export is written."""

    state: str
    has_ended: bool
    product_count: int
    share: float | None


def standing_of(export: Export) -> Standing:
    """How far an export is; without a share where nobody knows how much it will be."""
    share = None
    if export.total_count:
        share = round(min(1.0, export.product_count / export.total_count), 4)
    return Standing(export.state, export.state != "waiting", export.product_count, share)


@get("/s/{slug:str}/imports/exports", scope="imports:read")
async def show_exports(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The form for an export, and all exports so far."""
    return await _show(desk, forms.empty(format="jsonl", is_packed="true"))


async def _show(desk: Desk, form: Form[Any], status: int = 200) -> Response[bytes]:
    cursor = desk.question("cursor", 4_000) or None
    try:
        page = await imports.list_exports(desk.ctx, cursor, PAGE)
    except InvalidCursor:
        return desk.go(desk.at(PLACE))
    categories = await catalog.all_categories(desk.ctx)
    return desk.show(
        "imports/exports.html",
        status,
        section="exports",
        page=page,
        form=form,
        categories=categories,
        category_names={each.category_id: each.name for each in categories},
        statuses=STATUSES,
        standing_of=standing_of,
        is_first=cursor is None,
    )


@post("/s/{slug:str}/imports/exports", scope="imports:write")
async def start_export(desk: NamedDependency[Desk]) -> Response[bytes]:
    """A worker writes the file; the list says how far it is."""
    sent = desk.form.values
    status = sent.get("status", "")
    wanted = ProductFilter(
        status=status if status in STATUSES else None,  # type: ignore[arg-type]
        category_id=forms.read_id(sent.get("category_id", "")),
        brand=sent.get("brand", "").strip()[:MOST_BRAND] or None,
    )
    await imports.start_export(
        desk.ctx,
        format="csv" if sent.get("format") == "csv" else "jsonl",
        is_packed="is_packed" in sent,
        wanted=wanted,
    )
    return desk.go(desk.at(PLACE))


@get("/s/{slug:str}/imports/exports/{export_id:uuid}/progress.json", scope="imports:read")
async def show_progress(desk: NamedDependency[Desk], export_id: FromPath[UUID]) -> Response[bytes]:
    """How far an export is, for the script that moves the bar."""
    export = await imports.get_export(desk.ctx, export_id)
    return Response(
        msgspec.json.encode(standing_of(export)),
        media_type="application/json",
        headers={"cache-control": "no-store"},
    )


@get("/s/{slug:str}/imports/exports/{export_id:uuid}/file", scope="imports:read")
async def download_export(desk: NamedDependency[Desk], export_id: FromPath[UUID]) -> Stream:
    """The file of a finished export."""
    export, stream = await imports.open_export(desk.ctx, export_id)
    ending = f"{export.format}{'.gz' if export.is_packed else ''}"
    name = f"{desk.shop.slug}-{export.requested_at:%Y-%m-%d}.{ending}"
    return download(aiter(stream), stream.info.content_type, name)


@get("/s/{slug:str}/export/products.jsonl", scope="imports:read")
async def export_lines(desk: NamedDependency[Desk]) -> Stream:
    """All products as product lines: complete, and read back by an import."""
    name = f"{desk.shop.slug}-products.jsonl"
    return download(imports.export_shop(desk.ctx), "application/jsonl", name)


@get("/s/{slug:str}/export/products.csv", scope="imports:read")
async def export_table(desk: NamedDependency[Desk]) -> Stream:
    """All products as a table for spreadsheets, one line for each variant."""
    name = f"{desk.shop.slug}-products.csv"
    return download(products_as_csv(desk.ctx), "text/csv; charset=utf-8", name)


ROUTES = [
    show_exports,
    start_export,
    show_progress,
    download_export,
    export_lines,
    export_table,
]
