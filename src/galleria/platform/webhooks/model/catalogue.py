"""Which events may leave the house, and what somebody has to be allowed to read for each.

An event that is new leaves the house only once it stands here; a test of the house asks that every
event stands in one of the two lists. What stays is said to rooms alone: orders to a worker, or
facts whose content nobody outside may rely on.
"""

import types
import typing
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

import msgspec

from galleria.foundation.events import Event
from galleria.platform.webhooks.model.things import EXPANSIONS, Kind

LEAVES: Mapping[str, str] = {
    "access.canary_used.v1": "keys:read",
    "access.key_changed.v1": "keys:read",
    "access.key_created.v1": "keys:read",
    "access.key_ending.v1": "keys:read",
    "access.key_leaked.v1": "keys:read",
    "access.key_revoked.v1": "keys:read",
    "access.key_rotated.v1": "keys:read",
    "access.key_rotation_cancelled.v1": "keys:read",
    "access.key_rotation_finished.v1": "keys:read",
    "accounts.account_block_changed.v1": "customers:read",
    "accounts.account_closed.v1": "customers:read",
    "accounts.account_opened.v1": "customers:read",
    "accounts.email_changed.v1": "customers:read",
    "apps.app_installed.v1": "apps:read",
    "apps.app_uninstalled.v1": "apps:read",
    "assortment.bundles_changed.v1": "products:read",
    "assortment.relations_changed.v1": "products:read",
    "attributes.dictionary_changed.v1": "products:read",
    "attributes.values_merged.v1": "products:read",
    "catalog.products_changed.v1": "products:read",
    "catalog.products_removed.v1": "products:read",
    "catalog.structure_changed.v1": "products:read",
    "catalog.variants_removed.v1": "products:read",
    "collections.collection_changed.v1": "products:read",
    "collections.members_changed.v1": "products:read",
    "customers.groups_changed.v1": "customers:read",
    "downloads.licences_low.v1": "products:read",
    "imports.import_ended.v1": "imports:read",
    "inventory.stock_changed.v1": "stock:read",
    "inventory.stock_low.v1": "stock:read",
    "listings.listings_changed.v1": "products:read",
    "orders.order_cancelled.v1": "orders:read",
    "orders.order_fulfilled.v1": "orders:read",
    "orders.order_placed.v1": "orders:read",
    "orders.order_refunded.v1": "orders:read",
    "payments.payment_captured.v1": "orders:read",
    "payments.payment_declined.v1": "orders:read",
    "payments.refund_failed.v1": "orders:read",
    "payments.refund_succeeded.v1": "orders:read",
    "pricing.price_list_changed.v1": "prices:read",
    "pricing.prices_changed.v1": "prices:read",
    "profiles.profile_changed.v1": "settings:read",
    "redirects.redirects_changed.v1": "products:read",
    "tenants.channel_changed.v1": "settings:read",
    "tenants.domains_changed.v1": "settings:read",
    "tenants.shop_updated.v1": "settings:read",
    "webhooks.endpoint_disabled.v1": "webhooks:read",
}
"""Tag -> the scope that reads it."""

STAYS: Mapping[str, str] = {
    "access.membership_ended.v1": "names people, who belong to no shop",
    "access.membership_granted.v1": "names people, who belong to no shop",
    "accounts.letter_requested.v1": "asks a worker",
    "catalog.collections_named.v1": "hands a draft on to another room",
    "images.image_stored.v1": "asks a worker; what a product shows is said with the product",
    "imports.export_requested.v1": "asks a worker",
    "imports.import_requested.v1": "asks a worker",
    "kiosk.pack_requested.v1": "asks a worker",
    "pictures.pictures_wanted.v1": "asks a worker",
    "pricing.costs_changed.v1": "tells of what goods cost the merchant",
    "pricing.edit_requested.v1": "asks a worker",
    "relevance.run_requested.v1": "asks a worker",
    "search.standing_changed.v1": "changes with every sale, and is the search's own",
    "tenants.shop_closed.v1": "a shop that is closed sends nothing",
    "tenants.shop_opened.v1": "nobody can listen yet",
    "tenants.shop_reopened.v1": "nobody could listen before",
    "webhooks.endpoint_changed.v1": "would answer each change with a message",
    "webhooks.endpoint_removed.v1": "asks a worker",
    "webhooks.replay_requested.v1": "asks a worker",
    "workbench.act_requested.v1": "asks a worker",
}
"""Tag -> why it does not leave the house."""

TAGS = tuple(sorted(LEAVES))


class EventType(msgspec.Struct, frozen=True, kw_only=True):
    """An event that can be subscribed to: what it says, its fields and how one looks.

    `expands_to` is the thing that may stand beside it, None when there is none.
    """

    tag: str
    title: str
    scope: str
    fields: list[str]
    sample: dict[str, Any]
    expands_to: Kind | None


def event_types() -> list[EventType]:
    """All events that may leave the house, by their tags."""
    known = {each.TAG: each for each in _all_events(Event) if "TAG" in each.__dict__}
    return [_type_of(known[tag]) for tag in TAGS if tag in known]


def sample_of(tag: str) -> dict[str, Any]:
    """An event of this tag as it might be; empty for one that this house does not publish."""
    return next((each.sample for each in event_types() if each.tag == tag), {})


def _all_events(above: type[Event]) -> Iterator[type[Event]]:
    for each in above.__subclasses__():
        yield each
        yield from _all_events(each)


def _type_of(event: type[Event]) -> EventType:
    title = " ".join((event.__doc__ or "").strip().split("\n\n")[0].split())
    return EventType(
        tag=event.TAG,
        title=title,
        scope=LEAVES[event.TAG],
        fields=list(_paths(event, "")),
        sample=_sample(event),
        expands_to=EXPANSIONS[event.TAG].kind if event.TAG in EXPANSIONS else None,
    )


def _paths(kind: Any, above: str) -> Iterator[str]:
    """The paths of all fields of a struct, those inside lists and structs too."""
    for field in msgspec.structs.fields(kind):
        path = f"{above}{field.encode_name}"
        yield path
        inner = _inner(field.type)
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            yield from _paths(inner, f"{path}.")


def _inner(kind: Any) -> Any:
    """What a list holds and what an optional is, down to the thing itself."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _inner(next(each for each in arguments if each is not type(None)))
    if origin in (list, tuple, set, frozenset, typing.Annotated):
        return _inner(arguments[0])
    return kind


_ID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
_SAMPLES: Mapping[Any, Any] = {
    str: "text",
    int: 1,
    float: 1.0,
    bool: True,
    UUID: str(_ID),
    datetime: "2026-01-31T12:00:00Z",
    date: "2026-01-31",
}


def _sample(kind: Any) -> Any:
    """A value of this type as it goes over the wire."""
    if kind in _SAMPLES:
        return _SAMPLES[kind]
    if typing.get_origin(kind) is not None:
        return _sample_of_generic(typing.get_origin(kind), typing.get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind)).value
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return {
            each.encode_name: "EUR" if each.name == "currency" else _sample(each.type)
            for each in msgspec.structs.fields(kind)
        }
    return None


def _sample_of_generic(origin: Any, arguments: tuple[Any, ...]) -> Any:
    if origin in (typing.Union, types.UnionType):
        return _sample(next(each for each in arguments if each is not type(None)))
    if origin is typing.Literal:
        return arguments[0]
    if origin is typing.Annotated:
        return _sample(arguments[0])
    return [_sample(arguments[0])] if origin in (list, tuple, set, frozenset) else {}
