"""Metafields of an app are written by that app, and an app writes no others."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import msgspec
import pytest

from galleria.commerce import attributes, catalog, customers
from galleria.commerce.attributes import MetafieldDefinitionChanges, NewMetafieldDefinition
from galleria.commerce.catalog import NewCategory, ProductChanges
from galleria.engines.context import Actor, Context
from galleria.platform import access, apps
from galleria.platform.apps import NamespaceOfApp
from tests.commerce.selling import mug
from tests.platform.apps.conftest import added

STAFF = Actor("person", "mia", frozenset({"*"}))
SCOPES = ["products:write", "customers:write"]


async def acting(shop: Context, token: apps.Token) -> Context:
    """The shop, as the app acts in it."""
    actor = await access.actor_of_key(shop, token.access_token)
    assert actor is not None
    return shop.as_actor(actor)


def field(namespace: str, code: str = "stars", **wanted: Any) -> NewMetafieldDefinition:
    return NewMetafieldDefinition(
        **{"owner_kind": "product", "namespace": namespace, "code": code, "kind": "integer"}
        | wanted
    )


async def test_an_app_defines_and_writes_in_its_own_namespace_alone(shop: Context) -> None:
    client = await added(shop, scopes=SCOPES, metafield_namespace="acme")
    app = await acting(shop, await client.install(shop))
    mia = shop.as_actor(STAFF)
    own = await attributes.create_metafield_definition(app, field("acme"))
    await attributes.create_metafield_definition(mia, field("custom"))
    for refused in (
        lambda: attributes.create_metafield_definition(app, field("custom", "more")),
        lambda: attributes.create_metafield_definition(mia, field("acme", "more")),
        lambda: attributes.remove_metafield_definition(mia, own.definition_id),
        lambda: attributes.update_metafield_definition(
            mia, own.definition_id, MetafieldDefinitionChanges(label="Ours")
        ),
    ):
        await _is_refused(refused)
    made = await catalog.create_product(shop, mug().draft)
    product_id = made.product_id

    async def write(ctx: Context, **values: Any) -> None:
        changes = {name.replace("__", "."): value for name, value in values.items()}
        await catalog.update_product(ctx, product_id, ProductChanges(metafields=changes))

    await write(app, acme__stars=5)
    await _is_refused(lambda: write(app, custom__stars=1))
    await _is_refused(lambda: write(mia, acme__stars=1))
    await _is_refused(
        lambda: catalog.update_product(mia, product_id, ProductChanges(metafields=None))
    )
    # Forms send all they show: what stays as it was is nobody's doing.
    await write(mia, acme__stars=5, custom__stars=2)
    kept = await catalog.metafields_of(shop, product_id)
    assert kept == {"acme.stars": 5, "custom.stars": 2}


async def _is_refused(act: Callable[[], Awaitable[Any]]) -> None:
    with pytest.raises(NamespaceOfApp):
        await act()


async def test_every_way_to_write_metafields_asks_whose_they_are(shop: Context) -> None:
    client = await added(shop, scopes=SCOPES, metafield_namespace="acme")
    app = await acting(shop, await client.install(shop))
    mia = shop.as_actor(STAFF)
    owners: list[attributes.OwnerKind] = ["product", "variant", "category", "customer"]
    for owner in owners:
        await attributes.create_metafield_definition(app, field("acme", owner_kind=owner))
    theirs = {"acme.stars": 3}
    someone = await customers.create_customer(
        shop, customers.NewCustomer(email="ana@example.com", name="Ana")
    )
    draft = mug("cup").draft
    made = await catalog.create_product(shop, mug().draft)
    product_id = made.product_id
    rows = [
        catalog.VariantRow(
            variant_id=made.variants[0].variant_id,
            changes=catalog.VariantChanges(metafields=theirs),
        )
    ]
    ways: list[Callable[[Context], Awaitable[Any]]] = [
        lambda ctx: customers.change_metafields(ctx, someone.customer_id, theirs),
        lambda ctx: catalog.create_category(ctx, NewCategory(name="Cups", metafields=theirs)),
        lambda ctx: catalog.update_variant(
            ctx, made.variants[0].variant_id, catalog.VariantChanges(metafields=theirs)
        ),
        lambda ctx: catalog.update_variants(ctx, product_id, catalog.BulkVariantChanges(rows=rows)),
        lambda ctx: catalog.create_product(ctx, _with(draft, theirs)),
        lambda ctx: _merge(ctx, _with(mug("bowl").draft, theirs)),
    ]
    for way in ways:
        await _is_refused(partial(way, mia))
    for way in ways:
        await way(app)


def _with(draft: Any, metafields: dict[str, Any]) -> Any:
    return msgspec.structs.replace(draft, metafields=metafields)


async def _merge(ctx: Context, draft: Any) -> None:
    async with ctx.transaction() as tx:
        await catalog.merge_products(tx, [draft])


async def test_an_app_without_a_namespace_writes_no_metafields(shop: Context) -> None:
    client = await added(shop, scopes=SCOPES)
    app = await acting(shop, await client.install(shop))
    await _is_refused(lambda: attributes.create_metafield_definition(app, field("custom")))
    await attributes.create_metafield_definition(shop.as_actor(STAFF), field("custom"))


async def test_a_namespace_follows_the_key_of_its_app_when_that_is_replaced(shop: Context) -> None:
    client = await added(shop, scopes=SCOPES, metafield_namespace="acme")
    await client.install(shop)
    (key,) = (await access.list_keys(shop)).items
    rotated = await access.rotate_key(shop, key.key_id)
    actor = await access.actor_of_key(shop, rotated.new.key)
    assert actor is not None
    await attributes.create_metafield_definition(shop.as_actor(actor), field("acme"))


@pytest.mark.parametrize("keeps", [True, False])
async def test_an_uninstall_keeps_the_metafields_or_takes_them_along(
    shop: Context, keeps: bool
) -> None:
    client = await added(shop, scopes=SCOPES, metafield_namespace="acme")
    app = await acting(shop, await client.install(shop))
    await attributes.create_metafield_definition(app, field("acme"))
    mia = shop.as_actor(STAFF)
    await attributes.create_metafield_definition(mia, field("custom"))
    await apps.uninstall(mia, client.app.app_id, keeps_metafields=keeps)
    left = (await attributes.list_metafield_definitions(shop)).items
    assert [each.namespace for each in left] == (["acme", "custom"] if keeps else ["custom"])
    await attributes.create_metafield_definition(mia, field("acme", "now_ours"))
