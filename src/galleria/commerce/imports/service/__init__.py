"""The verbs of the imports."""

from galleria.commerce.imports.service.asking import asking
from galleria.commerce.imports.service.exporting import (
    export_shop,
    get_export,
    list_exports,
    open_export,
    start_export,
    write_export,
)
from galleria.commerce.imports.service.files import accept_file, get_file, remove_old_files
from galleria.commerce.imports.service.intakes import intakes
from galleria.commerce.imports.service.looking import (
    FileLook,
    TriedProduct,
    TriedVariant,
    look_at_file,
)
from galleria.commerce.imports.service.mapping import (
    Suggestion,
    create_mapping,
    get_mapping,
    list_mappings,
    remove_mapping,
    suggest_mapping_of,
    update_mapping,
)
from galleria.commerce.imports.service.moving import run_import_now
from galleria.commerce.imports.service.reporting import (
    get_run,
    list_changes,
    list_problems,
    list_runs,
    list_undo_remarks,
    pictures_of,
    problems_as_csv,
    undo_remarks_as_csv,
)
from galleria.commerce.imports.service.starting import (
    cancel_import,
    pause_import,
    repeat_import,
    resume_import,
    revive_imports,
    start_import,
)
from galleria.commerce.imports.service.undoing import start_undo

__all__ = [
    "FileLook",
    "Suggestion",
    "TriedProduct",
    "TriedVariant",
    "accept_file",
    "asking",
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
    "list_undo_remarks",
    "look_at_file",
    "open_export",
    "pause_import",
    "pictures_of",
    "problems_as_csv",
    "remove_mapping",
    "remove_old_files",
    "repeat_import",
    "resume_import",
    "revive_imports",
    "run_import_now",
    "start_export",
    "start_import",
    "start_undo",
    "suggest_mapping_of",
    "undo_remarks_as_csv",
    "update_mapping",
    "write_export",
]
