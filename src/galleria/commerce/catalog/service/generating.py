"""Makes all the variants a product lacks, at once."""

from collections.abc import Sequence
from uuid import UUID

from galleria.commerce.attributes import compile_grammar, grammar_of
from galleria.commerce.catalog import errors
from galleria.commerce.catalog.events import products_changed
from galleria.commerce.catalog.model.generating import (
    MOST_SHOWN,
    AxisChoice,
    GeneratedVariant,
    GeneratedVariants,
    choices_of,
    missing_selections,
    variants_for,
)
from galleria.commerce.catalog.model.wording import KeptProduct, KeptVariant, Wording
from galleria.commerce.catalog.repository import merging, products, trees
from galleria.commerce.catalog.repository.locking import lock_names
from galleria.commerce.catalog.service.products import lock_version
from galleria.commerce.catalog.service.remembering import remember_edit
from galleria.commerce.catalog.service.standing import lock_standing
from galleria.commerce.catalog.service.wording import wording_of
from galleria.engines.context import Context
from galleria.engines.sql import Reader
from galleria.foundation.errors import FieldError
from galleria.foundation.ids import new_id
from galleria.platform import audit


async def generate_variants(
    ctx: Context,
    product_id: UUID,
    choices: Sequence[AxisChoice] = (),
    expected_version: int | None = None,
) -> GeneratedVariants:
    """The product has every legal combination of its options, or of these choices among them.

    Those it has stay as they are, new ones stand behind them. SKUs are made by the pattern of
    the product type, if it has one. Safe to repeat.

    Raises:
        ProductNotFound: this tenant has no such product.
        StaleVersion: it has another version than `expected_version`.
        InvalidProduct: a choice that is none, or a SKU that cannot be.
        SkuTaken: another variant has one of the SKUs.
        TooManyVariants: there would be more than 10,000.
        TooManyCombinations: see `model.generating.missing_selections`.
    """
    async with ctx.transaction() as tx:
        await lock_names(tx)
        product = await lock_version(tx, product_id, expected_version)
        existing, wording, made = await _plan(tx, product, choices)
        if made:
            before = await lock_standing(tx, [product_id])
            await merging.write_variants(tx, made, [])
            await products.mark_edited(tx, [product_id], len(made))
            await remember_edit(tx, before, product_id)
            tx.publish(*products_changed([product_id], "variants"))
            detail = {"variants": len(made)}
            await audit.record(tx, "products.variants_generated", f"product:{product_id}", detail)
    return _told(product, wording, existing, made, product.version + bool(made))


async def preview_variants(
    reader: Reader, product_id: UUID, choices: Sequence[AxisChoice] = ()
) -> GeneratedVariants:
    """What `generate_variants` would make, without making it. Raises as it does."""
    product = await products.find_product(reader, product_id)
    if product is None:
        raise errors.ProductNotFound(f"no product {product_id}")
    existing, wording, made = await _plan(reader, product, choices)
    return _told(product, wording, existing, made, product.version)


async def _plan(
    reader: Reader, product: KeptProduct, choices: Sequence[AxisChoice]
) -> tuple[int, Wording, list[KeptVariant]]:
    """How many variants there are, the words to tell of them, and those to be made."""
    product_id = product.product_id
    existing = (await trees.variants_by_product(reader, [product_id])).get(product_id, [])
    wording = await wording_of(reader, [product])
    dictionary = wording.dictionary
    kind = dictionary.types.get(product.product_type_id) if product.product_type_id else None
    grammar = (
        grammar_of(reader.tenant.tenant_id, dictionary, kind)
        if kind is not None
        else compile_grammar([], {})
    )
    chosen = choices_of(wording, product.axes, choices)
    missing = missing_selections(grammar, product.axes, chosen, existing)
    behind = max((each.position for each in existing), default=-1) + 1
    made = variants_for(wording, product, missing, behind, new_id)
    await _refuse_taken(reader, made)
    return len(existing), wording, made


async def _refuse_taken(reader: Reader, made: Sequence[KeptVariant]) -> None:
    places = {each.sku: at for at, each in enumerate(made) if each.sku is not None}
    holders = await merging.holders_of_skus(reader, list(places)) if places else {}
    if holders:
        faults = [
            FieldError(f"variants[{places[sku]}].sku", "sku_taken", f"{sku!r} is in use")
            for sku in sorted(holders, key=places.__getitem__)
        ]
        raise errors.SkuTaken("another variant has one of the SKUs", errors=faults[:MOST_SHOWN])


def _told(
    product: KeptProduct,
    wording: Wording,
    existing: int,
    made: Sequence[KeptVariant],
    version: int,
) -> GeneratedVariants:
    return GeneratedVariants(
        product_id=product.product_id,
        version=version,
        existing_count=existing,
        made_count=len(made),
        variants=[
            GeneratedVariant(wording.option_values(product.axes, each.selection), each.sku)
            for each in made[:MOST_SHOWN]
        ],
    )
