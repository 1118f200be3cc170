"""Every room of the house in the order of the floors, and who answers whose questions.

The only list of rooms there is: the API mounts them, the relay subscribes them, the worker runs
their jobs and `migrate` brings their tables up to date in this order.
"""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce import (
    assortment,
    attributes,
    catalog,
    collections,
    imports,
    orders,
    pricing,
)
from galleria.commerce.accounts.room import ROOM as ACCOUNTS
from galleria.commerce.assortment.room import ROOM as ASSORTMENT
from galleria.commerce.attributes.room import ROOM as ATTRIBUTES
from galleria.commerce.carts.room import ROOM as CARTS
from galleria.commerce.catalog.room import ROOM as CATALOG
from galleria.commerce.collections.room import ROOM as COLLECTIONS
from galleria.commerce.customers.room import ROOM as CUSTOMERS
from galleria.commerce.downloads.room import ROOM as DOWNLOADS
from galleria.commerce.imports.room import ROOM as IMPORTS
from galleria.commerce.inventory.room import ROOM as INVENTORY
from galleria.commerce.listings.room import ROOM as LISTINGS
from galleria.commerce.orders import PastOrderDraft
from galleria.commerce.orders.room import ROOM as ORDERS
from galleria.commerce.payments.room import ROOM as PAYMENTS
from galleria.commerce.pictures.room import ROOM as PICTURES
from galleria.commerce.pricing.room import ROOM as PRICING
from galleria.commerce.workbench.room import ROOM as WORKBENCH
from galleria.content.images.room import ROOM as IMAGES
from galleria.content.redirects.room import ROOM as REDIRECTS
from galleria.engines.event_log import AnySubscription
from galleria.engines.jobs import Job, Schedule
from galleria.engines.room import Room
from galleria.engines.sql import Reader, Transaction
from galleria.engines.sql.migrations import Migration, read_folder
from galleria.faces import profiles
from galleria.faces.agents.room import ROOM as AGENTS
from galleria.faces.gateway.room import ROOM as GATEWAY
from galleria.faces.graphql.room import ROOM as GRAPHQL
from galleria.faces.kiosk.room import ROOM as KIOSK
from galleria.faces.profiles.room import ROOM as PROFILES
from galleria.growth import search
from galleria.growth.relevance.room import ROOM as RELEVANCE
from galleria.growth.search.room import ROOM as SEARCH
from galleria.platform import access, apps, webhooks
from galleria.platform.access.room import ROOM as ACCESS
from galleria.platform.apps.room import ROOM as APPS
from galleria.platform.audit.room import ROOM as AUDIT
from galleria.platform.changes.room import ROOM as CHANGES
from galleria.platform.requests.room import ROOM as REQUESTS
from galleria.platform.tenants.room import ROOM as TENANTS
from galleria.platform.webhooks.room import ROOM as WEBHOOKS
from galleria.settings import PREFIX, read_struct

ROOMS: Sequence[Room] = (
    AUDIT,
    TENANTS,
    ACCESS,
    REQUESTS,
    CHANGES,
    WEBHOOKS,
    APPS,
    IMAGES,
    REDIRECTS,
    ATTRIBUTES,
    CATALOG,
    CUSTOMERS,
    INVENTORY,
    PRICING,
    ASSORTMENT,
    PICTURES,
    COLLECTIONS,
    DOWNLOADS,
    PAYMENTS,
    LISTINGS,
    IMPORTS,
    WORKBENCH,
    CARTS,
    ORDERS,
    ACCOUNTS,
    SEARCH,
    RELEVANCE,
    PROFILES,
    KIOSK,
    AGENTS,
    GRAPHQL,
    GATEWAY,
)
SHOPIFY = "shopify"  # where the orders in the files that imports knows come from
ENGINES_WITH_TABLES = ("sql", "event_log", "jobs", "realtime")


async def take_past_orders_in(
    tx: Transaction, drafts: Sequence[imports.OrderDraft]
) -> list[imports.Landed]:
    """The orders that a shop brings along are part of its history; what became of each."""
    told = [msgspec.convert(each, PastOrderDraft, from_attributes=True) for each in drafts]
    merged = await orders.merge_past_orders(tx, SHOPIFY, told)
    return [
        imports.Landed(outcome=each.outcome, code=each.code, reason=each.reason) for each in merged
    ]


async def limit_successor(tx: Transaction, key_id: UUID, successor_id: UUID) -> None:
    """A key's successor may search what the key may, and is the same app's."""
    await search.limit_successor(tx, key_id, successor_id)
    await apps.follow_successor(tx, key_id, successor_id)


async def orders_beside_events(
    reader: Reader, order_ids: Sequence[UUID]
) -> dict[UUID, webhooks.Thing]:
    """Orders as `GET /admin/v1/orders/{order_id}` answers."""
    return {
        each.order_id: _beside_events(each) for each in await orders.details_of(reader, order_ids)
    }


async def products_beside_events(
    reader: Reader, product_ids: Sequence[UUID]
) -> dict[UUID, webhooks.Thing]:
    """Products as `GET /admin/v1/products/{product_id}` answers."""
    trees = await catalog.products_for_listing(reader, product_ids)
    return {each.product_id: _beside_events(each) for each in trees}


def _beside_events(told: orders.OrderDetail | catalog.ProductTree) -> webhooks.Thing:
    value = msgspec.json.encode(told)
    return webhooks.Thing(version=told.version, updated_at=told.updated_at, value=value)


# Whoever brings or asks, and who takes in or knows.
access.asking.bind(limit_successor=limit_successor, unknown_bindings=profiles.unknown_bindings)
apps.asking.bind(forget_namespace=attributes.forget_namespace)
imports.intakes.bind(orders=take_past_orders_in)
attributes.answers.bind(is_value_used=catalog.is_value_used)
imports.asking.bind(ordered=orders.ordered_variants)
collections.answers.bind(offers=assortment.offers_of)
webhooks.things.bind(order=orders_beside_events, product=products_beside_events)
pricing.answers.bind(members_of=collections.members_after)


def all_migrations() -> list[Migration]:
    """The migrations of engines and rooms, lower floors first."""
    found: list[Migration] = []
    for engine in ENGINES_WITH_TABLES:
        found += read_folder(f"engines.{engine}", _folder(f"engines.{engine}"))
    for room in ROOMS:
        found += read_folder(room.name, _folder(room.name))
    return found


def all_routes() -> list[Any]:
    """The HTTP handlers of every room."""
    return [route for room in ROOMS for route in room.routes]


def all_jobs() -> list[Job[Any]]:
    """The jobs of every room."""
    return [job for room in ROOMS for job in room.jobs]


def all_schedules() -> list[Schedule]:
    """The schedules of every room."""
    return [schedule for room in ROOMS for schedule in room.schedules]


def all_subscriptions() -> list[AnySubscription]:
    """The handlers of every room, and the rules that turn events into jobs."""
    # Imported here: the queue's driver is heavy, and a server never enqueues.
    from galleria.engines.jobs.queue import subscription_of  # noqa: PLC0415

    handlers = [subscription for room in ROOMS for subscription in room.subscriptions]
    return handlers + [subscription_of(rule) for room in ROOMS for rule in room.enqueues]


def read_room_settings(environ: Mapping[str, str]) -> dict[type[Any], Any]:
    """What the operator has set for single rooms, `GALLERIA_<ROOM>_<FIELD>`, by their structs.

    Raises:
        InvalidInput: a value does not fit; the message names the variable.
    """
    return {
        room.settings: read_struct(
            room.settings, environ, f"{PREFIX}{room.name.rsplit('.', 1)[-1].upper()}_"
        )
        for room in ROOMS
        if room.settings is not None
    }


def _folder(name: str) -> Path:
    return Path(str(files(f"galleria.{name}"))) / "migrations"
