"""Many drafts at once: each becomes a product, changes one, or is refused with its reasons.

Planning reads and decides, applying writes. A preview is a plan that nobody applies.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from galleria.commerce import attributes
from galleria.commerce.attributes import Dictionary, Encoded
from galleria.commerce.catalog.errors import SkuTaken
from galleria.commerce.catalog.events import (
    NamedCollections,
    collections_named,
    products_changed,
    variants_removed,
)
from galleria.commerce.catalog.model.coding import Coded, Coder, Ids
from galleria.commerce.catalog.model.drafts import (
    BulkWork,
    Merged,
    NulCharacter,
    Outcome,
    ProductDraft,
    check_draft,
    content_hash,
)
from galleria.commerce.catalog.model.merging import (
    VariantMatch,
    match_variants,
    pictures_of,
    place_media,
)
from galleria.commerce.catalog.model.products import (
    ACTIVE,
    DRAFT,
    Media,
    Seo,
    Status,
    Translation,
)
from galleria.commerce.catalog.model.structure import category_path
from galleria.commerce.catalog.model.wording import KeptProduct
from galleria.commerce.catalog.repository import merging, products
from galleria.commerce.catalog.repository.locking import lock_names
from galleria.commerce.catalog.repository.merging import Known, ProductRow
from galleria.commerce.catalog.service.addresses import products_moved
from galleria.commerce.catalog.service.coding import (
    learnt_coder,
    numbers_for,
    read_drafts,
    supposed_numbers,
    supposing_coder,
)
from galleria.commerce.catalog.service.legality import Legality
from galleria.commerce.catalog.service.metafields import draft_with_checked, names_in
from galleria.commerce.catalog.service.naming import Names, ensure_names
from galleria.commerce.catalog.service.remembering import (
    remember_creation,
    remember_edit,
    remember_merge,
)
from galleria.commerce.catalog.service.requirements import Sold, faults_of
from galleria.commerce.catalog.service.standing import Standing, lock_standing
from galleria.engines.context import Context
from galleria.engines.sql import NAME_TAKEN, Reader, Transaction
from galleria.foundation.errors import FieldError
from galleria.foundation.ids import new_id
from galleria.foundation.text import clean_html, slugify, sort_key
from galleria.platform import audit


@dataclass(slots=True)
class Planned:
    """What is to become of one draft; `old` is the product it changes, once locked."""

    draft: ProductDraft
    content_hash: bytes = b""
    known: Known | None = None
    outcome: Outcome = "created"
    errors: list[FieldError] = field(default_factory=list)
    product_id: UUID | None = None
    old: KeptProduct | None = None
    encoded: Encoded | None = None
    coded: Coded | None = None
    variant_ids: list[UUID] = field(default_factory=list)
    removed: list[UUID] = field(default_factory=list)

    @property
    def is_written(self) -> bool:
        """It is new or different, and nothing is wrong with it."""
        return self.outcome in ("created", "changed") and not self.errors

    def refuse(self, path: str, code: str, message: str) -> None:
        """The draft is not taken, for this reason among others."""
        self.errors.append(FieldError(path, code, message))

    def merged(self) -> Merged:
        """What is reported about it."""
        return Merged(
            key=self.draft.external_ref or self.draft.handle,
            handle=self.draft.handle,
            product_id=self.known.product_id if self.known else self.product_id,
            outcome="refused" if self.errors else self.outcome,
            variant_ids=[] if self.errors else self.variant_ids,
            errors=self.errors,
            removed_variant_ids=self.removed,
        )


async def merge_products(
    tx: Transaction,
    drafts: Sequence[ProductDraft],
    *,
    trusts_skus: bool = False,
    work: BulkWork | None = None,
) -> list[Merged]:
    """Each draft is a product of the shop, or is refused; what came of each, in their order.

    A draft finds its product by `external_ref`, else by `handle`. One that says what its product
    says already writes nothing. A refused draft does not hinder the others. Give at most some
    2,000 at a time; whoever gives names in the catalog of a shop waits for the other's commit.

    Args:
        tx: void when a trusted SKU was taken.
        drafts: what there should be.
        trusts_skus: do not look whether other products have the SKUs, which costs as much as
            writing them; when one has, nothing is merged.
        work: what this is a part of, so that it can be undone as a whole; else it is one of its
            own.

    Raises:
        SkuTaken: a trusted SKU is in use; merged without trust, it says which.
    """
    if work is None and len(drafts) > 1:
        work = BulkWork(new_id(), 0, "merge")
    return await merge(tx, drafts, may_change=True, trusts_skus=trusts_skus, work=work)


async def diff_products(reader: Reader, drafts: Sequence[ProductDraft]) -> list[Merged]:
    """What `merge_products` would do with each draft, without doing it."""
    plans = await _plan(reader, drafts, may_change=True)
    coder = await supposing_coder(reader, _drafts_of(plans))
    await _read(reader, plans, coder)
    written = [planned for planned in plans if planned.is_written]
    await _code(reader, written, coder, await supposed_numbers(reader, coder))
    return [planned.merged() for planned in plans]


async def merge_together(
    ctx: Context, drafts: Sequence[ProductDraft], is_preview: bool
) -> list[Merged]:
    """`merge_products` as one transaction of its own, or with `is_preview` `diff_products`."""
    if is_preview:
        return await diff_products(ctx, drafts)
    async with ctx.transaction() as tx:
        merged = await merge_products(tx, drafts)
        tell_collections(tx, drafts, merged)
        detail: dict[str, object] = {}
        detail.update(Counter(each.outcome for each in merged))
        await audit.record(tx, "products.products_merged", "products:many", detail)
    return merged


def tell_collections(
    tx: Transaction, drafts: Sequence[ProductDraft], merged: Sequence[Merged]
) -> None:
    """Whoever keeps collections hears which of them the drafts name.

    Whoever merges by itself tells them itself, and in the same commit.
    """
    named = [
        NamedCollections(each.product_id, draft.collections)
        for draft, each in zip(drafts, merged, strict=True)
        if draft.collections is not None and each.product_id is not None and not each.errors
    ]
    tx.publish(*collections_named(named))


async def merge(
    tx: Transaction,
    drafts: Sequence[ProductDraft],
    may_change: bool,
    trusts_skus: bool = False,
    work: BulkWork | None = None,
) -> list[Merged]:
    """See `merge_products`; without `may_change` a draft of a known product is refused.

    Without `work` there is one draft, and its product has a version of its own in the history.
    """
    assert work is not None or len(drafts) <= 1, "many are told as one"
    await lock_names(tx)
    plans = await _plan(tx, drafts, may_change, trusts_skus)
    coder = await learnt_coder(tx, _drafts_of(plans))
    await _read(tx, plans, coder)
    named = [names_in(draft) for draft in _drafts_of(plans)]
    await attributes.refuse_foreign(tx, set().union(*named))
    written = [planned for planned in plans if planned.is_written]
    if written:
        await _code(tx, written, coder, await numbers_for(tx, coder))
        legal = [planned for planned in written if planned.is_written]
        try:
            await _apply(tx, legal, work)
        except NAME_TAKEN as taken:
            raise SkuTaken("one of the SKUs is in use") from taken
    return [planned.merged() for planned in plans]


async def _plan(
    reader: Reader, drafts: Sequence[ProductDraft], may_change: bool, trusts_skus: bool = False
) -> list[Planned]:
    """The plan of each draft."""
    plans = [_fingerprinted(draft) for draft in drafts]
    _refuse_repeats(plans, "handle", lambda draft: draft.handle)
    _refuse_repeats(plans, "external_ref", lambda draft: draft.external_ref)
    await _recognise(reader, [planned for planned in plans if not planned.errors], may_change)
    fresh = [planned for planned in plans if planned.is_written]
    for planned in fresh:
        planned.errors += check_draft(planned.draft)
    sound = [planned for planned in fresh if not planned.errors]
    skus = _refuse_repeated_skus(sound)
    if skus and not trusts_skus:
        await _refuse_taken_skus(reader, sound, skus)
    return plans


def _drafts_of(plans: Sequence[Planned]) -> list[ProductDraft]:
    """The drafts that are to be written."""
    return [planned.draft for planned in plans if planned.is_written]


async def _read(reader: Reader, plans: Sequence[Planned], coder: Coder) -> None:
    """What is wrong with the drafts' words is known."""
    written = [planned for planned in plans if planned.is_written]
    read = await read_drafts(reader, coder, [planned.draft for planned in written])
    for planned, encoded in zip(written, read, strict=True):
        planned.encoded = encoded
        planned.errors += encoded.errors
        planned.draft, faults = draft_with_checked(coder.dictionary, planned.draft)
        planned.errors += faults


async def _code(reader: Reader, plans: Sequence[Planned], coder: Coder, numbers: Ids) -> None:
    """The drafts are in numbers, and those with a combination that is not made are refused."""
    legality = Legality(reader, coder.dictionary)
    for planned in plans:
        assert planned.encoded is not None, "what is written was read"
        draft = planned.draft
        coded = planned.coded = coder.coded(draft, planned.encoded, numbers)
        kind = legality.type_with(slugify(draft.product_type)) if draft.product_type else None
        if kind is not None:
            planned.errors += await legality.faults_of(kind, coded.axes, coded.selections)
    await _refuse_incomplete(reader, plans, coder.dictionary)


async def _refuse_incomplete(
    reader: Reader, plans: Sequence[Planned], dictionary: Dictionary
) -> None:
    """What would be on sale has all that its categories and its type ask for."""
    if not dictionary.sets:
        return
    types = {each.handle: each.product_type_id for each in dictionary.types.values()}
    sold = [
        planned
        for planned in plans
        if (planned.draft.status or (planned.known.status if planned.known else DRAFT)) == ACTIVE
    ]
    asked = [
        Sold(
            planned.known.product_id if planned.known else None,
            types.get(slugify(planned.draft.product_type)),
            None
            if (paths := planned.draft.category_paths) is None
            else [*map(category_path, paths)],
            planned.coded.attributes if planned.coded else {},
        )
        for planned in sold
    ]
    for planned, faults in zip(sold, await faults_of(reader, dictionary, asked), strict=True):
        planned.errors += faults


def _fingerprinted(draft: ProductDraft) -> Planned:
    planned = Planned(draft)
    try:
        planned.content_hash = content_hash(draft)
    except NulCharacter:
        planned.refuse("", "nul_character", "text may not hold the character NUL")
    except UnicodeEncodeError:
        planned.refuse("", "malformed_text", "a text holds half a character")
    return planned


def _refuse_repeats(
    plans: Sequence[Planned], name: str, key_of: Callable[[ProductDraft], str | None]
) -> None:
    """Of drafts with the same key, the first one counts."""
    first: dict[str, int] = {}
    for at, planned in enumerate(plans):
        key = key_of(planned.draft)
        if key is not None and first.setdefault(key, at) != at:
            planned.refuse(name, f"duplicate_{name}", f"draft {first[key]} has it as well")


async def _recognise(reader: Reader, plans: Sequence[Planned], may_change: bool) -> None:
    """Each draft knows its product, if there is one, and whether it differs."""
    refs = [p.draft.external_ref for p in plans if p.draft.external_ref is not None]
    known = await merging.known_products(reader, [p.draft.handle for p in plans], refs)
    by_handle = {each.handle: each for each in known}
    by_ref = {each.external_ref: each for each in known if each.external_ref is not None}
    claimed: set[UUID] = set()
    for planned in plans:
        draft = planned.draft
        same_handle = by_handle.get(draft.handle)
        found = by_ref.get(draft.external_ref or "") or same_handle
        if found is None:
            continue
        if not may_change or _is_anothers(draft, found, same_handle):
            planned.refuse("handle", "handle_taken", "another product has this handle")
        elif found.product_id in claimed:
            planned.refuse("handle", "duplicate_handle", "an earlier draft is of this product")
        else:
            claimed.add(found.product_id)
            planned.known = found
            planned.variant_ids = found.variant_ids
            is_same = planned.content_hash == found.content_hash
            is_same &= draft.status in (None, found.status)
            planned.outcome = "unchanged" if is_same else "changed"


def _is_anothers(draft: ProductDraft, found: Known, same_handle: Known | None) -> bool:
    """The handle belongs to a product that is not the draft's."""
    if same_handle is None:
        return False
    if found is not same_handle:
        return True
    refs = {draft.external_ref, found.external_ref} - {None}
    return len(refs) > 1


def _refuse_repeated_skus(plans: Sequence[Planned]) -> list[str]:
    """No SKU is in two products of the batch; all of them."""
    first: dict[str, int] = {}
    for at, planned in enumerate(plans):
        for position, variant in enumerate(planned.draft.variants):
            sku = variant.sku
            if sku is not None and first.setdefault(sku, at) != at:
                message = f"the draft of {plans[first[sku]].draft.handle!r} has this SKU"
                planned.refuse(f"variants[{position}].sku", "duplicate_sku", message)
    return list(first)


async def _refuse_taken_skus(reader: Reader, plans: Sequence[Planned], skus: Sequence[str]) -> None:
    """No SKU of the batch is in another product of the shop."""
    holders = await merging.holders_of_skus(reader, skus)
    for planned in plans if holders else ():
        own = planned.known.product_id if planned.known else None
        for position, variant in enumerate(planned.draft.variants):
            holder = holders.get(variant.sku or "")
            if holder is not None and holder[0] != own:
                message = "a variant of another product has this SKU"
                planned.refuse(f"variants[{position}].sku", "sku_taken", message)


async def _apply(tx: Transaction, plans: list[Planned], work: BulkWork | None) -> None:
    """What was planned is written: the new products first, then the changed ones."""
    if not plans:
        return
    names = await ensure_names(tx, [planned.draft for planned in plans])
    standing = await lock_standing(
        tx, [planned.known.product_id for planned in plans if planned.known]
    )
    for planned in plans:
        planned.old = standing.products.get(planned.known.product_id) if planned.known else None
        if planned.old is None:
            # New, or deleted a moment ago and made again.
            planned.known, planned.outcome = None, "created"
        planned.product_id = planned.old.product_id if planned.old else new_id()
    plans = sorted(plans, key=lambda planned: planned.old is not None)

    rows = [_row_of(tx, planned, names) for planned in plans]
    matches = [_match(planned, standing) for planned in plans]
    for planned, match in zip(plans, matches, strict=True):
        planned.removed = match.removed
    removed = [variant_id for match in matches for variant_id in match.removed]
    if removed:
        await merging.delete_variants(tx, removed)
    new_count = sum(planned.old is None for planned in plans)
    await merging.write_products(tx, new_count, rows)
    await _write_variants(tx, matches)
    await _write_media(tx, plans, standing)
    await _write_places(tx, plans, standing, names)
    await products.add_tally(tx, _tally(rows, standing))
    await products_moved(tx, _moves(plans))
    created = [row.product_id for row in rows[:new_count]]
    if work is not None:
        await remember_merge(tx, work, created, standing)
    elif created:
        await remember_creation(tx, created[0])
    else:
        await remember_edit(tx, standing, rows[0].product_id)

    reason = "created" if new_count == len(rows) else "merged"
    tx.publish(*products_changed([row.product_id for row in rows], reason))
    tx.publish(*variants_removed(removed))


def _moves(plans: Sequence[Planned]) -> list[tuple[UUID, str, str]]:
    return [
        (planned.old.product_id, planned.old.handle, planned.draft.handle)
        for planned in plans
        if planned.old is not None and planned.old.handle != planned.draft.handle
    ]


def _row_of(tx: Transaction, planned: Planned, names: Names) -> ProductRow:
    draft, old, product_id = planned.draft, planned.old, planned.product_id
    assert product_id is not None and planned.coded is not None, "it was planned"
    status = draft.status or (old.status if old else DRAFT)
    published_at = old.published_at if old else None
    translations = draft.translations
    if translations is None:
        translations = old.translations if old else {}
    return ProductRow(
        product_id=product_id,
        handle=draft.handle,
        title=draft.title,
        title_sort=sort_key(draft.title),
        description_html=clean_html(draft.description_html),
        brand=draft.brand,
        product_type_id=names.product_types.get(slugify(draft.product_type))
        if draft.product_type
        else None,
        status=status,
        published_at=published_at or (tx.now if status == ACTIVE else None),
        tags=draft.tags,
        translations=clean_translations(translations),
        seo=draft.seo or (old.seo if old else Seo()),
        external_ref=draft.external_ref or (old.external_ref if old else None),
        attributes=planned.coded.attributes,
        axes=planned.coded.axes,
        content_hash=planned.content_hash,
        variant_count=len(draft.variants),
        metafields=(old.metafields if old else None)
        if draft.metafields is None
        else draft.metafields or None,
    )


def clean_translations(translations: dict[str, Translation]) -> dict[str, Translation]:
    """The translations with descriptions that are safe to show."""
    return {
        locale: Translation(
            title=words.title,
            description_html=clean_html(words.description_html)
            if words.description_html is not None
            else None,
            options=words.options,
        )
        for locale, words in translations.items()
    }


def _match(planned: Planned, standing: Standing) -> VariantMatch:
    assert planned.product_id is not None and planned.coded is not None, "it was planned"
    existing = standing.variants.get(planned.product_id, []) if planned.old else []
    wanted = list(zip(planned.draft.variants, planned.coded.selections, strict=True))
    match = match_variants(planned.product_id, existing, wanted, new_id)
    planned.variant_ids = match.variant_ids
    return match


async def _write_variants(tx: Transaction, matches: Sequence[VariantMatch]) -> None:
    new = [variant for match in matches for variant in match.new]
    changed = [variant for match in matches for variant in match.changed]
    if new or changed:
        await merging.write_variants(tx, new, changed)


async def _write_media(tx: Transaction, plans: Sequence[Planned], standing: Standing) -> None:
    emptied: list[UUID] = []
    placed: list[tuple[UUID, Media]] = []
    for planned in plans:
        assert planned.product_id is not None, "the plan was given an id"
        old = standing.media.get(planned.product_id, []) if planned.old else []
        media = place_media(pictures_of(planned.draft), old)
        if media == old:
            continue
        if old:
            emptied.append(planned.product_id)
        placed += [(planned.product_id, picture) for picture in media]
    await merging.replace_media(tx, emptied, placed)


async def _write_places(
    tx: Transaction, plans: Sequence[Planned], standing: Standing, names: Names
) -> None:
    """Products lie in the categories their drafts name, and in no others.

    A draft that says nothing about them leaves them as they are.
    """
    decided: set[UUID] = set()
    wanted: set[tuple[UUID, UUID]] = set()
    added: list[tuple[UUID, UUID]] = []
    for planned in plans:
        product_id, places = planned.product_id, names.places_of(planned.draft)
        assert product_id is not None, "the plan was given an id"
        pairs = [(product_id, place) for place in places or ()]
        if planned.old is None:
            added += pairs
        elif places is not None:
            decided.add(product_id)
            wanted.update(pairs)
    gone = {pair for pair in standing.categories if pair[0] in decided} - wanted
    added += sorted(wanted - standing.categories)
    await merging.write_places(tx, sorted(gone), added)


def _tally(rows: Sequence[ProductRow], standing: Standing) -> dict[Status, int]:
    changes: Counter[Status] = Counter(row.status for row in rows)
    changes.subtract(product.status for product in standing.products.values())
    return dict(changes)
