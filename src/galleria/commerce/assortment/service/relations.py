"""Says what goes together, and keeps it true when products change."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from galleria.commerce import catalog
from galleria.commerce.assortment.errors import InvalidRelation, TooManyRelations
from galleria.commerce.assortment.events import relations_changed
from galleria.commerce.assortment.model import relations as model
from galleria.commerce.assortment.model.relations import MAX_RELATIONS, Relation, Wish
from galleria.commerce.assortment.repository import relations as repository
from galleria.commerce.assortment.schemas import (
    NamedProducts,
    RelationOutcome,
    RelationRow,
    RelationView,
)
from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction
from galleria.platform import audit

ACTIVE = "active"


async def relations_of(reader: Reader, product_ids: Sequence[UUID]) -> dict[UUID, list[Relation]]:
    """What each of these products names, by kind and in order; who names nobody is missing."""
    found: dict[UUID, list[Relation]] = {}
    for each in await repository.relations_of(reader, product_ids) if product_ids else ():
        found.setdefault(each.product_id, []).append(each)
    return found


async def list_relations(reader: Reader, product_id: UUID) -> list[RelationView]:
    """The products that a product names, by kind and in order; at most 250.

    Raises:
        ProductNotFound: this tenant has no such product.
    """
    relations = await repository.relations_of(reader, [product_id])
    names = await catalog.names_of(reader, [product_id, *(each.related_id for each in relations)])
    if product_id not in names:
        raise catalog.ProductNotFound(f"no product {product_id}")
    return [
        RelationView(
            kind=each.kind,
            product_id=each.related_id,
            handle=name.handle,
            title=name.title,
            status=name.status,
            position=each.position,
            is_mutual=each.is_mutual,
        )
        for each in relations
        if (name := names.get(each.related_id)) is not None
    ]


async def set_relations(
    ctx: Context, product_id: UUID, kind: str, wanted: NamedProducts
) -> list[RelationView]:
    """The product names just these for this reason; all that it names comes back.

    Raises:
        ProductNotFound: this tenant has no such product.
        InvalidRelation: one of those named is none, the product itself, or named twice.
        TooManyRelations: it, or one that would name it back, would name more than 250.
    """
    wish = Wish(
        product_id=product_id,
        kind=kind,
        related_ids=wanted.product_ids,
        is_mutual=wanted.is_mutual,
    )
    async with ctx.transaction() as tx:
        await repository.lock_relations(tx)
        known = await catalog.names_of(tx, [product_id, *wanted.product_ids])
        if product_id not in known:
            raise catalog.ProductNotFound(f"no product {product_id}")
        if faults := model.check_wish(wish, known):
            raise InvalidRelation("not all of these can be named", errors=faults)
        if too_many := await _grant(tx, [wish]):
            raise TooManyRelations(f"{len(too_many)} would name more than {MAX_RELATIONS}")
        detail = {"kind": kind, "named": len(wanted.product_ids)}
        await audit.record(tx, "products.relations_set", f"product:{product_id}", detail)
        return await list_relations(tx, product_id)


async def set_many(ctx: Context, rows: Sequence[RelationRow]) -> list[RelationOutcome]:
    """Each of at most 500 rows is granted, or refused with a reason; in the order given."""
    outcomes: dict[int, RelationOutcome] = {}
    wishes: dict[int, Wish] = {}
    async with ctx.transaction() as tx:
        await repository.lock_relations(tx)
        found = await _found(tx, {each for row in rows for each in (row.product, *row.related)})
        claimed: set[tuple[UUID, str]] = set()
        for at, row in enumerate(rows):
            missing = [each for each in (row.product, *row.related) if each not in found]
            if missing:
                code = catalog.ProductNotFound.code
                outcomes[at] = _refused(row, code, f"nothing is called {missing[0][:100]!r}")
                continue
            wish = Wish(
                product_id=found[row.product],
                kind=row.kind,
                related_ids=[found[each] for each in row.related],
                is_mutual=row.is_mutual,
            )
            faults = model.check_wish(wish, found.values())
            if faults:
                outcomes[at] = _refused(row, faults[0].code, faults[0].message)
            elif (wish.product_id, row.kind) in claimed:
                outcomes[at] = _refused(row, "duplicate_row", "an earlier row says this already")
            else:
                claimed.add((wish.product_id, row.kind))
                wishes[at] = wish
        await _grant_all(tx, rows, wishes, outcomes)
        done = sum(each.outcome == "set" for each in outcomes.values())
        if done:
            detail = {"rows": done}
            await audit.record(tx, "products.relations_set", "products:many", detail)
    return [outcomes[at] for at in range(len(rows))]


async def _grant_all(
    tx: Transaction,
    rows: Sequence[RelationRow],
    wishes: dict[int, Wish],
    outcomes: dict[int, RelationOutcome],
) -> None:
    """What can be is granted; a row that makes some product name too many is refused."""
    while wishes:
        too_many = await _grant(tx, list(wishes.values()))
        if not too_many:
            break
        concerned = [
            at
            for at, wish in wishes.items()
            if too_many & {wish.product_id, *(wish.related_ids if wish.is_mutual else ())}
        ]
        for at in concerned:
            detail = f"a product names at most {MAX_RELATIONS}"
            outcomes[at] = _refused(rows[at], TooManyRelations.code, detail)
            del wishes[at]
    for at in wishes:
        outcomes[at] = RelationOutcome(product=rows[at].product, kind=rows[at].kind, outcome="set")


async def _grant(tx: Transaction, wishes: Sequence[Wish]) -> set[UUID]:
    """The wishes are granted; or none, and the products that would name too many come back."""
    begun = {wish.product_id for wish in wishes}
    own = await repository.relations_of(tx, sorted(begun))
    concerned = begun | {each.related_id for each in own}
    concerned |= {related_id for wish in wishes for related_id in wish.related_ids}
    before = await repository.relations_of(tx, sorted(concerned))
    after = model.relations_after(before, wishes)
    counts: dict[UUID, int] = {}
    for each in after:
        counts[each.product_id] = counts.get(each.product_id, 0) + 1
    grown = {each for each, count in counts.items() if count > MAX_RELATIONS}
    if grown:
        return grown
    names = await catalog.names_of(tx, sorted({each.related_id for each in after}))
    after = [
        msgspec.structs.replace(each, related_handle=_shown(names.get(each.related_id)))
        for each in after
    ]
    await repository.replace(tx, sorted(concerned), after)
    changed = {each.product_id for each in {*before} ^ {*after}}
    tx.publish(*relations_changed(sorted(changed)))
    return set()


def _shown(name: "catalog.ProductName | None") -> str | None:
    return name.handle if name is not None and name.status == ACTIVE else None


def _refused(row: RelationRow, code: str, detail: str) -> RelationOutcome:
    return RelationOutcome(
        product=row.product, kind=row.kind, outcome="refused", code=code, detail=detail
    )


async def _found(tx: Transaction, words: set[str]) -> dict[str, UUID]:
    """The product each word means: by its handle, else by the SKU of one of its variants."""
    found = await catalog.products_by_handle(tx, sorted(words))
    by_sku = await catalog.variants_by_sku(tx, sorted(words - found.keys()))
    if by_sku:
        owners = {
            view.variant_id: view.product_id
            for view in await catalog.variants_of(tx, list(by_sku.values()))
        }
        found |= {sku: owners[variant_id] for sku, variant_id in by_sku.items()}
    return found


async def follow(tx: Transaction, product_ids: Sequence[UUID]) -> None:
    """Whoever names one of these products does so as it is called now, while it is on sale."""
    named = await repository.named_among(tx, product_ids) if product_ids else []
    if named:
        names = await catalog.names_of(tx, named)
        handles = {each: _shown(names.get(each)) for each in sorted(named)}
        tx.publish(*relations_changed(await repository.rename(tx, handles)))


async def forget(tx: Transaction, product_ids: Sequence[UUID]) -> None:
    """Nobody names these products any more, nor do they name anybody."""
    tx.publish(*relations_changed(await repository.forget(tx, product_ids)))
