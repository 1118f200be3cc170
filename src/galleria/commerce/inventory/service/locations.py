"""The places where goods lie."""

import msgspec
from msgspec import UNSET

from galleria.commerce.inventory.errors import (
    LastLocation,
    LocationCodeTaken,
    LocationNotFound,
)
from galleria.commerce.inventory.events import stock_changed
from galleria.commerce.inventory.model.levels import StockLocation
from galleria.commerce.inventory.repository import locations as repository
from galleria.commerce.inventory.schemas import LocationChanges, NewLocation
from galleria.commerce.inventory.service.watching import note_low
from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction
from galleria.platform import audit

FIRST_CODE = "main"
UNNUMBERED = 0  # a location before the repository gives it the next number
TRIES = 5


async def list_locations(reader: Reader) -> list[StockLocation]:
    """All locations of the shop in their order: a handful, so never in pages."""
    return await repository.all_locations(reader)


async def default_location(reader: Reader) -> StockLocation:
    """The first active location.

    Raises:
        LocationNotFound: the shop has none.
    """
    for location in await repository.all_locations(reader):
        if location.is_active:
            return location
    raise LocationNotFound("the shop has no active stock location")


async def ensure_location(tx: Transaction) -> StockLocation:
    """The first active location; a shop that has none is given one, `main`."""
    for _ in range(2):
        known = await repository.all_locations(tx)
        for location in known:
            if location.is_active:
                return location
        await repository.add_location(
            tx,
            StockLocation(
                location_id=UNNUMBERED,
                code=FIRST_CODE,
                name="Main",
                country=None,
                is_active=True,
                position=0,
            ),
        )
    return await default_location(tx)


async def provision(ctx: Context) -> None:
    """The shop has a place for its goods. Safe to repeat."""
    async with ctx.transaction() as tx:
        await ensure_location(tx)


async def create_location(ctx: Context, wanted: NewLocation) -> StockLocation:
    """The location, active, behind the others.

    Raises:
        LocationCodeTaken: another location has the code.
    """
    async with ctx.transaction() as tx:
        known = await repository.lock_locations(tx)
        wish = StockLocation(
            location_id=UNNUMBERED,
            code=wanted.code,
            name=wanted.name,
            country=wanted.country,
            is_active=True,
            position=max((each.position for each in known), default=-1) + 1,
        )
        location = await _add(tx, wish)
        await audit.record(tx, "stock.location_created", f"location:{location.location_id}")
    return location


async def _add(tx: Transaction, wish: StockLocation) -> StockLocation:
    """The location with its number. Two who add at once take the same number: one tries again."""
    for _ in range(TRIES):
        location = await repository.add_location(tx, wish)
        if location is not None:
            return location
        if any(each.code == wish.code for each in await repository.all_locations(tx)):
            break
    raise LocationCodeTaken(f"another location has the code {wish.code!r}")


async def update_location(
    ctx: Context, location_id: int, changes: LocationChanges
) -> StockLocation:
    """The location with these changes. Stock of an inactive one is not sold.

    Raises:
        LocationNotFound: this shop has no such location.
        LastLocation: none would be active.
    """
    async with ctx.transaction() as tx:
        known = {each.location_id: each for each in await repository.lock_locations(tx)}
        before = known.get(location_id)
        if before is None:
            raise LocationNotFound(f"no location {location_id}")
        values = {name: getattr(changes, name) for name in changes.__struct_fields__}
        after = msgspec.structs.replace(
            before, **{name: value for name, value in values.items() if value is not UNSET}
        )
        known[location_id] = after
        if not any(each.is_active for each in known.values()):
            raise LastLocation("a shop keeps at least one active location")
        await repository.save_location(tx, after)
        if after.is_active != before.is_active:
            touched = await repository.variants_at(tx, location_id)
            tx.publish(*stock_changed(touched, "location"))
            await note_low(tx, touched)
        await audit.record(tx, "stock.location_changed", f"location:{location_id}")
    return after
