"""What is sold as a set of other variants: what it consists of, costs, and how many there are."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from galleria.commerce import catalog, inventory, pricing
from galleria.commerce.assortment.model import bundles as model
from galleria.commerce.assortment.model.bundles import Bundles
from galleria.commerce.assortment.repository import bundles as repository
from galleria.engines.sql import Reader

NO_BUNDLES = Bundles({}, {})


async def load_bundles(reader: Reader, variant_ids: Sequence[UUID]) -> Bundles:
    """Those of the variants that are bundles; one statement, some more when there are any."""
    found = await repository.bundles_of(reader, variant_ids) if variant_ids else {}
    if not found:
        return NO_BUNDLES
    ids = dict.fromkeys(part.variant_id for each in found.values() for part in each.components)
    views = await catalog.variants_of(reader, list(ids))
    return Bundles(found, {view.variant_id: view for view in views})


async def prices_for(
    reader: Reader,
    bundles: Bundles,
    quantities: Mapping[UUID, int],
    channel_id: UUID,
    currency: str,
    *,
    at: datetime,
    customer_group_ids: Collection[UUID] = (),
) -> dict[UUID, pricing.ResolvedPrice]:
    """As `pricing.prices_for`, bundles priced by their components among the others.

    Components count at what one of them costs the same customer. One statement, two when there
    are such bundles.
    """
    summed = bundles.summed
    singly = {each: count for each, count in quantities.items() if each not in summed}
    place = (channel_id, currency)
    prices = await pricing.prices_for(
        reader, singly, *place, at=at, customer_group_ids=customer_group_ids
    )
    wanted = [bundle for each, bundle in summed.items() if each in quantities]
    if not wanted:
        return prices
    ones = dict.fromkeys((part.variant_id for each in wanted for part in each.components), 1)
    parts = await pricing.prices_for(
        reader, ones, *place, at=at, customer_group_ids=customer_group_ids
    )
    for bundle in wanted:
        price = model.price_of(bundle, parts, currency)
        if price is not None:
            prices[bundle.variant_id] = price
    return prices


async def offers_of(
    reader: Reader, variant_ids: Sequence[UUID], channel_id: UUID, currency: str, at: datetime
) -> tuple[dict[UUID, pricing.ResolvedPrice], dict[UUID, inventory.Availability]]:
    """What one of each variant costs everybody, and how many can be sold, bundles among them."""
    bundles = await load_bundles(reader, variant_ids)
    quantities = dict.fromkeys(variant_ids, 1)
    prices = await prices_for(reader, bundles, quantities, channel_id, currency, at=at)
    return prices, await availability(reader, bundles, variant_ids)


async def availability(
    reader: Reader, bundles: Bundles, variant_ids: Sequence[UUID]
) -> dict[UUID, inventory.Availability]:
    """As `inventory.availability`, a bundle as often as its components allow; one statement.

    What was ever counted of a bundle itself does not matter.
    """
    if not bundles.by_variant:
        return await inventory.availability(reader, variant_ids)
    asked = dict.fromkeys(each for each in variant_ids if each not in bundles.by_variant)
    wanted = [each for key, each in bundles.by_variant.items() if key in set(variant_ids)]
    asked |= dict.fromkeys(part.variant_id for each in wanted for part in each.components)
    there = await inventory.availability(reader, list(asked))
    made = {
        each.variant_id: model.NOTHING
        if bundles.fault_of(each.variant_id)
        else model.availability_of(each, there)
        for each in wanted
    }
    return {each: made[each] if each in made else there[each] for each in variant_ids}
