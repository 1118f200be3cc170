"""Many variants at once become digital goods, or are sent again, as a product file says."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from galleria.commerce import catalog, inventory
from galleria.commerce.downloads.model import DigitalGood
from galleria.commerce.downloads.repository import goods as repository
from galleria.commerce.downloads.repository import licences
from galleria.commerce.downloads.schemas import GoodsMerged, NewDigitalGood
from galleria.engines.sql import Reader, Transaction


async def merge_goods(tx: Transaction, wanted: Mapping[UUID, NewDigitalGood | None]) -> GoodsMerged:
    """The variants are had on these terms, or sent when there are none; set-based.

    That they are not shipped, the catalog is told by whoever writes them there. Those that carry
    files, or have licences, are refused another kind.
    """
    if not wanted:
        return GoodsMerged(changed=[], refused=[])
    before = await repository.goods_of(tx, list(wanted))
    used = await _of_other_kind(tx, before, wanted)
    views = await catalog.variants_of(tx, [key for key, terms in wanted.items() if terms])
    products = {view.variant_id: view.product_id for view in views}
    good = {
        key: _good(key, products[key], terms, tx)
        for key, terms in wanted.items()
        if terms is not None and key in products and key not in used
    }
    fresh = [each for key, each in good.items() if not _same(each, before.get(key))]
    gone = [key for key, terms in wanted.items() if terms is None and key in before]
    if fresh:
        await repository.save_goods(tx, fresh)
    if gone:
        await repository.delete_goods(tx, gone)
    policies = [
        inventory.Policy(variant_id=key, is_tracked=_is_counted(terms))
        for key, terms in wanted.items()
        if terms is not None and key in good
    ]
    counted = await inventory.set_policies(tx, policies) if policies else []
    changed = {*counted, *gone, *(each.variant_id for each in fresh)}
    return GoodsMerged(changed=sorted(changed), refused=sorted(used))


async def differing_goods(
    reader: Reader, wanted: Mapping[UUID, NewDigitalGood | None]
) -> set[UUID]:
    """Those of the variants whose terms `merge_goods` would change; writes nothing."""
    now = await terms_of(reader, list(wanted))
    return {key for key, terms in wanted.items() if now.get(key) != terms}


async def terms_of(reader: Reader, variant_ids: Sequence[UUID]) -> dict[UUID, NewDigitalGood]:
    """What a file says of those of the variants that are digital goods."""
    found = await repository.goods_of(reader, variant_ids) if variant_ids else {}
    there = await inventory.availability(reader, list(found)) if found else {}
    return {
        key: NewDigitalGood(
            kind=good.kind,
            max_downloads=good.max_downloads,
            valid_days=good.valid_days,
            keeps_bought=good.keeps_bought,
            is_limited=there[key].is_tracked and good.kind == "files",
            low_at=good.low_at,
        )
        for key, good in found.items()
    }


async def _of_other_kind(
    tx: Transaction,
    before: Mapping[UUID, DigitalGood],
    wanted: Mapping[UUID, NewDigitalGood | None],
) -> set[UUID]:
    """The variants that are asked to be of one kind and have what belongs to the other."""
    turned = [
        key
        for key, good in before.items()
        if (terms := wanted[key]) is not None and terms.kind != good.kind
    ]
    if not turned:
        return set()
    carrying = {each.variant_id for each in await repository.current_files(tx, turned)}
    return carrying | await licences.pools_among(tx, turned)


def _good(
    variant_id: UUID, product_id: UUID, terms: NewDigitalGood, tx: Transaction
) -> DigitalGood:
    return DigitalGood(
        variant_id=variant_id,
        product_id=product_id,
        kind=terms.kind,
        max_downloads=terms.max_downloads,
        valid_days=terms.valid_days,
        keeps_bought=terms.keeps_bought,
        low_at=terms.low_at if terms.kind == "licences" else None,
        updated_at=tx.now,
    )


def _is_counted(terms: NewDigitalGood) -> bool:
    return terms.is_limited or terms.kind == "licences"


def _same(wanted: DigitalGood, kept: DigitalGood | None) -> bool:
    return kept is not None and wanted == msgspec.structs.replace(
        kept, updated_at=wanted.updated_at
    )
