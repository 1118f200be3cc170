"""Many variants of a product changed at once."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from galleria.commerce import attributes
from galleria.commerce.attributes import Unfit
from galleria.commerce.catalog import errors
from galleria.commerce.catalog.events import products_changed
from galleria.commerce.catalog.model.bulk_edits import (
    BulkVariantChanges,
    BulkVariantsAnswer,
    Edit,
    edits_of,
)
from galleria.commerce.catalog.model.products import VariantFacts
from galleria.commerce.catalog.model.wording import (
    KeptProduct,
    KeptVariant,
    Wording,
    facts_in,
)
from galleria.commerce.catalog.repository import merging, products, trees
from galleria.commerce.catalog.repository.locking import lock_names
from galleria.commerce.catalog.service.legality import Legality
from galleria.commerce.catalog.service.products import lock_version
from galleria.commerce.catalog.service.remembering import remember_edit
from galleria.commerce.catalog.service.standing import lock_standing
from galleria.commerce.catalog.service.wording import wording_of
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.foundation.errors import FieldError
from galleria.platform import audit

_MOST_FAULTS = 100  # whoever mends so many asks again


async def update_variants(
    ctx: Context,
    product_id: UUID,
    wanted: BulkVariantChanges,
    expected_version: int | None = None,
) -> BulkVariantsAnswer:
    """All the variants are changed as wanted, or none is.

    Raises:
        ProductNotFound: this tenant has no such product.
        StaleVersion: it has another version than `expected_version`.
        InvalidProduct: with each row's faults, `sku_taken` among them.
    """
    async with ctx.transaction() as tx:
        await lock_names(tx)
        product = await lock_version(tx, product_id, expected_version)
        kept = (await trees.variants_by_product(tx, [product_id])).get(product_id, [])
        wording = await wording_of(tx, [product])
        variants = [wording.variant_of(each, product.axes) for each in kept]
        options = [wording.option_of(axis) for axis in product.axes]
        definitions = wording.dictionary.definitions.get("variant", {})
        edits, faults = edits_of(options, variants, wanted, definitions)
        _refuse(faults)
        await attributes.refuse_foreign(
            tx,
            {
                name
                for _, was, now in edits
                for name in attributes.differing(definitions, was.metafields, now.metafields)
            },
        )
        selections = {each.variant_id: each.selection for each in kept}
        changed = _kept(wording, product, edits, selections)
        _refuse(await _taken(tx, edits) + await _illegal(tx, wording, product, edits, changed))
        if changed:
            before = await lock_standing(tx, [product_id])
            await merging.write_variants(tx, [], changed)
            await products.mark_edited(tx, [product_id])
            await remember_edit(tx, before, product_id)
            tx.publish(*products_changed([product_id], "variants"))
            detail = {"variants": len(changed)}
            await audit.record(tx, "products.variants_changed", f"product:{product_id}", detail)
    return BulkVariantsAnswer(
        product_id=product_id,
        version=product.version + bool(changed),
        changed_count=len(changed),
    )


def _refuse(faults: Sequence[FieldError]) -> None:
    if faults:
        raise errors.InvalidProduct(
            "not all of the variants would be valid", errors=list(faults[:_MOST_FAULTS])
        )


def _kept(
    wording: Wording,
    product: KeptProduct,
    edits: Sequence[Edit],
    selections: dict[UUID, list[int]],
) -> list[KeptVariant]:
    """The changed variants as they are kept.

    Raises:
        InvalidProduct: a number that does not fit its axis.
    """
    changed, faults = [], []
    for path, before, after in edits:
        selection = selections[after.variant_id]
        try:
            if after.option_values != before.option_values:
                selection = wording.selection_of(product.axes, after.option_values)
        except Unfit as unfit:
            faults.append(FieldError(f"{path}.option_values", unfit.code, str(unfit)))
        changed.append(KeptVariant(**facts_in(after, VariantFacts), selection=selection))
    _refuse(faults)
    return changed


async def _taken(tx: Transaction, edits: Sequence[Edit]) -> list[FieldError]:
    """Faults of SKUs that variants of other products have."""
    asked = {
        after.sku: path
        for path, before, after in edits
        if after.sku is not None and after.sku != before.sku
    }
    holders = await merging.holders_of_skus(tx, list(asked)) if asked else {}
    own = edits[0][2].product_id if edits else None
    return [
        FieldError(f"{asked[sku]}.sku", "sku_taken", "a variant of another product has this SKU")
        for sku, (holder, _) in holders.items()
        if holder != own
    ]


async def _illegal(
    tx: Transaction,
    wording: Wording,
    product: KeptProduct,
    edits: Sequence[Edit],
    changed: Sequence[KeptVariant],
) -> list[FieldError]:
    """Faults of combinations that are not made."""
    dictionary = wording.dictionary
    kind = dictionary.types.get(product.product_type_id) if product.product_type_id else None
    moved = [
        (path, each)
        for (path, before, after), each in zip(edits, changed, strict=True)
        if after.option_values != before.option_values
    ]
    if kind is None or not kind.rules or not moved:
        return []
    selections = [each.selection for _, each in moved]
    faults = await Legality(tx, dictionary).faults_of(kind, product.axes, selections)
    return [_placed(fault, [path for path, _ in moved]) for fault in faults]


def _placed(fault: FieldError, paths: Sequence[str]) -> FieldError:
    at, _, rest = fault.path.removeprefix("variants[").partition("]")
    return msgspec.structs.replace(fault, path=f"{paths[int(at)]}{rest}")
