"""What comes in over the wire, and what goes out where it differs from the model."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from galleria.commerce.imports.model.mappings import Delimiter, MappingDocument, TextEncoding
from galleria.commerce.imports.model.runs import (
    Export,
    ExportFormat,
    Format,
    Kept,
    Run,
    State,
    UndoPhase,
)
from galleria.commerce.pictures import Counts
from galleria.foundation.http import Name, WireInput

NO_PICTURES = Counts()


class StartImport(WireInput, frozen=True, kw_only=True):
    """An import of a file that was sent before.

    With `is_dry_run` nothing is written but the report. `publish` true puts products on sale
    that the file says nothing about, false keeps all as they are and new ones as drafts; left
    out, the file decides. With `keeps_stock` only new variants get the stock of the file, with
    `keeps_prices` only they get its prices; with `keeps_pictures` only new products get its
    pictures. `format` is `mapping:` and the id of a mapping to read a table by; left out, the file
    is looked at.
    """

    file_id: UUID
    is_dry_run: bool = False
    publish: bool | None = None
    keeps_stock: bool = False
    keeps_prices: bool = False
    keeps_pictures: bool = False
    format: Annotated[str, Meta(max_length=60)] | None = None

    @property
    def keeps(self) -> list[Kept]:
        """What products that the shop has keep."""
        names: tuple[Kept, ...] = ("stock", "prices", "pictures")
        return [name for name in names if getattr(self, f"keeps_{name}")]


class LookAtFile(WireInput, frozen=True, kw_only=True):
    """A file to look at: by a mapping, or as a person says that the table is written."""

    file_id: UUID
    document: MappingDocument | None = None
    delimiter: Delimiter = "auto"
    encoding: TextEncoding = "auto"


class RepeatImport(WireInput, frozen=True, kw_only=True):
    """Another import of the same file; with `is_dry_run` only the report is written."""

    is_dry_run: bool = False


class KeepMapping(WireInput, frozen=True, kw_only=True):
    """A mapping and the name it is kept under."""

    name: Name
    document: MappingDocument


class StartExport(WireInput, frozen=True, kw_only=True):
    """An export of the products as JSON Lines or as a table; `is_packed` means gzip.

    Left out, `status`, `category_id` (and all below it) and `brand` let every product in.
    """

    format: ExportFormat = "jsonl"
    is_packed: bool = True
    status: Literal["draft", "active", "archived"] | None = None
    category_id: UUID | None = None
    brand: Name | None = None


class UndoView(msgspec.Struct, frozen=True, kw_only=True):
    """How far an import has been taken back: products removed, as before, or kept; prices and
    shelves that went back; and remarks about what stayed."""

    phase: UndoPhase
    removed_count: int
    reverted_count: int
    kept_count: int
    collection_count: int
    price_count: int
    stock_count: int
    remark_count: int
    requested_at: datetime | None
    finished_at: datetime | None


class ImportView(msgspec.Struct, frozen=True, kw_only=True):
    """An import and how far it is: `progress` from 0 to 1; counts are of products.

    `pictures` are addresses that this import was the first to name, by what became of them.
    `undo` is there since somebody asked to take it back.
    """

    run_id: UUID
    file_id: UUID
    file_name: str
    size_bytes: int
    format: Format
    is_dry_run: bool
    publish: bool | None
    keeps_stock: bool
    keeps_prices: bool
    keeps_pictures: bool
    state: State
    progress: float
    product_count: int
    created_count: int
    changed_count: int
    unchanged_count: int
    refused_count: int
    problem_count: int
    problem_codes: dict[str, int]
    next_line: int
    failure_code: str | None
    failure: str | None
    actor: str
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    pictures: Counts
    undo: UndoView | None = None

    @classmethod
    def of(cls, run: Run, pictures: Counts = NO_PICTURES) -> "ImportView":
        """The view of a run."""
        beside = ("progress", "pictures", "undo")
        return cls(
            **{name: getattr(run, name) for name in cls.__struct_fields__ if name not in beside},
            progress=round(run.share, 4),
            pictures=pictures,
            undo=_undo_of(run),
        )


def _undo_of(run: Run) -> UndoView | None:
    if run.undo_phase is None:
        return None
    counts = ("removed", "reverted", "kept", "collection", "price", "stock", "remark")
    return UndoView(
        phase=run.undo_phase,
        **{f"{name}_count": getattr(run, f"undo_{name}_count") for name in counts},
        requested_at=run.undo_requested_at,
        finished_at=run.undone_at,
    )


class ExportView(Export, frozen=True, kw_only=True):
    """An export; when it is done, `file` is where to fetch it."""

    file: str | None

    @classmethod
    def of(cls, export: Export) -> "ExportView":
        """The view of an export."""
        is_there = export.state == "done" and export.removed_at is None
        file = f"/admin/v1/exports/{export.export_id}/file" if is_there else None
        return cls(**msgspec.structs.asdict(export), file=file)
