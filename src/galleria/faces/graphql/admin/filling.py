"""Product files: imports by mappings, what they would change, and exports."""

from typing import Any, Literal, get_args
from uuid import UUID

from galleria.commerce import imports
from galleria.commerce.catalog import ProductFilter
from galleria.commerce.imports import (
    Change,
    ExportView,
    ImportView,
    KeepMapping,
    Mapping,
    StartExport,
    StartImport,
    Suggestion,
    UndoRemark,
)
from galleria.engines.context import Context
from galleria.faces.graphql.admin.fields import VERSION, Desk
from galleria.faces.graphql.building import Fields
from galleria.faces.graphql.inputs import id_in, read_input
from galleria.foundation.pagination import Page

READ, WRITE = "imports:read", "imports:write"
ChangeOutcome = Literal["created", "changed"]
NAMES: dict[Any, str] = {
    ExportView: "Export",
    Change: "ImportChange",
    Mapping: "ImportMapping",
    UndoRemark: "ImportUndoRemark",
    Suggestion: "SuggestedMapping",
    get_args(ChangeOutcome): "ImportChangeOutcome",
}


def queries(desk: Desk) -> Fields:
    """What shows files and what came of them, beside the imports themselves."""
    return {
        "importChanges": desk.many(
            Change,
            lambda ctx, args, cursor, limit: imports.list_changes(
                ctx, id_in(args, "run_id"), cursor, limit, outcome=args["outcome"]
            ),
            READ,
            "What a dry run would create and change: its first thousand products.",
            run_id=UUID,
            outcome=(ChangeOutcome | None, None),
        ),
        "importUndoRemarks": desk.many(
            UndoRemark,
            lambda ctx, args, cursor, limit: imports.list_undo_remarks(
                ctx, id_in(args, "run_id"), cursor, limit
            ),
            READ,
            "What stayed as it is when the import was undone, and why.",
            run_id=UUID,
        ),
        "importMapping": desk.one(
            Mapping,
            lambda ctx, args: imports.get_mapping(ctx, id_in(args, "mapping_id")),
            READ,
            "One mapping.",
            mapping_id=UUID,
        ),
        "importMappings": desk.many(
            Mapping,
            lambda ctx, _, cursor, limit: imports.list_mappings(ctx, cursor, limit),
            READ,
            "Mappings, newest first.",
        ),
        "suggestedMapping": desk.one(
            Suggestion,
            lambda ctx, args: imports.suggest_mapping_of(ctx, id_in(args, "file_id")),
            READ,
            "A guess at a mapping for a file sent before, by its columns and first rows.",
            file_id=UUID,
        ),
        "export": desk.one(
            ExportView,
            show_export,
            READ,
            "One export; when it is done, `file` says where to fetch it.",
            export_id=UUID,
        ),
        "exports": desk.many(ExportView, list_exports, READ, "Exports, newest first."),
    }


def mutations(desk: Desk) -> Fields:
    """What files can be asked to do. The bytes themselves go to `/admin/v1/imports/files`."""
    return {
        "startImport": desk.act(
            ImportView,
            "import",
            start_import,
            WRITE,
            "Import a file sent before to /admin/v1/imports/files. A worker does it; ask again for"
            " how far it is.",
            input=StartImport,
        ),
        "repeatImport": desk.act(
            ImportView,
            "import",
            repeat_import,
            WRITE,
            "Import the same file with the same wishes: what was looked through, as it was seen.",
            run_id=UUID,
            is_dry_run=(bool, False),
        ),
        **_held(desk),
        **_mappings(desk),
        "startExport": desk.act(
            ExportView,
            "export",
            start_export,
            WRITE,
            "Write products with prices and stock to a file; a worker does it.",
            input=(StartExport, {}),
        ),
    }


def _held(desk: Desk) -> Fields:
    def held(verb: Any, told: str) -> Any:
        async def do(ctx: Context, args: dict[str, Any]) -> ImportView:
            return ImportView.of(await verb(ctx, id_in(args, "run_id")))

        return desk.act(ImportView, "import", do, WRITE, f"{told} Safe to repeat.", run_id=UUID)

    return {
        "cancelImport": held(
            imports.cancel_import, "Take nothing more in; what went in before stays."
        ),
        "pauseImport": held(
            imports.pause_import, "Take nothing more in until it is resumed; others may go on."
        ),
        "resumeImport": held(
            imports.resume_import, "Go on with a paused import where it stood, when its turn comes."
        ),
        "undoImport": held(
            imports.start_undo,
            "Take an import back, as far as nobody ordered or edited what it brought.",
        ),
    }


def _mappings(desk: Desk) -> Fields:
    return {
        "createImportMapping": desk.act(
            Mapping,
            "importMapping",
            create_mapping,
            WRITE,
            "Say what the columns of a table mean, to read files by it from now on.",
            input=KeepMapping,
        ),
        "updateImportMapping": desk.act(
            Mapping,
            "importMapping",
            update_mapping,
            WRITE,
            "The mapping says this; imports that were asked for go by what it said then.",
            mapping_id=UUID,
            input=KeepMapping,
            **VERSION,
        ),
        "removeImportMapping": desk.gone(
            "mapping_id",
            imports.remove_mapping,
            WRITE,
            "The mapping leaves the list; imports that were asked for by it go on.",
        ),
    }


async def start_import(ctx: Context, args: dict[str, Any]) -> ImportView:
    """See the field."""
    wanted = read_input(args, StartImport)
    run = await imports.start_import(
        ctx,
        wanted.file_id,
        is_dry_run=wanted.is_dry_run,
        publish=wanted.publish,
        keeps=wanted.keeps,
        format=wanted.format,
    )
    return ImportView.of(run)


async def repeat_import(ctx: Context, args: dict[str, Any]) -> ImportView:
    """See the field."""
    run_id = id_in(args, "run_id")
    return ImportView.of(await imports.repeat_import(ctx, run_id, is_dry_run=args["is_dry_run"]))


async def create_mapping(ctx: Context, args: dict[str, Any]) -> Mapping:
    """See the field."""
    wanted = read_input(args, KeepMapping)
    return await imports.create_mapping(ctx, wanted.name, wanted.document)


async def update_mapping(ctx: Context, args: dict[str, Any]) -> Mapping:
    """See the field."""
    wanted, mapping_id = read_input(args, KeepMapping), id_in(args, "mapping_id")
    version = args["expected_version"]
    return await imports.update_mapping(ctx, mapping_id, wanted.name, wanted.document, version)


async def start_export(ctx: Context, args: dict[str, Any]) -> ExportView:
    """See the field."""
    asked = read_input(args, StartExport)
    wanted = ProductFilter(status=asked.status, category_id=asked.category_id, brand=asked.brand)
    export = await imports.start_export(
        ctx, format=asked.format, is_packed=asked.is_packed, wanted=wanted
    )
    return ExportView.of(export)


async def show_export(ctx: Context, args: dict[str, Any]) -> ExportView:
    """See the field."""
    return ExportView.of(await imports.get_export(ctx, id_in(args, "export_id")))


async def list_exports(
    ctx: Context, _: dict[str, Any], cursor: str | None, limit: int
) -> Page[ExportView]:
    """See the field."""
    page = await imports.list_exports(ctx, cursor, limit)
    return Page([ExportView.of(each) for each in page.items], page.next_cursor)
