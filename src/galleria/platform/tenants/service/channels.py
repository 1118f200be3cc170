"""The places a shop sells in: each with its currency, languages and countries."""

from uuid import UUID

import msgspec

from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.errors import Conflict
from galleria.foundation.ids import new_id
from galleria.platform import audit
from galleria.platform.tenants import model, repository
from galleria.platform.tenants.errors import ChannelCodeTaken, ChannelNotFound
from galleria.platform.tenants.events import ChannelChanged
from galleria.platform.tenants.model import MAX_CHANNELS, Channel, Shop, given
from galleria.platform.tenants.schemas import ChangeChannel, NewChannel
from galleria.platform.tenants.service.editing import locked_shop


async def list_channels(reader: Reader) -> list[Channel]:
    """All channels of the shop, at most 100: the default one first, then by code."""
    return await repository.all_channels(reader)


async def channel_of(reader: Reader, code: str | None = None) -> Channel:
    """The channel with this code, the default one when none is named.

    Raises:
        ChannelNotFound: the shop has no such channel.
    """
    channel = await repository.find_channel(reader, code)
    if channel is None:
        raise ChannelNotFound(f"no channel {code}" if code else "this shop has no channel")
    return channel


async def create_channel(ctx: Context, wanted: NewChannel) -> Channel:
    """A further channel. It is not the default one until `update_channel` makes it so.

    Raises:
        ChannelCodeTaken: the shop has a channel of this code.
        Conflict: it has 100 channels.
        InvalidInput: currency, countries or languages are not possible.
    """
    channel = Channel(
        channel_id=new_id(),
        code=wanted.code,
        name=wanted.name,
        currency=wanted.currency,
        locale=wanted.locale,
        locales=model.checked_locales(wanted.locale, wanted.locales, "locale"),
        countries=list(dict.fromkeys(wanted.countries)),
        tax_inclusive=wanted.tax_inclusive,
        is_default=False,
        version=1,
        created_at=ctx.now,
    )
    model.check_currency(channel.currency)
    async with ctx.transaction() as tx:
        _check_against(await locked_shop(tx), channel)
        if len(await repository.all_channels(tx)) >= MAX_CHANNELS:
            raise Conflict(f"a shop has at most {MAX_CHANNELS} channels")
        if not await repository.add_channel(tx, channel):
            raise ChannelCodeTaken(f"there is a channel {channel.code} already")
        await _note(tx, "channels.created", channel, ["code"])
    return channel


async def update_channel(
    ctx: Context, channel_id: UUID, changes: ChangeChannel, expected_version: int | None = None
) -> Channel:
    """The channel with what `changes` names; as it was when nothing differs.

    Args:
        ctx: the shop.
        channel_id: which channel.
        changes: see `ChangeChannel`; `is_default` takes that place from the present default.
        expected_version: the version the caller saw, None to overwrite any.

    Raises:
        ChannelNotFound: the shop has no such channel.
        PreconditionFailed: it was edited since.
        InvalidInput: countries or languages are not possible.
    """
    async with ctx.transaction() as tx:
        shop = await locked_shop(tx)
        channel = await repository.find_channel_by_id(tx, channel_id)
        if channel is None:
            raise ChannelNotFound(f"no channel {channel_id}")
        model.check_version(expected_version, channel.version)
        changed = _changed(channel, changes)
        fields = model.changed_fields(channel, changed)
        if not fields:
            return channel

        _check_against(shop, changed)
        changed = msgspec.structs.replace(changed, version=channel.version + 1)
        await repository.save_channel(tx, changed)
        await _note(tx, "channels.updated", changed, fields)
    return changed


def _changed(channel: Channel, changes: ChangeChannel) -> Channel:
    locale = given(changes.locale, channel.locale)
    locales = given(changes.locales, channel.locales)
    return msgspec.structs.replace(
        channel,
        name=given(changes.name, channel.name),
        locale=locale,
        locales=model.checked_locales(locale, locales, "locale"),
        countries=list(dict.fromkeys(given(changes.countries, channel.countries))),
        tax_inclusive=given(changes.tax_inclusive, channel.tax_inclusive),
        is_default=given(changes.is_default, channel.is_default),
    )


def _check_against(shop: Shop, channel: Channel) -> None:
    model.check_offered(channel.locales, shop.locales)
    model.check_countries(channel.countries, "countries")


async def _note(tx: Transaction, action: str, channel: Channel, fields: list[str]) -> None:
    tx.publish(ChannelChanged(channel_id=channel.channel_id, code=channel.code))
    subject = f"channel:{channel.channel_id}"
    await audit.record(tx, action, subject, {"code": channel.code, "fields": fields})
