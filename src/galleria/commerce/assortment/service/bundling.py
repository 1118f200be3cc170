"""Says what bundles consist of, and tells whom it concerns when components change."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from galleria.commerce import catalog
from galleria.commerce.assortment.errors import BundleNotFound, InvalidBundle
from galleria.commerce.assortment.events import bundles_changed
from galleria.commerce.assortment.model import bundles as model
from galleria.commerce.assortment.model.bundles import Bundle, Bundles, Component
from galleria.commerce.assortment.repository import bundles as repository
from galleria.commerce.assortment.schemas import (
    BundleAnswer,
    BundleOutcome,
    BundleRow,
    BundleTerms,
    BundleView,
    ComponentView,
    NamedComponent,
    NewBundle,
)
from galleria.commerce.assortment.service.bundles import availability, load_bundles
from galleria.commerce.inventory import Availability
from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.errors import FieldError
from galleria.platform import audit

MAX_LISTED = 100  # bundles of one product that are told together


async def set_bundle(ctx: Context, variant_id: UUID, wanted: NewBundle) -> BundleView:
    """The variant consists of just these components.

    Raises:
        VariantNotFound: this tenant has no such variant.
        InvalidBundle: a component does not exist, is a bundle itself or named twice, another
            bundle contains the variant, or its discounts contradict each other.
    """
    async with ctx.transaction() as tx:
        await repository.lock_bundles(tx)
        owner = await catalog.get_variant(tx, variant_id)
        bundle = Bundle(
            variant_id=variant_id,
            product_id=owner.product_id,
            pricing=wanted.pricing,
            discount_bp=wanted.discount_bp,
            discounts=wanted.discounts,
            components=[Component(each.variant_id, each.quantity) for each in wanted.components],
            updated_at=ctx.now,
        )
        if errors := (await _faults(tx, [bundle]))[variant_id]:
            raise InvalidBundle("the variant cannot be such a bundle", errors=errors)
        await _save(tx, [bundle])
        detail = {"components": len(bundle.components), "pricing": bundle.pricing}
        await audit.record(tx, "products.bundle_set", f"variant:{variant_id}", detail)
        return await get_bundle(tx, variant_id)


async def remove_bundle(ctx: Context, variant_id: UUID) -> None:
    """The variant is sold as itself again. Safe to repeat.

    Raises:
        VariantNotFound: this tenant has no such variant.
    """
    async with ctx.transaction() as tx:
        await repository.lock_bundles(tx)
        await catalog.get_variant(tx, variant_id)
        concerned = await repository.delete(tx, [variant_id])
        if concerned:
            await audit.record(tx, "products.bundle_removed", f"variant:{variant_id}")
        tx.publish(*bundles_changed(concerned))


async def get_bundle(reader: Reader, variant_id: UUID) -> BundleView:
    """What the variant consists of.

    Raises:
        BundleNotFound: it is no bundle.
    """
    loaded = await load_bundles(reader, [variant_id])
    if not loaded.by_variant:
        raise BundleNotFound(f"variant {variant_id} is no bundle")
    return (await _views(reader, loaded))[0]


async def list_bundles(reader: Reader, product_id: UUID) -> list[BundleView]:
    """The bundles among the variants of a product, by id; the first hundred.

    Raises:
        ProductNotFound: this tenant has no such product.
    """
    if not await catalog.names_of(reader, [product_id]):
        raise catalog.ProductNotFound(f"no product {product_id}")
    found = await repository.bundles_of_product(reader, product_id, MAX_LISTED)
    return await _views(reader, await load_bundles(reader, [each.variant_id for each in found]))


async def _views(reader: Reader, loaded: Bundles) -> list[BundleView]:
    bundles = sorted(loaded.by_variant.values(), key=lambda each: each.variant_id)
    parts = dict.fromkeys(part.variant_id for each in bundles for part in each.components)
    there = await availability(reader, loaded, [*loaded.by_variant, *parts])
    return [
        BundleView(
            variant_id=each.variant_id,
            product_id=each.product_id,
            pricing=each.pricing,
            discount_bp=each.discount_bp,
            discounts=each.discounts,
            components=[
                _component_view(part, loaded.components.get(part.variant_id), there)
                for part in each.components
            ],
            available=there[each.variant_id].sellable,
            fault=loaded.fault_of(each.variant_id),
            updated_at=each.updated_at,
        )
        for each in bundles
    ]


def _component_view(
    part: Component, view: catalog.VariantView | None, there: dict[UUID, Availability]
) -> ComponentView:
    return ComponentView(
        variant_id=part.variant_id,
        product_id=view.product_id if view else None,
        sku=view.sku if view else None,
        title=view.title if view else None,
        option_values=view.option_values if view else [],
        status=view.product_status if view else None,
        quantity=part.quantity,
        available=there[part.variant_id].sellable,
    )


async def set_many_bundles(ctx: Context, rows: Sequence[BundleRow]) -> list[BundleOutcome]:
    """Each of at most 500 rows is granted, or refused with a reason; in the order given."""
    wanted: dict[UUID, BundleTerms] = {}
    answers: dict[str, BundleAnswer] = {}
    async with ctx.transaction() as tx:
        found = await catalog.variants_by_sku(tx, [row.sku for row in rows])
        for row in rows:
            if row.sku in found:
                wanted.setdefault(found[row.sku], row)
        merged = await merge_bundles(tx, wanted)
        done = sum(each.outcome in ("set", "removed") for each in merged.values())
        if done:
            await audit.record(tx, "products.bundle_set", "variants:many", {"rows": done})
    outcomes = []
    for row in rows:
        answer = answers.get(row.sku)
        if answer is not None:
            answer = _refused("duplicate_row", "an earlier row says this already")
        elif row.sku not in found:
            answer = _unknown(row.sku)
        else:
            answer = answers[row.sku] = merged[found[row.sku]]
        outcomes.append(BundleOutcome(sku=row.sku, **msgspec.structs.asdict(answer)))
    return outcomes


async def merge_bundles(
    tx: Transaction, wanted: Mapping[UUID, BundleTerms]
) -> dict[UUID, BundleAnswer]:
    """The variants consist of what is wanted, set-based; what became of each.

    One sees the bundles of those before it, so that two of them cannot nest.
    """
    if not wanted:
        return {}
    await repository.lock_bundles(tx)
    answers, granted = await _judge(tx, wanted)
    gone = [key for key, answer in answers.items() if answer.outcome == "removed"]
    tx.publish(*bundles_changed(await repository.delete(tx, gone) if gone else []))
    if granted:
        await _save(tx, granted)
    return answers


async def differing_bundles(tx: Transaction, wanted: Mapping[UUID, BundleTerms]) -> set[UUID]:
    """Those of the variants that `merge_bundles` would change; writes nothing."""
    if not wanted:
        return set()
    answers, _ = await _judge(tx, wanted)
    return {key for key, each in answers.items() if each.outcome in ("set", "removed")}


async def _judge(
    tx: Transaction, wanted: Mapping[UUID, BundleTerms]
) -> tuple[dict[UUID, BundleAnswer], list[Bundle]]:
    """What becomes of each wish, and the bundles that are new or different."""
    skus = {part.sku for terms in wanted.values() for part in terms.components}
    found = await catalog.variants_by_sku(tx, sorted(skus))
    sets = [key for key, terms in wanted.items() if terms.components]
    owners = {view.variant_id: view for view in await catalog.variants_of(tx, sets)}
    before = await repository.bundles_of(tx, list(wanted))
    answers: dict[UUID, BundleAnswer] = {}
    full: list[Bundle] = []
    for key, terms in wanted.items():
        missing = next((each.sku for each in terms.components if each.sku not in found), None)
        if not terms.components:
            answers[key] = BundleAnswer(outcome="removed" if key in before else "unchanged")
        elif missing is not None or key not in owners:
            answers[key] = _unknown(missing or str(key))
        else:
            full.append(_bundle_of(owners[key], terms, found, tx.now))
    faults = await _faults(tx, full)
    granted = []
    for each in full:
        if errors := faults[each.variant_id]:
            answers[each.variant_id] = _refused(errors[0].code, errors[0].message)
        elif _same(each, before.get(each.variant_id)):
            answers[each.variant_id] = BundleAnswer(outcome="unchanged")
        else:
            answers[each.variant_id] = BundleAnswer(outcome="set")
            granted.append(each)
    return answers, granted


def _bundle_of(
    owner: catalog.VariantView, terms: BundleTerms, found: Mapping[str, UUID], now: datetime
) -> Bundle:
    return Bundle(
        variant_id=owner.variant_id,
        product_id=owner.product_id,
        pricing=terms.pricing,
        discount_bp=terms.discount_bp,
        discounts=terms.discounts,
        components=[Component(found[each.sku], each.quantity) for each in terms.components],
        updated_at=now,
    )


async def terms_of(reader: Reader, variant_ids: Sequence[UUID]) -> dict[UUID, BundleTerms]:
    """What a file says of those of the variants that are bundles.

    Those with a component that has no SKU, or is gone, are left out: no file can name it.
    """
    loaded = await load_bundles(reader, variant_ids)
    terms: dict[UUID, BundleTerms] = {}
    for key, bundle in loaded.by_variant.items():
        views = [loaded.components.get(each.variant_id) for each in bundle.components]
        parts = [
            NamedComponent(sku=view.sku, quantity=each.quantity)
            for view, each in zip(views, bundle.components, strict=True)
            if view is not None and view.sku
        ]
        if len(parts) == len(views):
            terms[key] = BundleTerms(
                components=parts,
                pricing=bundle.pricing,
                discount_bp=bundle.discount_bp,
                discounts=bundle.discounts,
            )
    return terms


def _same(wanted: Bundle, kept: Bundle | None) -> bool:
    return kept is not None and wanted == msgspec.structs.replace(
        kept, updated_at=wanted.updated_at
    )


def _unknown(sku: str) -> BundleAnswer:
    return _refused(catalog.VariantNotFound.code, f"no variant has the SKU {sku[:100]!r}")


def _refused(code: str, detail: str) -> BundleAnswer:
    return BundleAnswer(outcome="refused", code=code, detail=detail)


async def _faults(tx: Transaction, wanted: Sequence[Bundle]) -> dict[UUID, list[FieldError]]:
    """What is wrong with each, one after the other: those before it that are right exist."""
    parts = list(dict.fromkeys(e.variant_id for bundle in wanted for e in bundle.components))
    known = {view.variant_id for view in await catalog.variants_of(tx, parts)}
    bundles = await repository.bundles_of(tx, parts)
    contained = await repository.components_among(tx, [each.variant_id for each in wanted])
    faults: dict[UUID, list[FieldError]] = {}
    for each in wanted:
        is_component = each.variant_id in contained
        errors = model.check_bundle(each, known, bundles, is_component=is_component)
        faults[each.variant_id] = errors
        if not errors:
            bundles[each.variant_id] = each
            contained |= {part.variant_id for part in each.components}
    return faults


async def _save(tx: Transaction, bundles: Sequence[Bundle]) -> None:
    parts = dict.fromkeys(part.variant_id for each in bundles for part in each.components)
    views = await catalog.variants_of(tx, list(parts))
    await repository.save(tx, bundles, {view.variant_id: view.product_id for view in views})
    tx.publish(*bundles_changed(sorted({each.product_id for each in bundles})))


async def follow_components(
    tx: Transaction, variant_ids: Sequence[UUID], *, at_least: int = 1
) -> None:
    """The bundles that contain `at_least` so many of one of these variants are told of."""
    ids = await repository.products_with_components(tx, variant_ids, at_least)
    tx.publish(*bundles_changed(ids))


async def follow_products(tx: Transaction, product_ids: Sequence[UUID]) -> None:
    """The bundles of other products that contain variants of these are told of."""
    tx.publish(*bundles_changed(await repository.products_with_parts_of(tx, product_ids)))


async def follow_sales(tx: Transaction, variant_ids: Sequence[UUID]) -> None:
    """Bundles that need several of what was just sold, singly or in a bundle, are told of.

    The stockroom tells when one of a thing can be had no longer; of a set of twelve it knows
    nothing.
    """
    sold = await repository.bundles_of(tx, variant_ids)
    parts = {part.variant_id for each in sold.values() for part in each.components}
    await follow_components(tx, sorted({*variant_ids, *parts}), at_least=2)


async def forget_variants(tx: Transaction, variant_ids: Sequence[UUID]) -> None:
    """Variants that are gone are no bundles; those that contain one can be had no longer."""
    tx.publish(*bundles_changed(await repository.delete(tx, variant_ids)))
    await follow_components(tx, variant_ids)


async def forget_products(tx: Transaction, product_ids: Sequence[UUID]) -> None:
    """The bundles of products that are gone are gone; those of others that contain some tell."""
    await repository.delete_of_products(tx, product_ids)
    await follow_products(tx, product_ids)
