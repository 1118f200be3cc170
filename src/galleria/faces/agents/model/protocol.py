"""The versions of the protocol that are spoken, what is offered in each, and what both sides can.

Two versions: the one of the public conformance suite, and the newest. Where their shapes differ,
the others ask `is_first`.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from galleria.faces.agents.errors import (
    CapabilitiesIncompatible,
    InvalidProfileUrl,
    ProfileMalformed,
    VersionUnsupported,
)

FIRST = "2026-01-11"
NEWEST = "2026-08-25"
VERSIONS = (FIRST, NEWEST)
SERVICE = "dev.ucp.shopping"
CHECKOUT = "dev.ucp.shopping.checkout"
FULFILLMENT = "dev.ucp.shopping.fulfillment"
CART = "dev.ucp.shopping.cart"
SEARCH = "dev.ucp.shopping.catalog.search"
LOOKUP = "dev.ucp.shopping.catalog.lookup"
ORDER = "dev.ucp.shopping.order"
AUTHORITY = "https://ucp.dev"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_PROFILE = re.compile(r'(?:^|[,;\s])profile="([^"]{1,2000})"')
_VERSION = re.compile(r'(?:^|[,;\s])version="([^"]{1,40})"')
MAX_CAPABILITIES = 200
MAX_KEYS = 50


class Capability(msgspec.Struct, frozen=True):
    """Something the shop can do: its name, where it is specified, what it extends."""

    name: str
    spec: str
    schema: str
    extends: str | None = None


def _of_first(name: str, page: str, extends: str | None = None) -> Capability:
    schema = f"{AUTHORITY}/schemas/shopping/{page}.json"
    return Capability(name, f"{AUTHORITY}/specification/{page}", schema, extends)


def _of_newest(name: str, page: str, schema: str, extends: str | None = None) -> Capability:
    base = f"{AUTHORITY}/{NEWEST}"
    return Capability(
        name, f"{base}/specification/shopping/{page}", f"{base}/schemas/shopping/{schema}", extends
    )


CAPABILITIES: Mapping[str, Sequence[Capability]] = {
    FIRST: (
        _of_first(CHECKOUT, "checkout"),
        _of_first(FULFILLMENT, "fulfillment", CHECKOUT),
        _of_first(ORDER, "order"),
    ),
    NEWEST: (
        _of_newest(CHECKOUT, "checkout", "checkout.json"),
        _of_newest(FULFILLMENT, "extensions/fulfillment", "fulfillment.json", CHECKOUT),
        _of_newest(CART, "cart", "cart.json"),
        _of_newest(SEARCH, "catalog/search", "catalog_search.json"),
        _of_newest(LOOKUP, "catalog/lookup", "catalog_lookup.json"),
        _of_newest(ORDER, "order", "order.json"),
    ),
}


class AgentProfile(msgspec.Struct, frozen=True, kw_only=True):
    """What an agent says about itself. `capabilities` None: it is not known what it can."""

    url: str
    version: str | None = None
    capabilities: tuple[str, ...] | None = None
    webhook_url: str | None = None
    keys: tuple[dict[str, Any], ...] = ()


class Introduction(msgspec.Struct, frozen=True):
    """How an agent introduces itself with a request: where its profile is, and in which version."""

    profile_url: str
    version: str | None = None


def is_first(version: str) -> bool:
    """Whether the older of the two shapes is spoken."""
    return version == FIRST


def introduction_of(header: str | None, *, allows_http: bool) -> Introduction:
    """What a `UCP-Agent` header says (RFC 8941 dictionary).

    Raises:
        InvalidProfileUrl: it is missing, names no profile, or one that is not at https.
    """
    found = _PROFILE.search(header or "")
    if found is None:
        raise InvalidProfileUrl('send `UCP-Agent: profile="https://…"`')
    version = _VERSION.search(header or "")
    return introduction(found[1], version[1] if version else None, allows_http=allows_http)


def introduction(url: str, version: str | None = None, *, allows_http: bool) -> Introduction:
    """An agent that says where its profile is.

    Raises:
        InvalidProfileUrl: the address is not at https.
    """
    schemes = ("https://", "http://") if allows_http else ("https://",)
    if len(url) > 2_000 or not url.startswith(schemes):
        raise InvalidProfileUrl("an agent's profile has an address at https")
    return Introduction(url, version)


def check_version(spoken: str, asked: str | None) -> None:
    """Pass when an agent of version `asked` can be answered in `spoken`.

    The first version takes every agent that is not newer than the shop; the newest takes those
    whose version it publishes a profile for.

    Raises:
        VersionUnsupported: it cannot.
    """
    if spoken not in VERSIONS:
        raise VersionUnsupported(f"spoken here: {', '.join(VERSIONS)}")
    if asked is None:
        return
    fits = (asked <= NEWEST) if is_first(spoken) else (asked in VERSIONS)
    if not _DATE.fullmatch(asked) or not fits:
        raise VersionUnsupported(f"spoken here: {', '.join(VERSIONS)}, not {asked[:40]!r}")


def common_capabilities(version: str, theirs: Collection[str] | None) -> list[str]:
    """The names both sides know, without extensions whose parent is not among them.

    Raises:
        CapabilitiesIncompatible: nothing is left.
    """
    ours = CAPABILITIES[version]
    known = {each.name for each in ours} if theirs is None else set(theirs)
    common = [each for each in ours if each.name in known]
    names = {each.name for each in common}
    kept = [each.name for each in common if each.extends is None or each.extends in names]
    if not kept:
        raise CapabilitiesIncompatible("nothing you can do is offered by this shop")
    return kept


def concerning(version: str, name: str, common: Collection[str]) -> list[str]:
    """A capability and those of its extensions that both sides know: all that an answer names."""
    return [
        each.name
        for each in CAPABILITIES[version]
        if each.name in common and name in (each.name, each.extends)
    ]


def read_profile(url: str, raw: bytes) -> AgentProfile:
    """An agent's profile, in the form of any version.

    Raises:
        ProfileMalformed: it is none.
    """
    try:
        document = msgspec.json.decode(raw, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProfileMalformed(f"no JSON object: {str(error)[:200]}") from None
    told = document.get("ucp", document)
    if not isinstance(told, dict) or not isinstance(told.get("version"), str):
        raise ProfileMalformed("a profile has a member `ucp` with its `version`")
    entries = _entries(told.get("capabilities"))
    keys = document.get("keys") or document.get("signing_keys") or told.get("signing_keys") or []
    if not isinstance(keys, list) or not all(isinstance(each, dict) for each in keys):
        raise ProfileMalformed("keys are a list of JWKs")
    return AgentProfile(
        url=url,
        version=told["version"],
        capabilities=tuple(entries)[:MAX_CAPABILITIES],
        webhook_url=_webhook_of(entries.get(ORDER)),
        keys=tuple(keys[:MAX_KEYS]),
    )


def _entries(told: Any) -> dict[str, Any]:
    """Capabilities by name: a list of entries in the first version, an object later."""
    if told is None:
        return {}
    if isinstance(told, dict):
        return {
            name: (each[0] if isinstance(each, list) and each else each)
            for name, each in told.items()
        }
    if isinstance(told, list):
        return {
            each["name"]: each
            for each in told
            if isinstance(each, dict) and isinstance(each.get("name"), str)
        }
    raise ProfileMalformed("capabilities are an object by name")


def _webhook_of(entry: Any) -> str | None:
    config = entry.get("config") if isinstance(entry, dict) else None
    url = config.get("webhook_url") if isinstance(config, dict) else None
    return url if isinstance(url, str) and len(url) <= 2_000 else None
