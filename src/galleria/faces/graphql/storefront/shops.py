"""The shop itself: what it is called, where it sells, its collections, and where old pages went."""

from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce import collections
from galleria.commerce.listings import CategoryNotShown
from galleria.content import redirects
from galleria.content.redirects import OldPath, Way, way_of
from galleria.engines.context import Context
from galleria.faces.graphql.building import Fields, rooted
from galleria.faces.graphql.kinds import Kinds
from galleria.faces.graphql.planning import Selection
from galleria.foundation.http import ShortText
from galleria.platform import tenants

KEEP_S = 5


class ShownChannel(msgspec.Struct, frozen=True):
    """A place where the shop sells; `countries` empty means that it delivers anywhere."""

    code: str
    name: str
    currency: str
    locale: str
    locales: list[str]
    countries: list[str]
    tax_inclusive: bool
    is_default: bool


class ShownShop(msgspec.Struct, frozen=True):
    """The shop as anyone may know it."""

    slug: str
    name: str
    default_locale: str
    locales: list[str]
    default_currency: str
    country: str
    channels: list[ShownChannel]


class ShownCollection(msgspec.Struct, frozen=True):
    """Products put together for an occasion: list them by `products(collection: handle)`."""

    collection_id: UUID
    handle: str
    title: str


def queries(kinds: Kinds) -> Fields:
    """What tells of the shop."""
    return {
        "shop": rooted(kinds.object_of(ShownShop), show_shop, keep_s=KEEP_S),
        "collection": rooted(
            kinds.object_of(ShownCollection),
            show_collection,
            kinds.args_of(handle=ShortText),
            keep_s=KEEP_S,
        ),
        "redirect": rooted(
            kinds.object_of(Way), show_redirect, kinds.args_of(path=OldPath), keep_s=KEEP_S
        ),
    }


async def show_shop(ctx: Context, _: dict[str, Any], asked: Selection) -> ShownShop:
    """What the shop is called, and where and in which languages it sells."""
    shop = await tenants.shop_of(ctx)
    channels = await tenants.list_channels(ctx) if asked.wants("channels") else []
    return ShownShop(
        shop.slug,
        shop.name,
        shop.default_locale,
        shop.locales,
        shop.default_currency,
        shop.country,
        [msgspec.convert(each, ShownChannel, from_attributes=True) for each in channels],
    )


async def show_collection(ctx: Context, args: dict[str, Any], _: Selection) -> ShownCollection:
    """A collection that shoppers see, in the language of the request."""
    found = await collections.find_collection(ctx, args["handle"])
    if found is None or not found.is_shown_at(ctx.now):
        raise CategoryNotShown(f"no collection {args['handle'][:120]!r}")
    title = found.translations.get(ctx.locale) or found.title
    return ShownCollection(found.collection_id, found.handle, title)


async def show_redirect(ctx: Context, args: dict[str, Any], _: Selection) -> Way:
    """Where an old address leads: ask when a page is not found."""
    return way_of(await redirects.get_redirect(ctx, args["path"]))
