"""A shop's shipping methods: flat rates, the first form."""

from uuid import UUID

import msgspec
from msgspec import UNSET

from galleria.commerce.orders.errors import (
    ShippingMethodChanged,
    ShippingMethodCodeTaken,
    ShippingMethodNotFound,
)
from galleria.commerce.orders.model import ShippingMethod
from galleria.commerce.orders.repository import shipping as repository
from galleria.commerce.orders.schemas import (
    NewShippingMethod,
    OfferedMethod,
    ShippingMethodChanges,
)
from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from galleria.foundation.ids import new_id
from galleria.foundation.money import Money, minor_exponent
from galleria.platform import audit, tenants


async def offered_methods(
    ctx: Context, channel_code: str | None = None, country: str | None = None
) -> list[OfferedMethod]:
    """The methods a shopper of the channel may choose, those for `country` when it is given."""
    channel = await tenants.channel_of(ctx, channel_code or ctx.channel)
    methods = await repository.all_methods(ctx)
    return [
        OfferedMethod(
            code=method.code,
            name=method.name_in(ctx.locale),
            price=method.price,
            free_from=method.free_from,
            countries=method.countries,
        )
        for method in methods
        if method.is_active
        and method.price.currency == channel.currency
        and (country is None or method.delivers_to(country))
    ]


async def list_methods(ctx: Context) -> list[ShippingMethod]:
    """All methods of the shop, those not offered too."""
    return await repository.all_methods(ctx)


async def create_method(ctx: Context, wanted: NewShippingMethod) -> ShippingMethod:
    """A new method.

    Raises:
        ShippingMethodCodeTaken: there is one with this code in this currency.
        InvalidInput: price and free limit are of two currencies, or negative.
    """
    method = ShippingMethod(
        method_id=new_id(),
        code=wanted.code,
        name=wanted.name,
        translations=wanted.translations,
        price=wanted.price,
        free_from=wanted.free_from,
        countries=sorted(set(wanted.countries)),
        is_active=wanted.is_active,
        position=wanted.position,
        version=1,
        created_at=ctx.now,
        updated_at=ctx.now,
    )
    _refuse_odd_money(method)
    async with ctx.transaction() as tx:
        if not await repository.insert(tx, method):
            raise ShippingMethodCodeTaken(f"{method.code} exists in {method.price.currency}")
        await audit.record(tx, "orders.shipping_method_created", _subject(method.method_id))
    return method


async def update_method(
    ctx: Context,
    method_id: UUID,
    changes: ShippingMethodChanges,
    expected_version: int | None = None,
) -> ShippingMethod:
    """The method with the changes, one version on.

    Raises:
        ShippingMethodNotFound: this shop has no such method.
        ShippingMethodChanged: it is not at `expected_version`, or was edited at this moment.
    """
    async with ctx.transaction() as tx:
        method = await repository.method(tx, method_id)
        if method is None:
            raise ShippingMethodNotFound(f"no shipping method {method_id}")
        if expected_version not in (None, method.version):
            raise ShippingMethodChanged(f"the shipping method is at version {method.version}")
        edited = _changed(method, changes)
        edited = msgspec.structs.replace(edited, version=method.version + 1, updated_at=ctx.now)
        if not await repository.save(tx, edited):
            raise ShippingMethodChanged("the shipping method was edited at the same moment")
        await audit.record(tx, "orders.shipping_method_changed", _subject(method_id))
    return edited


async def delete_method(ctx: Context, method_id: UUID) -> None:
    """The method is gone; orders keep its name.

    Raises:
        ShippingMethodNotFound: this shop has no such method.
    """
    async with ctx.transaction() as tx:
        if not await repository.delete(tx, method_id):
            raise ShippingMethodNotFound(f"no shipping method {method_id}")
        await audit.record(tx, "orders.shipping_method_deleted", _subject(method_id))


async def provide_first_method(ctx: Context) -> None:
    """A new shop can sell at once: it has one rate, for the merchant to correct. Repeatable."""
    channel = await tenants.channel_of(ctx, None)
    price_minor = 5 * 10 ** minor_exponent(channel.currency)
    method = NewShippingMethod(
        code="standard",
        name="Standard shipping",
        translations={"de": "Standardversand"},
        price=Money(price_minor, channel.currency),
    )
    if not await repository.all_methods(ctx):
        await create_method(ctx, method)


def _subject(method_id: UUID) -> str:
    return f"shipping_method:{method_id}"


def _changed(method: ShippingMethod, changes: ShippingMethodChanges) -> ShippingMethod:
    sent = {
        name: value for name, value in msgspec.structs.asdict(changes).items() if value is not UNSET
    }
    currency = method.price.currency
    if "price_minor" in sent:
        sent["price"] = Money(sent.pop("price_minor"), currency)
    if "free_from_minor" in sent:
        limit = sent.pop("free_from_minor")
        sent["free_from"] = None if limit is None else Money(limit, currency)
    if "countries" in sent:
        sent["countries"] = sorted(set(sent["countries"]))
    return msgspec.structs.replace(method, **sent)


def _refuse_odd_money(method: ShippingMethod) -> None:
    amounts = [method.price] if method.free_from is None else [method.price, method.free_from]
    for amount in amounts:
        if amount.amount_minor < 0 or amount.currency != method.price.currency:
            raise InvalidInput("price and free limit are amounts of one currency, not below zero")
