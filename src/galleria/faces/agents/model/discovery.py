"""The shop's own profile, by which agents find out what it offers, and the head of its answers."""

from collections.abc import Sequence
from typing import Any

import msgspec

from galleria.faces.agents.model.protocol import (
    AUTHORITY,
    CAPABILITIES,
    FIRST,
    NEWEST,
    SERVICE,
    Capability,
    is_first,
)


class Handler(msgspec.Struct, frozen=True):
    """A way to pay as agents know it: a payment gateway of the shop, under the shop's own name."""

    handler_id: str
    name: str
    about: str


def handlers_of(host: str, address: str, gateways: Sequence[str]) -> list[Handler]:
    """One handler a gateway, named by the shop's host turned round: nobody else may use it."""
    domain = ".".join(reversed(host.split(".")))
    return [
        Handler(name, f"{domain}.payments.{name}", f"{address}/ucp/handlers/{name}")
        for name in gateways
    ]


def profile_of(
    version: str, address: str, handlers: Sequence[Handler], keys: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """The profile document in a version of the protocol."""
    if is_first(version):
        return {
            "ucp": {
                "version": FIRST,
                "services": {SERVICE: _first_service(address)},
                "capabilities": [_first_entry(each) for each in CAPABILITIES[FIRST]],
            },
            "payment": {"handlers": [first_handler(each) for each in handlers]},
            "signing_keys": list(keys),
        }
    return {
        "ucp": {
            "version": NEWEST,
            "supported_versions": {FIRST: f"{address}/.well-known/ucp?version={FIRST}"},
            "services": {SERVICE: _services(address)},
            "capabilities": {each.name: [_entry(each)] for each in CAPABILITIES[NEWEST]},
            "payment_handlers": _handlers(handlers, with_about=True),
        },
        "keys": list(keys),
    }


def head_of(
    version: str,
    names: Sequence[str],
    handlers: Sequence[Handler] | None = None,
    status: str = "success",
) -> dict[str, Any]:
    """The member `ucp` of an answer: version, what is in force, ways to pay where they matter."""
    if is_first(version):
        return {
            "version": version,
            "capabilities": [{"name": name, "version": version} for name in names],
        }
    head: dict[str, Any] = {"version": version, "status": status}
    if names:
        head["capabilities"] = {name: [{"version": version}] for name in names}
    if handlers is not None:
        head["payment_handlers"] = _handlers(handlers, with_about=False)
    return head


def first_handler(handler: Handler) -> dict[str, Any]:
    """A way to pay in the form of the first version."""
    return {
        "id": handler.handler_id,
        "name": handler.name,
        "version": FIRST,
        "spec": handler.about,
        "config_schema": f"{handler.about}/config.json",
        "instrument_schemas": [f"{AUTHORITY}/schemas/shopping/types/card_payment_instrument.json"],
        "config": {},
    }


def _handlers(handlers: Sequence[Handler], *, with_about: bool) -> dict[str, Any]:
    return {
        each.name: [
            {
                "id": each.handler_id,
                "version": NEWEST,
                **(
                    {"spec": each.about, "schema": f"{each.about}/config.json"}
                    if with_about
                    else {}
                ),
                "available_instruments": [{"type": "card"}],
            }
        ]
        for each in handlers
    }


def _about(handler: Handler) -> dict[str, str]:
    return {"spec": handler.about, "schema": f"{handler.about}/config.json"}


def _services(address: str) -> list[dict[str, Any]]:
    base = f"{AUTHORITY}/{NEWEST}"
    common = {"version": NEWEST, "spec": f"{base}/specification/overview"}
    return [
        {
            **common,
            "transport": "rest",
            "schema": f"{base}/services/shopping/rest.openapi.json",
            "endpoint": f"{address}/ucp/{NEWEST}",
        },
        {
            **common,
            "transport": "mcp",
            "schema": f"{base}/services/shopping/mcp.openrpc.json",
            "endpoint": f"{address}/mcp",
        },
    ]


def _first_service(address: str) -> dict[str, Any]:
    return {
        "version": FIRST,
        "spec": f"{AUTHORITY}/specification/overview",
        "rest": {
            "schema": f"{AUTHORITY}/services/shopping/rest.openapi.json",
            "endpoint": f"{address}/ucp/{FIRST}",
        },
    }


def _first_entry(each: Capability) -> dict[str, Any]:
    return {"name": each.name, **_entry(each, FIRST)}


def _entry(each: Capability, version: str = NEWEST) -> dict[str, Any]:
    entry = {"version": version, "spec": each.spec, "schema": each.schema}
    return entry if each.extends is None else {**entry, "extends": each.extends}
