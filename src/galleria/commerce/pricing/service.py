"""Prices set, merged from files, and asked for."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from galleria.commerce import catalog
from galleria.commerce.pricing import repository
from galleria.commerce.pricing.errors import InvalidPrice
from galleria.commerce.pricing.events import prices_changed
from galleria.commerce.pricing.model import (
    Price,
    PriceRow,
    PricesMerged,
    RefusedPrice,
    check_price,
)
from galleria.commerce.pricing.schemas import SetPrice
from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.errors import FieldError
from galleria.foundation.pagination import CursorKey, InvalidCursor, Page
from galleria.platform import audit, tenants

_START = (UUID(int=0), UUID(int=0), "")


async def merge_prices(tx: Transaction, rows: Sequence[PriceRow]) -> PricesMerged:
    """The prices are as given; a row that is no price is refused by itself.

    Set-based: what does not differ is not written. Of rows for the same variant, channel and
    currency the last one counts. Variants and channels are not looked up.
    """
    refused: list[RefusedPrice] = []
    wanted: dict[tuple[UUID, UUID, str], PriceRow] = {}
    for index, row in enumerate(rows):
        error = check_price(row)
        if error is None:
            wanted[row.variant_id, row.channel_id, row.currency] = row
        else:
            refused.append(RefusedPrice(index=index, error=error))
    changed = sorted(await repository.merge(tx, list(wanted.values()))) if wanted else []
    tx.publish(*prices_changed(changed))
    unchanged_count = max(0, len(rows) - len(refused) - len(changed))
    return PricesMerged(changed=changed, unchanged_count=unchanged_count, refused=refused)


async def set_prices(ctx: Context, rows: Sequence[SetPrice]) -> PricesMerged:
    """`merge_prices` for people: variants and channels are looked up, all rows or none.

    Raises:
        VariantNotFound: one of them is no variant of this shop.
        ChannelNotFound: one of the codes is no channel of this shop.
        InvalidPrice: with an error for each row that is no price, or is in a currency that its
            channel does not sell in: nobody would ever be shown it.
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
            for code in dict.fromkeys(row.channel for row in rows)
        }
        foreign = _foreign_currencies(rows, channels)
        if foreign:
            raise InvalidPrice("a channel sells in its own currency", errors=foreign)
        merged = await merge_prices(
            tx,
            [
                PriceRow(
                    row.variant_id,
                    channels[row.channel].channel_id,
                    row.currency or channels[row.channel].currency,
                    row.amount_minor,
                    row.compare_at_minor,
                )
                for row in rows
            ],
        )
        if merged.refused:
            raise InvalidPrice("not all of these are prices", errors=_errors_of(merged))
        await audit.record(tx, "prices.prices_set", "prices:many", {"rows": len(rows)})
    return merged


def _foreign_currencies(
    rows: Sequence[SetPrice], channels: Mapping[str | None, tenants.Channel]
) -> list[FieldError]:
    return [
        FieldError(
            f"prices[{index}].currency",
            "not_the_channels",
            f"the channel {channels[row.channel].code} sells in {channels[row.channel].currency}",
        )
        for index, row in enumerate(rows)
        if row.currency not in (None, channels[row.channel].currency)
    ]


def _errors_of(merged: PricesMerged) -> list[FieldError]:
    return [
        FieldError(f"prices[{each.index}].{each.error.path}", each.error.code, each.error.message)
        for each in merged.refused
    ]


async def prices_of(
    reader: Reader, variant_ids: Sequence[UUID], channel_id: UUID, currency: str
) -> dict[UUID, Price]:
    """The price of each variant that has one in this channel and currency."""
    return await repository.prices_of(reader, variant_ids, channel_id, currency)


async def list_prices(
    ctx: Context,
    variant_ids: Sequence[UUID] | None = None,
    channel_id: UUID | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Price]:
    """A page of prices by variant, channel and currency; of some variants or a channel when given.

    Raises:
        InvalidCursor: the cursor is not one of this list with these filters.
    """
    chosen = "" if variant_ids is None else ",".join(map(str, variant_ids))
    scope = f"pricing.prices:{channel_id}:{chosen}"
    after = _START if cursor is None else _place_of(ctx, cursor, scope)
    found = await repository.page_of_prices(ctx, variant_ids, channel_id, after, limit + 1)
    if len(found) <= limit:
        return Page(items=found)
    last = found[limit - 1]
    keys: list[CursorKey] = [str(last.variant_id), str(last.channel_id), last.currency]
    return Page(
        items=found[:limit],
        next_cursor=ctx.engines.cursors.encode(ctx.tenant.tenant_id, scope, keys),
    )


def _place_of(ctx: Context, cursor: str, scope: str) -> tuple[UUID, UUID, str]:
    keys = ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, scope)
    texts = [key for key in keys if isinstance(key, str)]
    if len(texts) != 3:
        raise InvalidCursor("this cursor is not one of this list")
    return UUID(texts[0]), UUID(texts[1]), texts[2]


async def forget_variants(tx: Transaction, variant_ids: Sequence[UUID]) -> None:
    """Variants that exist no more have no price. Safe to repeat."""
    await repository.forget_variants(tx, variant_ids)


async def refresh_statistics(tx: Transaction) -> None:
    """The planner knows what bulk work has just filled in."""
    await tx.analyze("pricing.price")
