"""Product files in and out: what a supplier, another shop system or an export of ours sends.

A file is kept, recognised by its content or read by a mapping that the shop keeps, and taken in
batch by batch; what cannot go in is listed with its line, the reason and a remedy. Tables
`imports.file`, `run`, `problem`, `change`, `seen`, `mapping` and `export`. Events
`imports.import_requested.v1`, `imports.import_ended.v1` and `imports.export_requested.v1`. The
files are described in `docs/imports.md` and `docs/reference/product-files.md`.
"""

from galleria.commerce.imports.errors import (
    ExportNotFound,
    ExportNotReady,
    FileNotFound,
    ImportFinished,
    ImportNotFound,
    MappingChanged,
    MappingNotFound,
    NobodyTakesIt,
    SuspiciousFile,
    UnreadableFile,
)
from galleria.commerce.imports.events import ExportRequested, ImportEnded, ImportRequested
from galleria.commerce.imports.model.mappings import Mapping, MappingDocument, Rule
from galleria.commerce.imports.model.moving_in import (
    OrderDraft,
    OrderLineDraft,
    PlaceDraft,
)
from galleria.commerce.imports.model.runs import Change, Export, Problem, Run, StoredFile
from galleria.commerce.imports.ports import Landed, OrderIntake
from galleria.commerce.imports.service import (
    Suggestion,
    accept_file,
    cancel_import,
    create_mapping,
    export_shop,
    get_export,
    get_file,
    get_mapping,
    get_run,
    intakes,
    list_changes,
    list_exports,
    list_mappings,
    list_problems,
    list_runs,
    open_export,
    pictures_of,
    problems_as_csv,
    remove_mapping,
    run_import_now,
    start_export,
    start_import,
    suggest_mapping_of,
    update_mapping,
)

__all__ = [
    "Change",
    "Export",
    "ExportNotFound",
    "ExportNotReady",
    "ExportRequested",
    "FileNotFound",
    "ImportEnded",
    "ImportFinished",
    "ImportNotFound",
    "ImportRequested",
    "Landed",
    "Mapping",
    "MappingChanged",
    "MappingDocument",
    "MappingNotFound",
    "NobodyTakesIt",
    "OrderDraft",
    "OrderIntake",
    "OrderLineDraft",
    "PlaceDraft",
    "Problem",
    "Rule",
    "Run",
    "StoredFile",
    "Suggestion",
    "SuspiciousFile",
    "UnreadableFile",
    "accept_file",
    "cancel_import",
    "create_mapping",
    "export_shop",
    "get_export",
    "get_file",
    "get_mapping",
    "get_run",
    "intakes",
    "list_changes",
    "list_exports",
    "list_mappings",
    "list_problems",
    "list_runs",
    "open_export",
    "pictures_of",
    "problems_as_csv",
    "remove_mapping",
    "run_import_now",
    "start_export",
    "start_import",
    "suggest_mapping_of",
    "update_mapping",
]
