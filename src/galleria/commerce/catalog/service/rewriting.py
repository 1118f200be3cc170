"""Products as they were: written back with the ids they had, as new versions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from galleria.commerce.catalog.events import products_changed, variants_removed
from galleria.commerce.catalog.model.coding import Coded
from galleria.commerce.catalog.model.drafts import BulkWork, ProductDraft, check_draft
from galleria.commerce.catalog.model.merging import place_media
from galleria.commerce.catalog.model.products import ACTIVE, Media, Status
from galleria.commerce.catalog.model.states import (
    ProductState,
    draft_of_state,
    variants_of_state,
)
from galleria.commerce.catalog.model.wording import KeptVariant
from galleria.commerce.catalog.repository import merging, products, structure
from galleria.commerce.catalog.repository.merging import ProductRow
from galleria.commerce.catalog.service.addresses import products_moved
from galleria.commerce.catalog.service.coding import learnt_coder, numbers_for, read_drafts
from galleria.commerce.catalog.service.legality import Legality
from galleria.commerce.catalog.service.naming import Names, ensure_names
from galleria.commerce.catalog.service.remembering import remember_edit, remember_merge
from galleria.commerce.catalog.service.standing import Standing
from galleria.engines.sql import Transaction
from galleria.foundation.errors import FieldError
from galleria.foundation.text import slugify, sort_key


@dataclass(slots=True)
class Rewriting:
    """A product on its way back; `errors` say why it cannot be as it was."""

    product_id: UUID
    state: ProductState
    draft: ProductDraft
    errors: list[FieldError] = field(default_factory=list)
    coded: Coded | None = None
    stands_for: int | None = None

    def refuse(self, path: str, code: str, message: str) -> None:
        """The product stays as it is, for this reason among others."""
        self.errors.append(FieldError(path, code, message))


async def rewrite(
    tx: Transaction,
    wanted: Mapping[UUID, ProductState],
    before: Standing,
    work: BulkWork | None = None,
    *,
    whole: Mapping[UUID, int],
) -> dict[UUID, list[FieldError]]:
    """The products are as wanted, each as a new version, or stay for the reasons that come back.

    Categories that are gone are left out. Set-based: some twenty statements,
    whatever the number. The shop's names and the products are locked.

    Args:
        tx: the transaction to write in.
        wanted: what each product is to be.
        before: what they are; has all of them.
        work: what the history tells it as a part of; None for one product by itself.
        whole: the versions that products are the same as again, where nothing of later ones stays.
    """
    plans = [
        Rewriting(each, state, draft_of_state(state), stands_for=whole.get(each))
        for each, state in wanted.items()
    ]
    for plan in plans:
        plan.errors += check_draft(plan.draft)
    await _refuse_taken(tx, plans)
    await _code(tx, [plan for plan in plans if not plan.errors])
    sound = [plan for plan in plans if not plan.errors]
    if sound:
        await _write(tx, sound, before)
        ids = [plan.product_id for plan in sound]
        if work is None:
            await remember_edit(tx, before, ids[0])
        else:
            await remember_merge(tx, work, [], _only(before, ids))
        tx.publish(*products_changed(ids, "changed"))
    return {plan.product_id: plan.errors for plan in plans if plan.errors}


def _only(standing: Standing, product_ids: Sequence[UUID]) -> Standing:
    """As much of the standing as is of these products."""
    chosen = set(product_ids)
    return Standing(
        {each: standing.products[each] for each in product_ids},
        standing.variants,
        standing.media,
        {pair for pair in standing.categories if pair[0] in chosen},
    )


async def _refuse_taken(tx: Transaction, plans: Sequence[Rewriting]) -> None:
    """No name that somebody else has by now is given again."""
    refs = [plan.draft.external_ref for plan in plans if plan.draft.external_ref is not None]
    known = await merging.known_products(tx, [plan.draft.handle for plan in plans], refs)
    handles = {each.handle: each.product_id for each in known}
    by_ref = {each.external_ref: each.product_id for each in known if each.external_ref}
    skus = [v.sku for plan in plans for v in plan.draft.variants if v.sku is not None]
    holders = await merging.holders_of_skus(tx, skus)
    for plan in plans:
        own, draft = plan.product_id, plan.draft
        if handles.setdefault(draft.handle, own) != own:
            plan.refuse("handle", "handle_taken", "another product has this handle")
        if draft.external_ref and by_ref.setdefault(draft.external_ref, own) != own:
            message = "another product has this reference"
            plan.refuse("external_ref", "external_ref_taken", message)
        for position, variant in enumerate(draft.variants):
            if variant.sku and holders.setdefault(variant.sku, (own, own))[0] != own:
                message = f"a variant of another product has the SKU {variant.sku!r}"
                plan.refuse(f"variants[{position}].sku", "sku_taken", message)


async def _code(tx: Transaction, plans: Sequence[Rewriting]) -> None:
    """The products are in numbers; those whose words or combinations are none are refused."""
    drafts = [plan.draft for plan in plans]
    coder = await learnt_coder(tx, drafts)
    read = await read_drafts(tx, coder, drafts)
    numbers = await numbers_for(tx, coder)
    legality = Legality(tx, coder.dictionary)
    for plan, encoded in zip(plans, read, strict=True):
        plan.errors += encoded.errors
        if plan.errors:
            continue
        coded = plan.coded = coder.coded(plan.draft, encoded, numbers)
        kind = plan.draft.product_type
        grammar = legality.type_with(slugify(kind)) if kind else None
        if grammar is not None:
            plan.errors += await legality.faults_of(grammar, coded.axes, coded.selections)


async def _write(tx: Transaction, plans: Sequence[Rewriting], before: Standing) -> None:
    names = await ensure_names(tx, [plan.draft for plan in plans])
    await _write_variants(tx, plans, before)
    await merging.write_products(tx, 0, [_row_of(tx, plan, before, names) for plan in plans])
    emptied: list[UUID] = []
    placed: list[tuple[UUID, Media]] = []
    for plan in plans:
        old = before.media.get(plan.product_id, [])
        media = place_media(plan.draft.media, old)
        if media != old:
            emptied.append(plan.product_id)
            placed += [(plan.product_id, picture) for picture in media]
    await merging.replace_media(tx, emptied, placed)
    await _write_places(tx, plans, before.categories)
    tally: Counter[Status] = Counter(plan.state.status for plan in plans)
    tally.subtract(before.products[plan.product_id].status for plan in plans)
    await products.add_tally(tx, dict(tally))
    await products_moved(
        tx,
        [
            (own, before.products[own].handle, plan.state.handle)
            for plan in plans
            if (own := plan.product_id)
        ],
    )


async def _write_variants(tx: Transaction, plans: Sequence[Rewriting], before: Standing) -> None:
    new: list[KeptVariant] = []
    changed: list[KeptVariant] = []
    removed: list[UUID] = []
    renamed: list[UUID] = []
    for plan in plans:
        assert plan.coded is not None, "it was found sound"
        pictures = before.media.get(plan.product_id, ())
        fetched = {p.source_url: p.media_id for p in pictures if p.source_url and p.media_id}
        old = {each.variant_id: each for each in before.variants.get(plan.product_id, ())}
        for variant in variants_of_state(
            plan.product_id, plan.state, plan.coded.selections, fetched
        ):
            standing = old.pop(variant.variant_id, None)
            if standing is None:
                new.append(variant)
            elif variant != standing:
                changed.append(variant)
                if standing.sku is not None and variant.sku != standing.sku:
                    renamed.append(variant.variant_id)
        removed += old
    if removed:
        await merging.delete_variants(tx, removed)
        tx.publish(*variants_removed(removed))
    if renamed:
        await merging.free_skus(tx, renamed)
    if new or changed:
        await merging.write_variants(tx, new, changed)


def _row_of(tx: Transaction, plan: Rewriting, before: Standing, names: Names) -> ProductRow:
    state, old = plan.state, before.products[plan.product_id]
    assert plan.coded is not None, "it was found sound"
    return ProductRow(
        product_id=plan.product_id,
        handle=state.handle,
        title=state.title,
        title_sort=sort_key(state.title),
        description_html=state.description_html,
        brand=state.brand,
        product_type_id=names.product_types.get(slugify(state.product_type))
        if state.product_type
        else None,
        status=state.status,
        published_at=old.published_at or (tx.now if state.status == ACTIVE else None),
        tags=state.tags,
        translations=state.translations,
        seo=state.seo,
        external_ref=state.external_ref,
        attributes=plan.coded.attributes,
        axes=plan.coded.axes,
        # So that the file which changed it can change it again.
        content_hash=None,
        variant_count=len(state.variants),
        metafields=state.metafields,
        stands_for=plan.stands_for,
    )


async def _write_places(
    tx: Transaction, plans: Sequence[Rewriting], standing: set[tuple[UUID, UUID]]
) -> None:
    """The products lie where they lay, as far as there still is such a category."""
    wanted = {(plan.product_id, place) for plan in plans for place in plan.state.category_ids}
    known = await structure.known_categories(tx, [place for _, place in wanted])
    wanted = {pair for pair in wanted if pair[1] in known}
    ids = {plan.product_id for plan in plans}
    present = {pair for pair in standing if pair[0] in ids}
    await merging.write_places(tx, sorted(present - wanted), sorted(wanted - present))
