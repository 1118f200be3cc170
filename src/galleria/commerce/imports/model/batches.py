"""Gathers what a file holds into batches, each of which becomes one transaction.

Repeats within the file are noticed here: of two products with one handle or id the first counts,
of two variants with one SKU the second goes in without.
"""

import msgspec

from galleria.commerce.catalog import ProductDraft, VariantDraft
from galleria.commerce.imports.model.parsed import Item, ParsedProduct
from galleria.commerce.imports.model.problems import note, problem
from galleria.commerce.imports.model.runs import Position, Problem
from galleria.commerce.imports.model.seen import SeenMarks

# Measured on two cores: larger batches gain little and hold their locks longer. The other two
# keep a transaction of unusual products within its time limit, and the memory flat.
MAX_PRODUCTS = 2_000
MAX_VARIANTS = 8_000
MAX_BYTES = 8 * 1024 * 1024
MAX_BATCH_PROBLEMS = 2_000
MAX_SKU_LENGTH = 100

# Said once about a file, however often it is true.
_SAID_ONCE = frozenset(
    (
        "duplicate_column",
        "read_as_other_encoding",
        "read_as_windows_1252",
        "unknown_column",
        "unknown_field",
    )
)


class Batch(msgspec.Struct, kw_only=True):
    """Products to take in together, and what is wrong with those that are left out.

    `end` is where to read on behind it, `marks` what was seen in it. `read_bytes` says how far
    that is in the file as it is stored.
    """

    products: list[ParsedProduct] = msgspec.field(default_factory=list)
    problems: list[Problem] = msgspec.field(default_factory=list)
    refused: int = 0
    variant_count: int = 0
    start: Position
    end: Position
    marks: bytes = b""
    read_bytes: int = 0

    def is_full(self, most_products: int) -> bool:
        """It should be taken in before more is added."""
        return (
            len(self.products) >= most_products
            or self.variant_count >= MAX_VARIANTS
            or len(self.problems) >= MAX_BATCH_PROBLEMS
            or self.end.next_byte - self.start.next_byte >= MAX_BYTES
        )


class Gatherer:
    """Adds items one after the other to the batch under way."""

    def __init__(
        self,
        start: Position,
        seen: SeenMarks,
        publish: bool | None,
        most_products: int = MAX_PRODUCTS,
    ) -> None:
        """Begin at `start`, knowing what was `seen` before it."""
        self._seen = seen
        self._publish = publish
        self._most_products = most_products
        self._batch = Batch(start=start, end=start)

    @property
    def is_empty(self) -> bool:
        """Nothing came since the last batch was taken."""
        return self._batch.start == self._batch.end and not self._batch.problems

    @property
    def is_full(self) -> bool:
        """The batch should be taken now."""
        return self._batch.is_full(self._most_products)

    def take(self, read_bytes: int) -> Batch:
        """The batch as it is; the next one begins where it ends."""
        batch = self._batch
        batch.marks, batch.read_bytes = self._seen.take_fresh(), read_bytes
        self._batch = Batch(start=batch.end, end=batch.end)
        return batch

    def say(self, problems: list[Problem]) -> None:
        """The problems are in the batch, those that are said once only the first time."""
        for each in problems:
            if each.code not in _SAID_ONCE or self._seen.add("note", each.code + each.column):
                self._batch.problems.append(each)

    def add(self, item: Item) -> None:
        """The item is in the batch."""
        batch = self._batch
        batch.end = item.end
        batch.refused += item.refused
        if item.problems:
            self.say(item.problems)
        product = item.product
        if product is None:
            return
        if not self._seen.add("product", product.key):
            line, column = product.places.place_of("handle")
            reason = f"an earlier product of this file is {product.key[:100]!r} as well"
            batch.problems.append(
                problem(line, column, "duplicate_product", reason, product.excerpt)
            )
            batch.refused += 1
            return
        self._check_skus(product)
        status = self._status(product.draft)
        if status != product.draft.status:
            product.draft = msgspec.structs.replace(product.draft, status=status)
        batch.products.append(product)
        batch.variant_count += len(product.draft.variants)

    def _status(self, draft: ProductDraft) -> str | None:
        if self._publish is None:
            return draft.status
        # None leaves a product as it is, and makes a new one a draft.
        return (draft.status or "active") if self._publish else None

    def _check_skus(self, product: ParsedProduct) -> None:
        variants = product.draft.variants
        checked = [self._with_free_sku(product, at, each) for at, each in enumerate(variants)]
        if any(new is not old for new, old in zip(checked, variants, strict=True)):
            product.draft = msgspec.structs.replace(product.draft, variants=checked)

    def _with_free_sku(
        self, product: ParsedProduct, at: int, variant: VariantDraft
    ) -> VariantDraft:
        sku = variant.sku
        if sku is None:
            return variant
        if len(sku) > MAX_SKU_LENGTH:
            code, reason = "sku_too_long", f"the SKU has {len(sku)} characters"
        elif not self._seen.add("sku", sku):
            code, reason = "duplicate_sku", f"an earlier variant of this file has the SKU {sku!r}"
        else:
            return variant
        line, column = product.places.place_of(f"variants[{at}].sku")
        reason += "; it went in without one"
        self._batch.problems.append(note(line, column, code, reason, product.excerpt))
        return msgspec.structs.replace(variant, sku=None)
