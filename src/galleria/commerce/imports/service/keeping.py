"""Takes a batch in: products, prices, stock, problems, counts and position in one transaction."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import msgspec

from galleria.commerce import assortment, catalog, collections, downloads, inventory, pricing
from galleria.commerce.catalog import BulkWork, Merged
from galleria.commerce.imports.model.batches import Batch
from galleria.commerce.imports.model.parsed import ParsedProduct
from galleria.commerce.imports.model.runs import (
    MAX_CHANGES,
    MAX_PROBLEMS,
    Change,
    Claim,
    Problem,
    Run,
    Tally,
    cause_of,
)
from galleria.commerce.imports.repository import reports
from galleria.commerce.imports.repository import runs as repository
from galleria.commerce.imports.service.differing import leaving_pictures, note_differences
from galleria.commerce.imports.service.previewing import preview_offers
from galleria.commerce.imports.service.settling import Settlement, as_exported, settle
from galleria.commerce.imports.service.shop_facts import ShopFacts
from galleria.commerce.inventory import Level
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.foundation.ids import new_id

_LEVEL_REASONS = {
    "below_reserved": "more of it is promised to customers than the file says there is",
    "location_not_found": "the stock location is gone",
    "out_of_range": "so many cannot be on a shelf",
}


class ClaimLost(Exception):
    """Somebody else works at the import, or it was cancelled; nothing of the batch was kept."""


async def keep_batch(
    ctx: Context, facts: ShopFacts, claim: Claim, batch: Batch, *, trusts_skus: bool
) -> Claim:
    """The batch is taken in, all of it or nothing; the claim with its new counts comes back.

    In a dry run only the report is written. `trusts_skus`: see `catalog.merge_products`.

    Raises:
        ClaimLost: see there.
        HandleTaken, SkuTaken, ExternalRefTaken: somebody took a name in the same moment; trying
            again will say which product it was.
    """
    async with ctx.transaction() as tx:
        if claim.run.is_dry_run:
            settlement = await _preview(tx, facts, claim, batch.products)
        else:
            settlement = await _take_in(tx, facts, claim, batch.products, trusts_skus)
        changes = settlement.changes() if claim.run.is_dry_run else []
        problems = sorted([*batch.problems, *settlement.problems], key=lambda each: each.line)
        tally = settlement.tally()
        tally.refused += batch.refused
        await _report(tx, claim, problems, changes)
        if batch.marks:
            await reports.add_marks(tx, claim.run.run_id, batch.end, batch.marks)
        after = _counted(claim, batch, tally, problems, changes)
        if not await repository.save_step(tx, after, ctx.engines.clock.now()):
            raise ClaimLost
    return after


async def _take_in(
    tx: Transaction,
    facts: ShopFacts,
    claim: Claim,
    products: Sequence[ParsedProduct],
    trusts_skus: bool,
) -> Settlement:
    run_id, keeps = claim.run.run_id, claim.run.keeps
    if "pictures" in keeps:
        products = await leaving_pictures(tx, products)
    work = BulkWork(run_id, claim.run.step_count, cause_of(run_id))
    same = await as_exported(tx, products)
    others = [each for at, each in enumerate(products) if at not in same]
    marker = new_id()
    merged: list[Merged] = []
    if others:
        drafts = [each.draft for each in others]
        merged = await catalog.merge_products(tx, drafts, trusts_skus=trusts_skus, work=work)
    settlement = settle(others, merged)
    removed = [each for answer in merged for each in answer.removed_variant_ids]
    if removed:
        # Before anyone hears that they are gone, so that they can come back with what they had.
        await pricing.take_away_prices(tx, removed, run_id)
        await inventory.take_off_shelves(tx, removed, cause_of(run_id))
    named = settlement.named_collections()
    settlement.products += same.values()
    if named:
        new_products = settlement.made_products()
        settlement.mark_regrouped(
            await collections.fill_by_name(tx, named, work_id=run_id, are_new=new_products)
        )
    price_rows = settlement.price_rows(facts, marker if "prices" in keeps else None)
    if price_rows:
        new = {row.variant_id for row in price_rows if row.variant_id > marker}
        prices = await pricing.merge_prices(
            tx, price_rows, are_new=new, work_id=run_id, made_here=new
        )
        settlement.mark_changed(prices.changed)
    cost_rows = settlement.cost_rows(facts, marker if "prices" in keeps else None)
    if cost_rows:
        new = {row.variant_id for row in cost_rows if row.variant_id > marker}
        costs = await pricing.merge_costs(tx, cost_rows, work_id=run_id, made_here=new)
        settlement.mark_changed(costs.changed)
    await _stock(tx, settlement, facts, marker, claim.run)
    await _settle_kinds(tx, settlement)
    return settlement


async def _settle_kinds(tx: Transaction, settlement: Settlement) -> None:
    """Variants consist of what the file says, if what it names is in the shop by now; and those
    that are had without a parcel are so on its terms."""
    merged = await downloads.merge_goods(tx, settlement.digitals())
    settlement.mark_changed(merged.changed)
    for variant_id in merged.refused:
        reason = "it has files or licences of the other kind, so it stays what it is"
        _note_of_variant(settlement, variant_id, "digital", "kind_in_use", reason)
    answers = await assortment.merge_bundles(tx, settlement.bundles())
    settlement.mark_changed(k for k, each in answers.items() if each.outcome in ("set", "removed"))
    for variant_id, answer in answers.items():
        if answer.outcome == "refused":
            _note_of_variant(settlement, variant_id, "bundle", answer.code, answer.detail)


async def _stock(
    tx: Transaction, settlement: Settlement, facts: ShopFacts, marker: UUID, run: Run
) -> None:
    """Levels of variants just made need no look-up; a policy may add a level, so they go first."""
    keeps_stock = run.keeps_stock
    made = settlement.made()
    policies = settlement.policies(marker, keeps_stock=keeps_stock)
    levels = settlement.levels(facts, marker if keeps_stock else None)
    new_levels = [each for each in levels if each.variant_id in made]
    if new_levels:
        await _set_levels(tx, settlement, new_levels, None)
    for are_new in (True, False):
        said = [each for each in policies if (each.variant_id in made) == are_new]
        if said:
            changed = await inventory.set_policies(tx, said, are_new=are_new)
            settlement.mark_changed(changed)
    old_levels = [each for each in levels if each.variant_id not in made]
    if old_levels:
        await _set_levels(tx, settlement, old_levels, cause_of(run.run_id))


async def _set_levels(
    tx: Transaction, settlement: Settlement, rows: Sequence[Level], reference: str | None
) -> None:
    """Without a reference the variants are new."""
    answer = await inventory.set_stock_levels(
        tx, rows, are_new=reference is None, reference=reference
    )
    settlement.mark_changed(answer.changed)
    for refused in answer.refused:
        _note_refused_level(settlement, refused.variant_id, refused.code)


async def _preview(
    tx: Transaction, facts: ShopFacts, claim: Claim, products: Sequence[ParsedProduct]
) -> Settlement:
    keeps = claim.run.keeps
    if "pictures" in keeps:
        products = await leaving_pictures(tx, products)
    same = await as_exported(tx, products)
    others = [each for at, each in enumerate(products) if at not in same]
    merged = await catalog.diff_products(tx, [each.draft for each in others]) if others else []
    settlement = settle(others, merged)
    for each in settlement.products:
        # What counts as changed already need not be looked at, and its variants are the old ones.
        if each.outcome != "unchanged":
            each.variant_ids = ()
    settlement.products += same.values()
    await _preview_collections(tx, settlement)
    await preview_offers(tx, facts, settlement, keeps)
    settlement.mark_changed(await assortment.differing_bundles(tx, settlement.bundles()))
    settlement.mark_changed(await downloads.differing_goods(tx, settlement.digitals()))
    await note_differences(tx, facts, settlement, keeps, MAX_CHANGES - claim.run.change_count)
    return settlement


async def _preview_collections(tx: Transaction, settlement: Settlement) -> None:
    """Products that the file would put into other collections count as changed."""
    wanted = settlement.named_collections()
    if wanted:
        settlement.mark_regrouped(await collections.differing(tx, wanted))


def _note_refused_level(settlement: Settlement, variant_id: UUID, code: str) -> None:
    reason = _LEVEL_REASONS.get(code, code) + "; its stock was left as it is"
    _note_of_variant(settlement, variant_id, "stock", code, reason)


def _note_of_variant(
    settlement: Settlement, variant_id: UUID, field: str, code: str, reason: str
) -> None:
    for each in settlement.products:
        if variant_id in each.variant_ids:
            path = f"variants[{list(each.variant_ids).index(variant_id)}].{field}"
            settlement.note(each, path, code, reason)


async def _report(
    tx: Transaction, claim: Claim, problems: Sequence[Problem], changes: Sequence[Change]
) -> None:
    """The first problems and changes of the import are kept, numbered on."""
    run = claim.run
    kept = [
        msgspec.structs.replace(each, number=number)
        for number, each in enumerate(problems, run.problem_count + 1)
        if number <= MAX_PROBLEMS
    ]
    if kept:
        await reports.add_problems(tx, run.run_id, kept)
    seen = [
        msgspec.structs.replace(each, number=number)
        for number, each in enumerate(changes, run.change_count + 1)
        if number <= MAX_CHANGES
    ]
    if seen:
        await reports.add_changes(tx, run.run_id, seen)


def _counted(
    claim: Claim,
    batch: Batch,
    tally: Tally,
    problems: Sequence[Problem],
    changes: Sequence[Change],
) -> Claim:
    run = claim.run
    codes = Counter(run.problem_codes)
    codes.update(each.code for each in problems)
    after = msgspec.structs.replace(
        run,
        created_count=run.created_count + tally.created,
        changed_count=run.changed_count + tally.changed,
        unchanged_count=run.unchanged_count + tally.unchanged,
        refused_count=run.refused_count + tally.refused,
        problem_count=run.problem_count + len(problems),
        problem_codes=dict(codes),
        change_count=run.change_count + len(changes),
        step_count=run.step_count + (not run.is_dry_run),
        next_line=batch.end.next_line,
        read_bytes=max(run.read_bytes, batch.read_bytes),
    )
    return msgspec.structs.replace(claim, run=after, position=batch.end)
