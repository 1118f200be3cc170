"""What things cost: what the merchant set, what somebody would pay, and why."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from galleria.commerce import catalog, customers
from galleria.commerce.pricing.model.lists import is_in_our_time
from galleria.commerce.pricing.model.prices import Price, PriceKey
from galleria.commerce.pricing.model.resolving import (
    Explained,
    Offer,
    Question,
    ResolvedPrice,
    explain,
    resolve,
)
from galleria.commerce.pricing.repository import lists, prices
from galleria.commerce.pricing.schemas import AskedPrice
from galleria.engines.context import Context
from galleria.engines.sql import Reader
from galleria.foundation.errors import FieldError, InvalidInput
from galleria.foundation.pagination import CursorKey, InvalidCursor, Page
from galleria.platform import tenants

_START = PriceKey(UUID(int=0), 0, 0)


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody would pay for a variant, and what became of each of its prices.

    `amount_minor` is None when no price counts.
    """

    variant_id: UUID
    channel_id: UUID
    currency: str
    quantity: int
    customer_group_ids: list[UUID]
    at: datetime
    amount_minor: int | None
    candidates: list[Explained]


async def prices_of(
    reader: Reader, variant_ids: Sequence[UUID], channel_id: UUID, currency: str
) -> dict[UUID, Price]:
    """What the merchant set in the channel's base list, for each variant that has it: no sale, no
    contract, one piece. What a shopper would pay is `prices_for`."""
    return await prices.prices_of(reader, variant_ids, channel_id, currency)


async def price_spans(
    reader: Reader, groups: Sequence[Sequence[UUID]], channel_id: UUID, currency: str
) -> list[tuple[int, int] | None]:
    """As `prices_of`, for each group of variants only its lowest and highest price in minor units;
    None when none of them has one."""
    found = await prices.price_spans(reader, groups, channel_id, currency)
    return [found.get(place) for place in range(len(groups))]


async def prices_for(
    reader: Reader,
    quantities: Mapping[UUID, int],
    channel_id: UUID,
    currency: str,
    *,
    at: datetime,
    customer_group_ids: Collection[UUID] = (),
) -> dict[UUID, ResolvedPrice]:
    """What each variant costs somebody who buys so many; those without a price are missing.

    One statement for all of them.

    Args:
        reader: whose prices.
        quantities: how many of each variant, 1 or more.
        channel_id: where.
        currency: in what.
        at: when.
        customer_group_ids: the groups that the customer is in.
    """
    if not quantities:
        return {}
    found = await prices.candidates(
        reader, quantities, (channel_id, currency), customer_group_ids, at
    )
    resolved = {}
    for variant_id, candidates in found.items():
        won = resolve(candidates, quantities[variant_id])
        assert won is not None, "only prices that may count were read"
        resolved[variant_id] = ResolvedPrice(
            variant_id=variant_id,
            currency=currency,
            amount_minor=won.amount_minor,
            compare_at_minor=won.compare_at_minor,
            includes_tax=won.includes_tax,
            price_list_id=won.price_list_id,
            kind=won.kind,
            min_quantity=won.min_quantity,
            since=won.starts_at,
        )
    return resolved


async def explain_price(ctx: Context, variant_id: UUID, asked: AskedPrice) -> Explanation:
    """Every price of the variant: whether it counts for this question, and if not, why not.

    Raises:
        InvalidInput: the instant is beyond any calendar a shop keeps.
        VariantNotFound: this shop has no such variant.
        ChannelNotFound: this shop has no such channel.
        GroupNotFound: this shop has no such customer group.
    """
    at = _aware(asked.at) or ctx.now
    async with ctx.transaction() as tx:
        await catalog.get_variant(tx, variant_id)
        channel = await tenants.channel_of(tx, asked.channel)
        groups: set[UUID] = set()
        if asked.customer_id is not None:
            groups.update(await customers.groups_of(tx, asked.customer_id))
        if asked.customer_group_id is not None:
            group = await customers.get_group(tx, asked.customer_group_id)
            groups.add(group.customer_group_id)
        by_number = {each.price_list_id: each for each in await lists.all_lists(tx)}
        rows = await prices.prices_in_lists(tx, variant_id)
    question = Question(
        channel_id=channel.channel_id,
        currency=asked.currency or channel.currency,
        at=at,
        quantity=asked.quantity,
        customer_group_ids=frozenset(groups),
    )
    told = explain([Offer(by_number[number], *rest) for number, *rest in rows], question)
    return Explanation(
        variant_id=variant_id,
        channel_id=question.channel_id,
        currency=question.currency,
        quantity=question.quantity,
        customer_group_ids=sorted(groups),
        at=question.at,
        amount_minor=next((each.amount_minor for each in told if each.has_won), None),
        candidates=told,
    )


def _aware(at: datetime | None) -> datetime | None:
    """The instant, in UTC when it says no zone: an address is easily typed without one."""
    if at is not None and not is_in_our_time(at):
        message = "an instant between 1970 and 2999"
        raise InvalidInput(message, errors=[FieldError("at", "out_of_range", message)])
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


async def list_prices(
    ctx: Context,
    variant_ids: Sequence[UUID] | None = None,
    channel_id: UUID | None = None,
    cursor: str | None = None,
    limit: int = 50,
    price_list_id: int | None = None,
) -> Page[Price]:
    """A page of prices by variant, list and tier; of some variants, of the lists of a channel or
    of one list when given.

    Raises:
        InvalidCursor: the cursor is not one of this list with these filters.
    """
    chosen = "" if variant_ids is None else ",".join(map(str, variant_ids))
    scope = f"pricing.prices:{channel_id}:{price_list_id}:{chosen}"
    after = _START if cursor is None else _place_of(ctx, cursor, scope)
    places = (channel_id, price_list_id)
    found = await prices.page_of_prices(ctx, variant_ids, places, after, limit + 1)
    if len(found) <= limit:
        return Page(items=found)
    last = found[limit - 1]
    keys: list[CursorKey] = [str(last.variant_id), last.price_list_id, last.min_quantity]
    return Page(
        items=found[:limit],
        next_cursor=ctx.engines.cursors.encode(ctx.tenant.tenant_id, scope, keys),
    )


def _place_of(ctx: Context, cursor: str, scope: str) -> PriceKey:
    try:
        return msgspec.convert(
            dict(
                zip(
                    PriceKey.__struct_fields__,
                    ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, scope),
                    strict=True,
                )
            ),
            PriceKey,
        )
    except (ValueError, msgspec.ValidationError):
        raise InvalidCursor("this cursor is not one of this list") from None
