"""An import from request to end, what it found wrong, and the files that come in and go out."""

from datetime import datetime, timedelta
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec

from galleria.commerce.catalog import ProductFilter

State: TypeAlias = Literal[
    "waiting", "running", "paused", "done", "failed", "cancelled", "undoing", "undone"
]
UndoPhase: TypeAlias = Literal["products", "collections", "prices", "stock"]
Format: TypeAlias = Literal[
    "shopify_csv",
    "json_lines",
    "galleria_export",
    "galleria_csv",
    "woocommerce_csv",
    "google_table",
    "google_xml",
    "mapping",
    "shopify_customers_csv",
    "shopify_orders_csv",
    "shopify_redirects_csv",
]
Kept: TypeAlias = Literal["stock", "prices", "pictures"]
ExportFormat: TypeAlias = Literal["jsonl", "csv"]
ExportState: TypeAlias = Literal["waiting", "done", "failed"]

ENDED: frozenset[State] = frozenset({"done", "failed", "cancelled", "undone"})
# What is still on its way, unless somebody holds it up.
AT_WORK: frozenset[State] = frozenset({"waiting", "running"})
# As long as the file and the list of its problems are kept.
UNDOABLE_FOR = timedelta(days=30)
# How much of an undoing is over when a phase begins.
_PHASE_SHARES: dict[UndoPhase, float] = {
    "products": 0.0,
    "collections": 0.8,
    "prices": 0.85,
    "stock": 0.9,
}

# Enough to see what is wrong with a file; all are counted, by code.
MAX_PROBLEMS = 10_000
MAX_CHANGES = 1_000
# Longer than a transaction may take, so nobody who still works is taken for dead.
STALLED_S = 40
# The queue gives up after eight tries; before that the import says itself that it failed.
MAX_TRIES = 5

MAX_EXCERPT = 300
MAX_REASON = 500


class StoredFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that came in. `sha256` is hexadecimal; its bytes are gone since `removed_at`."""

    file_id: UUID
    name: str
    size_bytes: int
    sha256: str
    uploaded_at: datetime
    removed_at: datetime | None = None


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One import of one file.

    Counts are of products: each one read is created, changed, unchanged or refused. `next_line`
    is the first line not taken in yet, `read_bytes` of `size_bytes` how far that is. `publish`
    None means as the file says. `problem_codes` counts all problems by code, of which the first
    10,000 are kept.

    `step_count` are the batches that wrote products, `undo_…` is how far taking them back has
    come: products removed, reverted and kept, and places in collections, prices and shelves that
    went back.
    """

    run_id: UUID
    file_id: UUID
    file_name: str
    size_bytes: int
    format: Format
    is_dry_run: bool
    publish: bool | None
    keeps_stock: bool
    state: State
    created_count: int
    changed_count: int
    unchanged_count: int
    refused_count: int
    problem_count: int
    problem_codes: dict[str, int]
    change_count: int
    next_line: int
    read_bytes: int
    failure_code: str | None
    failure: str | None
    actor: str
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    step_count: int = 0
    undo_phase: UndoPhase | None = None
    undo_below: int = 0
    undo_removed_count: int = 0
    undo_reverted_count: int = 0
    undo_kept_count: int = 0
    undo_collection_count: int = 0
    undo_price_count: int = 0
    undo_stock_count: int = 0
    undo_remark_count: int = 0
    undo_requested_at: datetime | None = None
    undone_at: datetime | None = None
    keeps_prices: bool = False
    keeps_pictures: bool = False

    @property
    def keeps(self) -> frozenset[Kept]:
        """What products that the shop has keep, whatever the file says of it."""
        said: dict[Kept, bool] = {
            "stock": self.keeps_stock,
            "prices": self.keeps_prices,
            "pictures": self.keeps_pictures,
        }
        return frozenset(name for name, is_kept in said.items() if is_kept)

    @property
    def is_at_work(self) -> bool:
        """It is going in, or waits for its turn to."""
        return self.state in AT_WORK

    @property
    def has_ended(self) -> bool:
        """Nothing more will happen."""
        return self.state in ENDED

    @property
    def product_count(self) -> int:
        """How many products have been read."""
        return self.created_count + self.changed_count + self.unchanged_count + self.refused_count

    @property
    def has_written(self) -> bool:
        """There is something that could be taken back."""
        return not self.is_dry_run and self.step_count > 0 and self._touched_count > 0

    @property
    def _touched_count(self) -> int:
        return self.created_count + self.changed_count

    @property
    def share(self) -> float:
        """How far it is, from 0 to 1: in its file, or on its way back."""
        if self.state in ("done", "undone"):
            return 1.0
        if self.state != "undoing":
            return min(1.0, self.read_bytes / max(1, self.size_bytes))
        share = _PHASE_SHARES[self.undo_phase or "products"]
        if self.undo_phase == "products":
            seen = self.undo_removed_count + self.undo_reverted_count + self.undo_kept_count
            share = _PHASE_SHARES["collections"] * min(1.0, seen / max(1, self._touched_count))
        return share

    def is_undoable(self, now: datetime) -> bool:
        """It can be taken back: it wrote something, has ended, and not too long ago."""
        if self.state == "undone" or not self.has_ended or not self.has_written:
            return False
        return self.finished_at is not None and now - self.finished_at < UNDOABLE_FOR


class UndoRemark(msgspec.Struct, frozen=True, kw_only=True):
    """Something that stayed as it is when an import was taken back, and why.

    `path` is a field of the product, empty for the product as a whole. Codes are edited_since,
    ordered_since, removed_since, price_changed_since, cost_changed_since, sold_since, or what keeps
    the product from being as it was, like sku_taken.
    """

    number: int = 0
    product_id: UUID | None
    handle: str
    path: str
    code: str
    reason: str


class Position(msgspec.Struct, frozen=True):
    """Where in the unpacked file to read on: the byte, and the number of its line from 1."""

    next_byte: int = 0
    next_line: int = 1


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A run that is ours to work at, as long as its row names `holder`.

    `tries` counts those who took it up since it last got on.
    """

    run: Run
    holder: UUID
    position: Position
    tries: int


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong in a file: where, what, and what to do about it.

    `number` counts from 1 within the import, `line` within the unpacked file. `column` is a
    column's name or the path to a field, empty for the line as a whole. With `is_refusal` the
    product stayed out; else it went in, and this should be known about it.
    """

    number: int = 0
    line: int
    column: str
    code: str
    reason: str
    remedy: str
    excerpt: str
    is_refusal: bool


class Difference(msgspec.Struct, frozen=True):
    """A field that would say something else; texts are cut short. Empty is nothing."""

    path: str
    before: str
    after: str


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What a dry run found would happen to a product.

    `differences` are of a product that would change: the first twenty.
    """

    number: int = 0
    line: int
    handle: str
    title: str
    outcome: Literal["created", "changed"]
    differences: list[Difference] = []


def cause_of(run_id: UUID) -> str:
    """What the other rooms' histories call an import."""
    return f"import:{run_id}"


class Tally(msgspec.Struct, kw_only=True):
    """What one step of an import adds to its counts."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """A file with the products of the shop that were wanted, or the wish for one.

    `is_packed` means gzip. While it is written, `product_count` grows towards `total_count`, which
    is None where nobody knows it beforehand.
    """

    export_id: UUID
    state: ExportState
    format: ExportFormat = "jsonl"
    is_packed: bool
    product_count: int
    size_bytes: int
    requested_at: datetime
    finished_at: datetime | None
    removed_at: datetime | None
    wanted: ProductFilter = ProductFilter()
    total_count: int | None = None
