"""A shop looks at itself and changes its name, languages, country and settings."""

import msgspec

from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction
from galleria.platform import audit
from galleria.platform.tenants import model, repository
from galleria.platform.tenants.errors import ShopNotFound
from galleria.platform.tenants.events import ShopUpdated
from galleria.platform.tenants.model import Shop, given
from galleria.platform.tenants.schemas import ChangeShop


async def shop_of(reader: Reader) -> Shop:
    """The shop a context or transaction is in, closed ones too.

    Raises:
        ShopNotFound: this tenant is the house, or was never opened.
    """
    shop = await repository.find_shop(reader)
    if shop is None:
        raise ShopNotFound(f"no shop {reader.tenant.slug}")
    return shop


async def locked_shop(tx: Transaction) -> Shop:
    """The same, locked: edits of one shop, its domains and channels follow one another.

    Raises:
        ShopNotFound: see `shop_of`.
    """
    shop = await repository.lock_shop(tx)
    if shop is None:
        raise ShopNotFound(f"no shop {tx.tenant.slug}")
    return shop


async def update_shop(
    ctx: Context, changes: ChangeShop, expected_version: int | None = None
) -> Shop:
    """The shop with what `changes` names; as it was, and nothing written, when nothing differs.

    The default currency cannot be changed: prices and orders hang on it.

    Args:
        ctx: the shop.
        changes: see `ChangeShop`.
        expected_version: the version the caller saw, None to overwrite any.

    Raises:
        ShopNotFound: see `shop_of`.
        PreconditionFailed: it was edited since.
        LocaleInUse: a channel still offers a language that goes.
        InvalidInput: languages, country or settings are not possible.
    """
    async with ctx.transaction() as tx:
        shop = await locked_shop(tx)
        model.check_version(expected_version, shop.version)
        changed = _changed(shop, changes)
        fields = model.changed_fields(shop, changed)
        if not fields:
            return shop

        model.check_still_offered(await repository.all_channels(tx), changed.locales)
        changed = msgspec.structs.replace(changed, version=shop.version + 1, updated_at=ctx.now)
        await repository.save_shop(tx, changed)
        tx.publish(ShopUpdated(slug=shop.slug, fields=fields))
        await audit.record(tx, "shops.updated", f"shop:{shop.slug}", {"fields": fields})
    return changed


def _changed(shop: Shop, changes: ChangeShop) -> Shop:
    """Version and instant are left alone here, so that only real differences show."""
    default_locale = given(changes.default_locale, shop.default_locale)
    locales = given(changes.locales, shop.locales)
    country = given(changes.country, shop.country)
    model.check_countries([country], "country")
    return msgspec.structs.replace(
        shop,
        name=given(changes.name, shop.name),
        default_locale=default_locale,
        locales=model.checked_locales(default_locale, locales, "default_locale"),
        country=country,
        settings=model.merged_settings(shop.settings, given(changes.settings, {})),
    )
