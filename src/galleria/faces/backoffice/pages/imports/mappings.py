"""Mappings: what the columns of somebody's table mean, said once and kept under a name."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import attributes, imports, inventory
from galleria.commerce.imports import FileLook, Mapping, MappingDocument
from galleria.engines.context import Context
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages.imports.files import (
    DELIMITERS,
    ENCODINGS,
    money_of,
    reading_of,
    said_reading,
)
from galleria.faces.backoffice.pages.imports.mapping_rows import (
    FIELDS,
    MOST_ROWS,
    Row,
    read_document,
    refuse,
    rows_of,
    sent_rows,
)
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form, html
from galleria.foundation.errors import GalleriaError, InvalidInput
from galleria.foundation.pagination import InvalidCursor
from galleria.platform import tenants

PAGE = 50
PLACE = "/imports/mappings"
MOST_NAME = 200
MOST_OFFERED = 200  # names in a list of suggestions


@get("/s/{slug:str}/imports/mappings", scope="imports:read")
async def show_mappings(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Mappings, newest first."""
    return await _show_list(desk, forms.empty())


async def _show_list(desk: Desk, form: Form[Any], status: int = 200) -> Response[bytes]:
    cursor = desk.question("cursor", 4_000) or None
    try:
        page = await imports.list_mappings(desk.ctx, cursor, PAGE)
    except InvalidCursor:
        return desk.go(desk.at(PLACE))
    return desk.show(
        "imports/mappings.html",
        status,
        section="mappings",
        page=page,
        form=form,
        is_first=cursor is None,
    )


async def _offered(ctx: Context) -> dict[str, list[str]]:
    """What may stand behind the point of a field, for the lists of suggestions."""
    dictionary = await attributes.dictionary(ctx)
    channels = await tenants.list_channels(ctx)
    locales = (await tenants.shop_of(ctx)).locales
    prices = [f"{each.code}.{each.currency}" for each in channels]
    return {
        "attribute": list(dictionary.by_code)[:MOST_OFFERED],
        "metafield": list(dictionary.definitions.get("product", {}))[:MOST_OFFERED],
        "stock": [each.code for each in await inventory.list_locations(ctx)],
        "price": prices,
        "compare_at": prices,
        "title": list(locales),
        "description_html": list(locales),
        "option": ["Size", "Colour", "Material"],
    }


class Editor(msgspec.Struct, frozen=True, kw_only=True):
    """What the editor shows: rows and form, for a file, a mapping or both; `path` takes the form.

    `tried` is what comes of the file's first rows.
    """

    path: str
    rows: list[Row]
    form: Form[Any]
    look: FileLook | None = None
    mapping: Mapping | None = None
    tried: FileLook | None = None


async def _show_editor(desk: Desk, editor: Editor, status: int = 200) -> Response[bytes]:
    return desk.show(
        "imports/mapping.html",
        status,
        **{name: getattr(editor, name) for name in editor.__struct_fields__},
        fields=FIELDS,
        offered=await _offered(desk.ctx),
        delimiters=DELIMITERS,
        encodings=ENCODINGS,
        most_rows=MOST_ROWS,
        money=money_of,
    )


@get("/s/{slug:str}/imports/files/{file_id:uuid}/mapping", scope="imports:write")
async def show_file_mapping(
    desk: NamedDependency[Desk], file_id: FromPath[UUID]
) -> Response[bytes]:
    """The columns of a file beside the fields of the shop: as a mapping has them, or guessed."""
    reading = reading_of(desk)
    chosen = forms.read_id(desk.question("mapping", 40))
    mapping = await imports.get_mapping(desk.ctx, chosen) if chosen else None
    look = await imports.look_at_file(desk.ctx, file_id, None, reading)
    if not look.is_table:
        return desk.go(desk.at(f"/imports/files/{file_id}"))
    if mapping is None:
        document = (await imports.suggest_mapping_of(desk.ctx, file_id, reading)).document
    else:
        document = mapping.document
    rows, form = rows_of(look, document)
    if document is None:
        form.values |= {"delimiter": look.delimiter, "encoding": reading.encoding}
    name = mapping.name if mapping else look.file.name.rpartition(".")[0] or look.file.name
    form.values["name"] = name
    tried = await _tried(desk, file_id, document, forms.empty()) if document else None
    path = desk.at(f"/imports/files/{file_id}/mapping")
    editor = Editor(path=path, rows=rows, form=form, look=look, mapping=mapping, tried=tried)
    return await _show_editor(desk, editor)


async def _tried(
    desk: Desk, file_id: UUID, document: MappingDocument, form: Form[Any]
) -> FileLook | None:
    """What comes of the file's first rows; None when nothing can, and then the form says why."""
    try:
        return await imports.look_at_file(desk.ctx, file_id, document)
    except (InvalidInput, imports.UnreadableFile) as error:
        refuse(form, error)
        return None


@post("/s/{slug:str}/imports/files/{file_id:uuid}/mapping/tried", scope="imports:write")
async def try_mapping(desk: NamedDependency[Desk], file_id: FromPath[UUID]) -> Response[bytes]:
    """What would come of the first rows, as a part of the page, for the script."""
    document = read_document(desk.form)
    tried = await _tried(desk, file_id, document, desk.form) if document else None
    part = desk.shell.page(
        desk.ctx,
        desk.request,
        "imports/tried.html",
        **desk.shown(),
        tried=tried,
        form=desk.form,
        money=money_of,
    )
    return html(part)


@post("/s/{slug:str}/imports/files/{file_id:uuid}/mapping", scope="imports:write")
async def save_file_mapping(
    desk: NamedDependency[Desk], file_id: FromPath[UUID]
) -> Response[bytes]:
    """The mapping is kept, and the file is read by it; or, to be tried, only shown again."""
    form = desk.form
    document = read_document(form)
    tried = await _tried(desk, file_id, document, form) if document else None
    if tried is not None and form.values.get("way") != "try":
        assert document is not None, "it was tried"
        mapping = await _kept(desk, form, document)
        if mapping is not None:
            place = f"/imports/files/{file_id}?reading=mapping:{mapping.mapping_id}"
            return desk.go(desk.at(place), Notice("saved", name=mapping.name[:80]))
    reading = said_reading(form.values.get("delimiter", ""), form.values.get("encoding", ""))
    look = await imports.look_at_file(desk.ctx, file_id, None, reading)
    editor = Editor(
        path=desk.at(f"/imports/files/{file_id}/mapping"),
        rows=sent_rows(look, form),
        form=form,
        look=look,
        mapping=await _mapping_sent(desk, form),
        tried=tried,
    )
    return await _show_editor(desk, editor, 422 if form.errors or form.message else 200)


async def _mapping_sent(desk: Desk, form: Form[Any]) -> Mapping | None:
    mapping_id = forms.read_id(form.values.get("mapping_id", ""))
    return await imports.get_mapping(desk.ctx, mapping_id) if mapping_id else None


async def _kept(desk: Desk, form: Form[Any], document: MappingDocument) -> Mapping | None:
    """The mapping as kept; None when it was refused, and then the form says why.

    One that the form began with is edited, unless it is to be kept beside that one.
    """
    name = form.values.get("name", "").strip()
    if not name or len(name) > MOST_NAME:
        form.errors["name"] = "required" if not name else "too_long"
        form.message = "invalid_input"
        return None
    before = await _mapping_sent(desk, form)
    try:
        if before is None or form.values.get("way") == "copy":
            return await imports.create_mapping(desk.ctx, name, document)
        version = forms.read_whole(form.values.get("version", ""), "version", most=2**62)
        return await imports.update_mapping(
            desk.ctx, before.mapping_id, name, document, version or None
        )
    except imports.MappingChanged as error:
        # Sent once more it replaces what the other person saved.
        now = await _mapping_sent(desk, form)
        form.values["version"] = str(now.version) if now else ""
        forms.refuse(form, error)
    except GalleriaError as error:
        refuse(form, error)
    return None


@get("/s/{slug:str}/imports/mappings/{mapping_id:uuid}", scope="imports:read")
async def show_mapping(desk: NamedDependency[Desk], mapping_id: FromPath[UUID]) -> Response[bytes]:
    """One mapping, without a file: column by column."""
    mapping = await imports.get_mapping(desk.ctx, mapping_id)
    rows, form = rows_of(None, mapping.document)
    form.values |= {"name": mapping.name}
    path = desk.at(f"{PLACE}/{mapping_id}")
    return await _show_editor(desk, Editor(path=path, rows=rows, form=form, mapping=mapping))


@post("/s/{slug:str}/imports/mappings/{mapping_id:uuid}", scope="imports:write")
async def save_mapping(desk: NamedDependency[Desk], mapping_id: FromPath[UUID]) -> Response[bytes]:
    """The mapping says this. Imports asked for before go by what it said then."""
    form = desk.form
    form.values["mapping_id"] = str(mapping_id)
    document = read_document(form)
    mapping = await _kept(desk, form, document) if document else None
    if mapping is not None:
        place = desk.at(f"{PLACE}/{mapping.mapping_id}")
        return desk.go(place, Notice("saved", name=mapping.name[:80]))
    editor = Editor(
        path=desk.at(f"{PLACE}/{mapping_id}"),
        rows=sent_rows(None, form),
        form=form,
        mapping=await imports.get_mapping(desk.ctx, mapping_id),
    )
    return await _show_editor(desk, editor, 422)


@post("/s/{slug:str}/imports/mappings/{mapping_id:uuid}/duplicate", scope="imports:write")
async def duplicate_mapping(
    desk: NamedDependency[Desk], mapping_id: FromPath[UUID]
) -> Response[bytes]:
    """There is another mapping that says the same, under a name of its own."""
    before = await imports.get_mapping(desk.ctx, mapping_id)
    name = f"{before.name[: MOST_NAME - 4]} (2)"
    made = await imports.create_mapping(desk.ctx, name, before.document)
    return desk.go(desk.at(f"{PLACE}/{made.mapping_id}"), Notice("saved", name=name[:80]))


@post("/s/{slug:str}/imports/mappings/{mapping_id:uuid}/remove", scope="imports:write")
async def remove_mapping(
    desk: NamedDependency[Desk], mapping_id: FromPath[UUID]
) -> Response[bytes]:
    """The mapping is gone; imports that were asked for know what it said."""
    await imports.remove_mapping(desk.ctx, mapping_id)
    return desk.go(desk.at(PLACE), Notice("removed"))


ROUTES = [
    show_mappings,
    show_file_mapping,
    try_mapping,
    save_file_mapping,
    show_mapping,
    save_mapping,
    duplicate_mapping,
    remove_mapping,
]
