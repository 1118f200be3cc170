"""Prices set by people, merged from files, taken away."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from galleria.commerce import catalog
from galleria.commerce.pricing.errors import InvalidPrice
from galleria.commerce.pricing.events import prices_changed
from galleria.commerce.pricing.model.lists import PriceList
from galleria.commerce.pricing.model.prices import (
    MAX_TIERS,
    PriceKey,
    PriceListRow,
    PriceRow,
    PricesMerged,
    RefusedPrice,
    check_price,
)
from galleria.commerce.pricing.repository import costs, lists
from galleria.commerce.pricing.repository import prices as repository
from galleria.commerce.pricing.schemas import NamedPrice, SetPrice
from galleria.commerce.pricing.service.lists import ensure_base_lists, get_list
from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.errors import FieldError
from galleria.platform import audit, tenants


async def merge_prices(
    tx: Transaction,
    rows: Sequence[PriceRow | PriceListRow],
    *,
    are_new: bool | Collection[UUID] = False,
    edit_id: UUID | None = None,
    work_id: UUID | None = None,
    made_here: Collection[UUID] = (),
) -> PricesMerged:
    """The prices are as given; a row that is no price is refused by itself.

    Set-based: one COPY and one statement, whatever their number, and one each to lock the shop's
    prices and to know its lists. What does not differ is not written. Of rows for the same
    variant, list and tier the last one counts. Variants are not looked up, and neither are
    channels, unless one has its first price in a currency.

    Args:
        tx: the transaction to merge in.
        rows: prices in base lists of channels, or in lists by number.
        are_new: variants that have no price yet, or True when none of them has: spares the look
            at what is there. To be wrong about it does no harm.
        edit_id: the bulk edit that this belongs to, for the history.
        work_id: the import that this belongs to, for the history, and so that `undo_merged` can
            take it back; variants that are new are left to those who take the variants back.
        made_here: variants that this transaction makes: whoever is told of them looks at their
            prices too, so no event names them.

    Raises:
        InvalidPrice: a variant would have more than `MAX_TIERS` prices in a list.
    """
    refused: list[RefusedPrice] = []
    sound: list[tuple[int, PriceRow | PriceListRow]] = []
    for index, row in enumerate(rows):
        error = check_price(row)
        if error is None:
            sound.append((index, row))
        else:
            refused.append(RefusedPrice(index=index, error=error))
    if sound:
        await repository.lock_prices(tx)
    wanted, unknown = await _in_lists(tx, sound)
    refused += unknown
    changed: list[UUID] = []
    if wanted:
        kept = list(wanted.values())
        cause = edit_id or work_id
        changed = sorted(await repository.merge(tx, kept, are_new, cause, work_id))
        await _check_tiers(tx, [row for row in kept if row.min_quantity > 1])
    tx.publish(*prices_changed([each for each in changed if each not in made_here]))
    unchanged_count = max(0, len(rows) - len(refused) - len(changed))
    return PricesMerged(changed=changed, unchanged_count=unchanged_count, refused=refused)


async def _in_lists(
    tx: Transaction, rows: Sequence[tuple[int, PriceRow | PriceListRow]]
) -> tuple[dict[tuple[UUID, int, int], PriceListRow], list[RefusedPrice]]:
    """The rows by what they are for, each in a list by number; and those whose list is none."""
    if not rows:
        return {}, []
    places = {(row.channel_id, row.currency): 0 for _, row in rows if isinstance(row, PriceRow)}
    base = await ensure_base_lists(tx, list(places)) if places else {}
    known = set(base.values())
    if any(isinstance(row, PriceListRow) for _, row in rows):
        known |= {each.price_list_id for each in await lists.all_lists(tx)}
    wanted: dict[tuple[UUID, int, int], PriceListRow] = {}
    refused = []
    for index, row in rows:
        listed = row if isinstance(row, PriceListRow) else _listed(row, base)
        if listed.price_list_id not in known:
            message = f"no price list {listed.price_list_id}"
            error = FieldError("price_list_id", "unknown_price_list", message)
            refused.append(RefusedPrice(index=index, error=error))
            continue
        wanted[listed.variant_id, listed.price_list_id, listed.min_quantity] = listed
    return wanted, refused


def _listed(row: PriceRow, base: Mapping[tuple[UUID, str], int]) -> PriceListRow:
    return PriceListRow(
        row.variant_id,
        base[row.channel_id, row.currency],
        row.amount_minor,
        row.compare_at_minor,
        row.min_quantity,
    )


async def _check_tiers(tx: Transaction, tiers: Sequence[PriceListRow]) -> None:
    if tiers and await repository.most_tiers(tx, tiers) > MAX_TIERS:
        message = f"a variant has at most {MAX_TIERS} prices in a list"
        raise InvalidPrice(message, errors=[FieldError("min_quantity", "too_many_tiers", message)])


async def set_prices(ctx: Context, rows: Sequence[SetPrice]) -> PricesMerged:
    """`merge_prices` for people: variants, channels and lists are looked up, all rows or none.

    Raises:
        VariantNotFound: one of them is no variant of this shop.
        ChannelNotFound: one of the codes is no channel of this shop.
        PriceListNotFound: one of the numbers is no list of this shop.
        InvalidPrice: with an error for each row that is no price, or is in a currency that its
            channel or list does not sell in: nobody would ever be shown it.
    """
    async with ctx.transaction() as tx:
        known = {
            view.variant_id
            for view in await catalog.variants_of(tx, [row.variant_id for row in rows])
        }
        for row in rows:
            if row.variant_id not in known:
                raise catalog.VariantNotFound(f"no variant {row.variant_id}")
        channels = {
            code: await tenants.channel_of(tx, code)
            for code in dict.fromkeys(row.channel for row in rows if row.price_list_id is None)
        }
        numbers = {row.price_list_id for row in rows if row.price_list_id is not None}
        named = {number: await get_list(tx, number) for number in sorted(numbers)}
        foreign = _foreign_currencies(rows, channels, named)
        if foreign:
            raise InvalidPrice("a list is in one currency", errors=foreign)
        merged = await merge_prices(tx, [_row_of(row, channels) for row in rows])
        if merged.refused:
            raise InvalidPrice("not all of these are prices", errors=_errors_of(merged))
        await audit.record(tx, "prices.prices_set", "prices:many", {"rows": len(rows)})
    return merged


def _row_of(
    row: SetPrice, channels: Mapping[str | None, tenants.Channel]
) -> PriceRow | PriceListRow:
    amounts = (row.amount_minor, row.compare_at_minor, row.min_quantity)
    if row.price_list_id is not None:
        return PriceListRow(row.variant_id, row.price_list_id, *amounts)
    channel = channels[row.channel]
    return PriceRow(row.variant_id, channel.channel_id, channel.currency, *amounts)


def _foreign_currencies(
    rows: Sequence[SetPrice],
    channels: Mapping[str | None, tenants.Channel],
    named: Mapping[int, PriceList],
) -> list[FieldError]:
    errors = []
    for index, row in enumerate(rows):
        if row.price_list_id is None:
            place, code = f"the channel {channels[row.channel].code}", "not_the_channels"
            currency = channels[row.channel].currency
        else:
            place, code = f"the list {named[row.price_list_id].code}", "not_the_lists"
            currency = named[row.price_list_id].currency
        if row.currency not in (None, currency):
            message = f"{place} sells in {currency}"
            errors.append(FieldError(f"prices[{index}].currency", code, message))
    return errors


def _errors_of(merged: PricesMerged) -> list[FieldError]:
    return [
        FieldError(f"prices[{each.index}].{each.error.path}", each.error.code, each.error.message)
        for each in merged.refused
    ]


async def remove_prices(ctx: Context, wanted: Sequence[NamedPrice]) -> list[UUID]:
    """These prices are in their lists no longer; the variants that had one come back.

    Safe to repeat. What they cost until now is remembered.
    """
    keys = {PriceKey(each.variant_id, each.price_list_id, each.min_quantity) for each in wanted}
    async with ctx.transaction() as tx:
        await repository.lock_prices(tx)
        changed = sorted(await repository.remove(tx, sorted(keys)))
        if changed:
            tx.publish(*prices_changed(changed))
            detail = {"prices": len(wanted)}
            await audit.record(tx, "prices.prices_removed", "prices:many", detail)
    return changed


async def priced_variants(reader: Reader, after: UUID, limit: int) -> list[UUID]:
    """Variants after an id that have a price in any list, in order."""
    return await repository.variants_with_prices(reader, after, limit)


async def forget_variants(tx: Transaction, variant_ids: Sequence[UUID]) -> None:
    """Those of the variants that exist no more have no price and no cost. Safe to repeat."""
    gone = await catalog.gone_among(tx, variant_ids)
    await repository.lock_prices(tx)
    await repository.forget_variants(tx, gone)
    await costs.lock_costs(tx)
    await costs.forget_variants(tx, gone)


async def refresh_statistics(tx: Transaction) -> None:
    """The planner knows what bulk work has just filled in."""
    await tx.analyze("pricing.price", "pricing.cost")
