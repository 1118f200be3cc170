"""A file on its way in: sent, recognised, shown, and sent through with its wishes."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import imports
from galleria.commerce.imports import Kept, Mapping, TableReading
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.pages.imports.runs import show_all
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.foundation.money import Money

# How products that the file says nothing about go in.
PUBLISH: dict[str, bool | None] = {"file": None, "yes": True, "no": False}
KEPT: tuple[Kept, ...] = ("stock", "prices", "pictures")
MOST_MAPPINGS = 100
SAMPLE_ROWS = 5
SAMPLE_COLUMNS = 40
BY_MAPPING = "mapping:"
DELIMITERS = ("auto", ",", ";", "\t", "|")
ENCODINGS = ("auto", "utf-8", "windows-1252", "iso-8859-15", "mac-roman")


# Under an address of its own, so that the gateway lets more through than a form has.
@post(
    "/uploads/{slug:str}/imports",
    scope="imports:write",
    streams=True,
    request_max_body_size=None,
)
async def send_file(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The file is kept; its page says what it is. What can be no product file is refused."""
    upload = await desk.upload()
    form: Form[Any] = Form(values=dict(upload.fields), many={}, errors={})
    try:
        async for name, content in upload.files():
            file = await imports.accept_file(desk.ctx, name, content)
            look = await imports.look_at_file(desk.ctx, file.file_id)
            if look.format is None and not look.is_table:
                form.errors["file"] = look.reason
                form.message = "unreadable_file"
                return await show_all(desk, form, 422)
            return desk.go(desk.at(f"/imports/files/{file.file_id}"))
        raise forms.refused("file", "file_needed")
    except GalleriaError as error:
        forms.refuse(form, error)
        form.errors.setdefault("file", form.message)
        return await show_all(desk, form, error.status)


@get("/s/{slug:str}/imports/files/{file_id:uuid}", scope="imports:write")
async def show_file(desk: NamedDependency[Desk], file_id: FromPath[UUID]) -> Response[bytes]:
    """What the file is, a sample of its rows, and the wishes to import it with."""
    form = forms.empty(publish="file", reading=desk.question("reading", 60))
    return await _show(desk, file_id, form)


def reading_of(desk: Desk) -> TableReading:
    """How the address says that the table is written."""
    # Not by `question`, which would trim a tab away.
    asked = desk.request.query_params
    return said_reading(asked.get("delimiter", ""), asked.get("encoding", ""))


def said_reading(delimiter: str, encoding: str) -> TableReading:
    """The reading with what was said; what is none of the choices was not."""
    given = {
        "delimiter": delimiter if delimiter in DELIMITERS else "auto",
        "encoding": encoding if encoding in ENCODINGS else "auto",
    }
    return msgspec.convert(given, TableReading)


async def _show(desk: Desk, file_id: UUID, form: Form[Any], status: int = 200) -> Response[bytes]:
    reading = reading_of(desk)
    known = (await imports.list_mappings(desk.ctx, None, MOST_MAPPINGS)).items
    chosen = _chosen(known, form.values.get("reading", ""))
    try:
        document = chosen.document if chosen else None
        look = await imports.look_at_file(desk.ctx, file_id, document, reading)
    except imports.UnreadableFile as error:
        # The mapping reads columns that this file has not: it is shown without, and told.
        look = await imports.look_at_file(desk.ctx, file_id)
        form.errors.setdefault("reading", error.detail)
        status = max(status, error.status)
    return desk.show(
        "imports/file.html",
        status,
        section="runs",
        form=form,
        look=look,
        mappings=known,
        chosen=chosen,
        reading=reading,
        kept=KEPT,
        rows=look.rows[:SAMPLE_ROWS],
        most_columns=SAMPLE_COLUMNS,
        is_readable=look.format is not None,
        money=money_of,
    )


def _chosen(known: list[Mapping], reading: str) -> Mapping | None:
    return next((each for each in known if f"{BY_MAPPING}{each.mapping_id}" == reading), None)


def money_of(amount_minor: int, currency: str) -> Money:
    """An amount for the filter that prints it."""
    return Money(amount_minor, currency)


@post("/s/{slug:str}/imports/files/{file_id:uuid}", scope="imports:write")
async def start_import(desk: NamedDependency[Desk], file_id: FromPath[UUID]) -> Response[bytes]:
    """The file is looked through, or goes in at once, as the person wishes."""
    form = desk.form
    reading = form.values.get("reading", "")
    try:
        run = await imports.start_import(
            desk.ctx,
            file_id,
            is_dry_run=form.values.get("way") != "import",
            publish=PUBLISH.get(form.values.get("publish", "file")),
            keeps=[name for name in KEPT if f"keeps_{name}" in form.values],
            format=reading or None,
        )
    except imports.FileNotFound:
        raise
    except GalleriaError as error:
        forms.refuse(form, error)
        return await _show(desk, file_id, form, error.status)
    return desk.go(desk.at(f"/imports/{run.run_id}"))


ROUTES = [send_file, show_file, start_import]
