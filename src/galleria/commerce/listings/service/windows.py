"""Through which channel and in which language a shopper looks at the shop."""

from uuid import UUID

import msgspec

from galleria.commerce.listings.repository import places
from galleria.engines.cache import CacheKey
from galleria.engines.context import Context
from galleria.platform import tenants

WINDOW_KEPT_S = 5.0


class Window(msgspec.Struct, frozen=True):
    """Through which channel and in which language a shopper looks at the shop.

    `numbers` are those of the windows by language; a language nothing was ever shown in has none.
    """

    channel_id: UUID
    code: str
    locale: str
    locales: list[str]
    currency: str
    numbers: dict[str, int] = {}

    @property
    def window_id(self) -> int:
        """The number its listings are kept under; 0 while there are none."""
        return self.numbers.get(self.locale, 0)

    def in_language(self, locale: str) -> "Window":
        """The same window in this language, if the channel speaks it."""
        if locale == self.locale or locale not in self.locales:
            return self
        return msgspec.structs.replace(self, locale=locale)


async def window_of(ctx: Context, channel_code: str | None = None) -> Window:
    """The channel asked for, or that of the request, in the language of the context if it speaks
    it. Where neither names one, it is the default.

    Raises:
        ChannelNotFound: the shop has no such channel.
    """
    channel_code = channel_code or ctx.channel
    key = CacheKey(ctx.tenant.tenant_id, "listings-window", channel_code or "")
    kept = await ctx.engines.cache.get(key)
    if kept is not None:
        return msgspec.json.decode(kept, type=Window).in_language(ctx.locale)
    channel = await tenants.channel_of(ctx, channel_code)
    locales = channel.locales or [channel.locale]
    numbers = {
        row["locale"]: row["window_id"]
        for row in await places.all_windows(ctx)
        if row["channel_id"] == channel.channel_id
    }
    window = Window(
        channel.channel_id, channel.code, channel.locale, locales, channel.currency, numbers
    )
    # A window without its numbers shows nothing: it is looked up again until it has them all.
    if all(locale in numbers for locale in locales):
        await ctx.engines.cache.set(key, msgspec.json.encode(window), WINDOW_KEPT_S)
    return window.in_language(ctx.locale)
