"""What an import must know of its shop: where it sells, where its goods lie."""

from dataclasses import dataclass

from galleria.commerce import inventory
from galleria.commerce.imports.model.parsed import CostWish, LevelWish, PriceWish
from galleria.engines.context import Context
from galleria.platform import tenants
from galleria.platform.tenants import Channel


@dataclass(frozen=True)
class ShopFacts:
    """The channels and stock locations of a shop, as they were when the import set out."""

    channels: dict[str, Channel]
    usual: Channel
    locations: dict[str, int]
    usual_location_id: int

    def channel_of(self, wish: PriceWish) -> Channel | tuple[str, str]:
        """Where the price belongs, or the code and the reason why it belongs nowhere."""
        if wish.channel is None and wish.currency in (None, self.usual.currency):
            return self.usual
        if wish.channel is not None:
            channel = self.channels.get(wish.channel)
            if channel is None:
                return "unknown_channel", f"the shop has no sales channel {wish.channel[:80]!r}"
            if wish.currency in (None, channel.currency):
                return channel
            return "unknown_currency", f"{channel.code} sells in {channel.currency}"
        for channel in self.channels.values():
            if channel.currency == wish.currency:
                return channel
        return "unknown_currency", f"no sales channel sells in {str(wish.currency)[:20]!r}"

    def currency_of(self, wish: CostWish) -> str | tuple[str, str]:
        """What the cost is in, or the code and the reason why it can be compared with no price."""
        if wish.currency is None:
            return self.usual.currency
        if any(channel.currency == wish.currency for channel in self.channels.values()):
            return wish.currency
        return "unknown_currency", f"no sales channel sells in {wish.currency[:20]!r}"

    def location_of(self, wish: LevelWish) -> int | None:
        """Where the goods lie; None when the shop has no such place."""
        if wish.location is None:
            return self.usual_location_id
        return self.locations.get(wish.location)


async def facts_of(ctx: Context) -> ShopFacts:
    """The facts; a shop without a stock location is given one."""
    async with ctx.transaction() as tx:
        channels = await tenants.list_channels(tx)
        usual = await tenants.channel_of(tx)
        usual_location = await inventory.ensure_location(tx)
        locations = await inventory.list_locations(tx)
    return ShopFacts(
        channels={channel.code: channel for channel in channels},
        usual=usual,
        locations={each.code: each.location_id for each in locations},
        usual_location_id=usual_location.location_id,
    )
