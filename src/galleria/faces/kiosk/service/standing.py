"""Where a kiosk stands and by what it is answered: the edition of whoever asks."""

import msgspec

from galleria.commerce import inventory, listings
from galleria.commerce.inventory import StockLocation
from galleria.engines.context import Context
from galleria.faces.kiosk.errors import KioskPlaceGone
from galleria.faces.kiosk.model.packs import Edition
from galleria.faces.profiles import Profile
from galleria.platform.access import STAFF_NOTES_SCOPE


class Stand(msgspec.Struct, frozen=True):
    """A place in the shop, and how the shop window looks from there."""

    edition: Edition
    profile: Profile
    window: listings.Window
    location: StockLocation


async def stand_of(ctx: Context, profile: Profile) -> Stand:
    """Where whoever asks stands: at their key's place, else at the shop's first.

    Raises:
        KioskPlaceGone: the shop does not use the place any more.
        ChannelNotFound: nor the profile's sales channel.
    """
    may_read_notes = profile.with_staff_notes and ctx.actor.may(STAFF_NOTES_SCOPE)
    window = await listings.window_of(ctx, profile.channel)
    location = await _location(ctx, ctx.actor.location)
    edition = Edition(
        profile=profile.code,
        profile_version=profile.version,
        channel=window.code,
        locale=window.locale,
        location=location.code,
        with_staff_notes=may_read_notes,
    )
    return Stand(edition, profile, window, location)


async def stand_at(ctx: Context, edition: Edition, profile: Profile) -> Stand:
    """The stand of an edition, for whoever makes it; `ctx` speaks its language.

    Raises:
        KioskPlaceGone, ChannelNotFound: see `stand_of`.
    """
    window = await listings.window_of(ctx, edition.channel)
    return Stand(edition, profile, window, await _location(ctx, edition.location))


async def _location(ctx: Context, code: str) -> StockLocation:
    places = [each for each in await inventory.list_locations(ctx) if each.is_active]
    found = next((each for each in places if code in ("", each.code)), None)
    if found is None:
        raise KioskPlaceGone(f"the shop does not use {code or 'any place'} at present")
    return found
