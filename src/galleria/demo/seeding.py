"""Opens the demo's shops and fills them, by the same doors a merchant's file would use.

Safe to repeat: what is there already is left as it is, so a demo prepared again after an upgrade
keeps its orders.
"""

import secrets
from concurrent.futures import ProcessPoolExecutor
from importlib.resources import files
from itertools import zip_longest
from uuid import UUID

from galleria.app.house import House, migrate_house, open_house
from galleria.app.shops import open_and_provision
from galleria.app.worker import relay_until_quiet
from galleria.commerce import attributes, catalog, collections, inventory, pricing
from galleria.commerce.attributes import NewAttribute, NewAttributeValue
from galleria.commerce.catalog import (
    CategoryChanges,
    MediaDraft,
    Merged,
    Option,
    ProductDraft,
    Seo,
    Translation,
    VariantDraft,
)
from galleria.commerce.collections import NewCollection
from galleria.commerce.inventory import Level, NewLocation, Policy
from galleria.commerce.pricing import PriceRow
from galleria.content import images
from galleria.demo import pictures
from galleria.demo.goods import SHOPS, DemoProduct, DemoShop, goods_of
from galleria.demo.stamp import DemoStamp, StampedShop, program_version, read_stamp, write_stamp
from galleria.engines.context import Context, Tenant, tenant_of
from galleria.platform import access, tenants
from galleria.platform.tenants import ChangeChannel, ChangeShop, NewChannel, OpenShop
from galleria.settings import Settings

EMAIL = "owner@galleria.example"
SAMPLE_FILE = "stationery.jsonl"
DRAWING = "https://drawings.galleria.invalid/"  # source of a picture the house draws itself
SHOP_SCOPES = (
    *("products:read", "products:write", "stock:read", "stock:write", "prices:read"),
    *("prices:write", "orders:read", "orders:write", "imports:read", "imports:write"),
)


async def prepare_demo(settings: Settings) -> None:
    """Tables are up to date, the three shops are full, and the stamp says how to get in."""
    await migrate_house(settings)
    async with open_house(settings) as house:
        known = read_stamp(settings.data_folder)
        email, password = await _operator(house, known)
        shops = [await _shop(house, shop, known) for shop in SHOPS]
        await relay_until_quiet(house)
    sample = files("galleria.demo") / "samples" / SAMPLE_FILE
    write_stamp(
        settings.data_folder, DemoStamp(program_version(), email, password, str(sample), shops)
    )


async def _operator(house: House, known: DemoStamp | None) -> tuple[str, str]:
    """E-mail and password of the person who may do everything; made the first time."""
    if known is not None:
        return known.email, known.password
    ctx = house.context()
    password = secrets.token_urlsafe(12)
    person = await access.create_person(ctx, EMAIL, "Ada Owner", password)
    await access.grant(ctx, person.person_id, "operator")
    return EMAIL, password


async def _shop(house: House, shop: DemoShop, known: DemoStamp | None) -> StampedShop:
    ctx = await _open(house, shop)
    await _furnish(ctx, shop)
    await _fill(ctx, shop, goods_of(shop.slug))
    key = next((each.key for each in known.shops if each.slug == shop.slug), "") if known else ""
    if not key:
        key = (await access.create_key(ctx, "demo", SHOP_SCOPES)).key
        await access.grant(ctx, await _person_id(house), "owner")
    return StampedShop(shop.slug, shop.name.en, key)


async def _open(house: House, shop: DemoShop) -> Context:
    entry = await house.engines.sql.directory.by_slug(shop.slug)
    if entry is not None:
        return house.context().for_tenant(tenant_of(entry))
    opened = await open_and_provision(
        house.context(),
        OpenShop(
            slug=shop.slug,
            name=shop.name.en,
            currency=shop.currency,
            locale=shop.locales[0],
            locales=list(shop.locales),
            country=shop.country,
        ),
        house.settings.base_domain,
    )
    return house.context().for_tenant(Tenant(opened.tenant_id, opened.slug))


async def _furnish(ctx: Context, shop: DemoShop) -> None:
    """Settings, channels, locations, attributes and collections, as far as they are missing."""
    await tenants.update_shop(
        ctx,
        ChangeShop(
            settings={
                "theme": {"accent": shop.theme.accent, "accent_dark": shop.theme.accent_dark},
                "tagline": {"en": shop.tagline.en, "de": shop.tagline.de},
                "story": {"en": shop.story.en, "de": shop.story.de},
            }
        ),
    )
    await _channels(ctx, shop)
    there = {location.code for location in await inventory.list_locations(ctx)}
    for location in shop.locations:
        if location.code not in there:
            await inventory.create_location(
                ctx,
                NewLocation(code=location.code, name=location.name, country=location.country),
            )
    known = (await attributes.dictionary(ctx)).by_code
    for attribute in shop.attributes:
        if attribute.code not in known:
            await attributes.create_attribute(
                ctx,
                NewAttribute(
                    code=attribute.code,
                    kind=attribute.kind,
                    label=attribute.label.en,
                    labels={"de": attribute.label.de},
                    unit=attribute.unit,
                    is_filterable=attribute.is_filterable,
                    is_axis=bool(attribute.colours),
                ),
            )
            for choice, colour in zip_longest(attribute.choices, attribute.colours):
                value = NewAttributeValue(word=choice.en, labels={"de": choice.de}, swatch=colour)
                await attributes.add_value(ctx, attribute.code, value)
    for collection in shop.collections:
        if await collections.find_collection(ctx, collection.handle) is None:
            await collections.create_collection(
                ctx,
                NewCollection(
                    title=collection.title.en,
                    handle=collection.handle,
                    translations={"de": collection.title.de},
                ),
            )


async def _channels(ctx: Context, shop: DemoShop) -> None:
    known = {channel.code: channel for channel in await tenants.list_channels(ctx)}
    for channel in shop.channels:
        there = known.get(channel.code)
        if there is None:
            await tenants.create_channel(
                ctx,
                NewChannel(
                    code=channel.code,
                    name=channel.name,
                    currency=channel.currency,
                    locale=channel.locale,
                    locales=list(channel.locales),
                    countries=list(channel.countries),
                    tax_inclusive=channel.tax_inclusive,
                ),
            )
        elif set(there.locales) != set(channel.locales):
            await tenants.update_channel(
                ctx, there.channel_id, ChangeChannel(locales=list(channel.locales))
            )


async def _fill(ctx: Context, shop: DemoShop, goods: list[DemoProduct]) -> None:
    async with ctx.transaction() as tx:
        merged = await catalog.merge_products(tx, [_draft(product) for product in goods])
        refused = [each for each in merged if each.errors]
        assert not refused, f"the demo's own goods are refused: {refused[:3]}"
        fresh = [
            (product, made)
            for product, made in zip(goods, merged, strict=True)
            if made.outcome in {"created", "changed"}
        ]
        if fresh:
            await _price_and_stock(ctx, fresh)
            named = {made.product_id: product.collections for product, made in fresh}
            await collections.fill_by_name(
                tx, {product_id: names for product_id, names in named.items() if product_id}
            )
    await _name_categories(ctx, shop)
    await _hang_pictures(ctx, fresh)


def _draft(product: DemoProduct) -> ProductDraft:
    return ProductDraft(
        handle=product.handle,
        title=product.title,
        description_html=product.description_html,
        brand=product.brand,
        product_type=product.product_type,
        tags=list(product.tags),
        status=product.status,
        attributes=dict(product.attributes),
        options=[Option(option.name, list(option.values)) for option in product.options],
        variants=[
            VariantDraft(
                sku=variant.sku,
                barcode=variant.barcode,
                option_values=list(variant.option_values),
                weight_g=variant.weight_g,
                is_shippable=variant.is_shippable,
                is_taxable=variant.is_taxable,
                image_url=DRAWING + variant.picture_id,
            )
            for variant in product.variants
        ],
        media=[
            MediaDraft(
                source_url=DRAWING + picture.picture_id,
                alt=picture.alt.en,
                alts={"de": picture.alt.de},
            )
            for picture in product.pictures
        ],
        category_paths=[list(path) for path in product.category_paths],
        collections=list(product.collections),
        translations={
            locale: Translation(
                title=words.title,
                description_html=words.description_html,
                options=dict(words.options),
            )
            for locale, words in product.translations.items()
        },
        seo=Seo(title=product.seo.title, description=product.seo.description),
        external_ref=product.external_ref,
    )


async def _price_and_stock(ctx: Context, fresh: list[tuple[DemoProduct, Merged]]) -> None:
    """Prices, policies and first counts of new products, inside the caller's transaction."""
    async with ctx.transaction() as tx:
        channels = {channel.code: channel for channel in await tenants.list_channels(tx)}
        places = {place.code: place for place in await inventory.list_locations(tx)}
        pairs = [
            (variant, variant_id)
            for product, made in fresh
            for variant, variant_id in zip(product.variants, made.variant_ids, strict=True)
        ]
        await pricing.merge_prices(
            tx,
            [
                PriceRow(
                    variant_id=variant_id,
                    channel_id=channels[price.channel].channel_id,
                    currency=price.currency,
                    amount_minor=price.amount_minor,
                    compare_at_minor=price.compare_at_minor,
                )
                for variant, variant_id in pairs
                for price in variant.prices
            ],
        )
        await inventory.set_policies(
            tx,
            [
                Policy(
                    variant_id=variant_id,
                    is_tracked=variant.is_tracked,
                    allows_backorder=variant.allows_backorder,
                )
                for variant, variant_id in pairs
            ],
        )
        await inventory.set_stock_levels(
            tx,
            [
                Level(variant_id, places[stock.location].location_id, stock.on_hand, "opening")
                for variant, variant_id in pairs
                if variant.is_tracked
                for stock in variant.stock
            ],
        )


async def _name_categories(ctx: Context, shop: DemoShop) -> None:
    """Categories are called by their German names too."""
    known = {category.path: category for category in await catalog.all_categories(ctx)}
    for wanted in shop.categories:
        async with ctx.transaction() as tx:
            category_id = await catalog.ensure_category_path(tx, list(wanted.path))
        found = next((c for c in known.values() if c.category_id == category_id), None)
        if found is None or found.translations.get("de") != wanted.name.de:
            await catalog.update_category(
                ctx, category_id, CategoryChanges(translations={"de": wanted.name.de})
            )


async def _hang_pictures(ctx: Context, fresh: list[tuple[DemoProduct, Merged]]) -> None:
    """Every picture of the products is drawn, kept, and hung where it belongs."""
    wanted = [
        (picture_id, made.product_id)
        for product, made in fresh
        for picture_id in dict.fromkeys(
            [each.picture_id for each in product.pictures]
            + [variant.picture_id for variant in product.variants]
        )
    ]
    # Drawing is arithmetic: two processes take half the time of one.
    with ProcessPoolExecutor(max_workers=2) as pool:
        drawn = pool.map(pictures.draw, [picture_id for picture_id, _ in wanted], chunksize=8)
        for (picture_id, product_id), svg in zip(wanted, drawn, strict=True):
            image = await images.store_drawing(ctx, svg)
            assert product_id is not None, "a product that was kept has an id"
            async with ctx.transaction() as tx:
                await catalog.attach_media(tx, product_id, DRAWING + picture_id, image.media_id)


async def _person_id(house: House) -> UUID:
    ctx = house.context()
    page = await access.list_members(ctx, None, 100)
    return next(member.person_id for member in page.items if member.email == EMAIL)
