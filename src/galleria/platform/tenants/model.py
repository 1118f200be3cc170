"""What a shop, its domains and its sales channels are, and the rules they keep."""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypeVar
from uuid import UUID

import idna
import msgspec
from babel import Locale
from babel.numbers import is_currency
from msgspec import UnsetType

from galleria.foundation.errors import FieldError, InvalidInput, PreconditionFailed
from galleria.platform.tenants.errors import (
    ClockGoesBack,
    InvalidHost,
    LocaleInUse,
    SlugTaken,
)

T = TypeVar("T")

DEFAULT_CHANNEL_CODE = "web"
MAX_CHANNELS = 100  # read whole, and priced one by one
MAX_HOSTS = 50
ALLOWED_ORIGINS = "allowed_origins"
"""The setting that lists the other sites whose pages may write to the shop from a browser."""
MAX_ORIGINS = 50
MOST_AHEAD_S = 10 * 366 * 86_400
MAX_SETTINGS_BYTES = 32_768  # read with every page of the storefront

# A shop's slug is a DNS label (RFC 1035, 2.3.4), as `<slug>.<platform domain>` leads to it; no
# `--`, so that it can never read as punycode.
_SLUG = re.compile(r"[a-z0-9](?:-?[a-z0-9]){1,62}")
# RFC 6454, 6.2; the names in ASCII as browsers send them. Plain http is for one's own machine.
_ORIGIN = re.compile(
    r"(?:https://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|http://(?:localhost|127\.0\.0\.1))"
    r"(?::[1-9][0-9]{0,4})?"
)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")

# Names under the platform's domain that lead, or may one day lead, to the house itself.
RESERVED_SLUGS = frozenset(
    {
        *("account", "admin", "api", "app", "assets", "auth", "billing", "cdn", "docs", "ftp"),
        *("help", "house", "imap", "login", "mail", "operator", "pay", "platform", "pop", "root"),
        *("smtp", "staging", "static", "status", "support", "webhooks", "www"),
    }
)
# Hosts below it are given out by the house: a shop gets the one of its own slug and no other,
# else it could take a name before its owner opens, or share cookies with the back office.
PLATFORM_DOMAIN = "localhost"

# CLDR's two-letter territories, less the groups of countries and the placeholders among them.
_NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
_TERRITORIES = {str(code) for code in Locale("en").territories}
_COUNTRIES = {code for code in _TERRITORIES if len(code) == 2} - _NO_COUNTRIES

Status = Literal["open", "suspended", "closed"]


class Shop(msgspec.Struct, frozen=True, kw_only=True):
    """A merchant's shop. `settings` is free JSON that themes and rooms read by key.

    `is_sandbox`: it is for trying things out, from its first day to its last.
    """

    tenant_id: int
    slug: str
    name: str
    status: Status
    default_locale: str
    locales: list[str]
    default_currency: str
    country: str
    settings: dict[str, Any]
    version: int
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    is_sandbox: bool = False


class ShopClock(msgspec.Struct, frozen=True, kw_only=True):
    """What time it is in a shop (`now`), what time it is elsewhere, and the seconds between. Only
    that of a sandbox can be moved."""

    now: datetime
    house_now: datetime
    ahead_s: int
    can_be_moved: bool


class Domain(msgspec.Struct, frozen=True, kw_only=True):
    """A host that leads to the shop; links in mails use the primary one."""

    host: str
    is_primary: bool


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """One place to sell: its currency, its languages, the countries it delivers to.

    `countries` empty means anywhere. The currency never changes: prices hang on it.
    """

    channel_id: UUID
    code: str
    name: str
    currency: str
    locale: str
    locales: list[str]
    countries: list[str]
    tax_inclusive: bool
    is_default: bool
    version: int
    created_at: datetime


def ahead_of(house_now: datetime, wanted: datetime, present_s: int) -> int:
    """How many seconds a clock is ahead that stands at `wanted`, an aware instant.

    Raises:
        ClockGoesBack: it is further already; `present_s` says by how much.
        InvalidInput: that is more than ten years.
    """
    ahead_s = math.ceil((wanted - house_now).total_seconds())
    if ahead_s < present_s:
        raise ClockGoesBack("what has happened cannot be undone: name a later time")
    if ahead_s > MOST_AHEAD_S:
        raise _refused("now", "out_of_range", "a clock is at most ten years ahead")
    return ahead_s


def check_slug(slug: str) -> None:
    """Pass when a shop may be called so.

    Raises:
        InvalidInput: it is no DNS label of 2 to 63 characters.
        SlugTaken: the house keeps it for itself.
    """
    if not _SLUG.fullmatch(slug):
        raise _refused("slug", "invalid_slug", "a slug is 2-63 of a-z, 0-9 and single hyphens")
    if slug in RESERVED_SLUGS:
        raise SlugTaken(f"{slug} is reserved")


def check_currency(currency: str) -> None:
    """Pass when the currency is, or was, one of ISO 4217.

    Raises:
        InvalidInput: it is not.
    """
    if not is_currency(currency):
        raise _refused("currency", "unknown_currency", f"{currency!r} is no currency")


def check_countries(countries: Sequence[str], path: str) -> None:
    """Pass when each is a country of ISO 3166-1.

    Raises:
        InvalidInput: one is not. `path` names the field.
    """
    for country in countries:
        if country not in _COUNTRIES:
            raise _refused(path, "unknown_country", f"{country!r} is no country")


def normal_host(text: str) -> str:
    """The host as browsers send it: lower case, ASCII, no final dot.

    Raises:
        InvalidHost: it is an address, has a port or a path, or is too long.

    Source: UTS 46 by way of RFC 5891; lengths from RFC 1035, 2.3.4.
    """
    try:
        host = idna.encode(text.strip().removesuffix("."), uts46=True).decode()
    except idna.IDNAError:
        raise InvalidHost(f"{text!r} is no host name") from None
    labels = host.split(".")
    # A last label of digits only would be an IPv4 address in one of its many spellings.
    well_formed = len(host) <= 253 and all(_LABEL.fullmatch(label) for label in labels)
    if not well_formed or labels[-1].isdigit():
        raise InvalidHost(f"{text!r} is no host name")
    return host


def merchant_host(text: str, slug: str) -> str:
    """The host a shop may take for itself, in normal form.

    Raises:
        InvalidHost: see `normal_host`; or a bare top-level name, or a host of the house's.
    """
    host = normal_host(text)
    if host == f"{slug}.{PLATFORM_DOMAIN}":
        return host
    if "." not in host or host.endswith(f".{PLATFORM_DOMAIN}"):
        raise InvalidHost(f"{host} belongs to the house")
    return host


def checked_locales(default: str, locales: Sequence[str], path: str) -> list[str]:
    """The languages without repeats, the default one first.

    Raises:
        InvalidInput: the default is not among them. `path` names its field.
    """
    if locales and default not in locales:
        raise _refused(path, "locale_not_offered", f"{default} is not among the languages")
    return list(dict.fromkeys([default, *locales]))


def check_offered(channel_locales: Collection[str], shop_locales: Collection[str]) -> None:
    """Pass when the shop speaks every language of its channel.

    Raises:
        InvalidInput: it does not.
    """
    missing = sorted(set(channel_locales) - set(shop_locales))
    if missing:
        raise _refused("locales", "locale_not_offered", f"the shop does not offer {missing}")


def check_still_offered(channels: Sequence[Channel], shop_locales: Collection[str]) -> None:
    """Pass when no channel would be left with a language that the shop drops.

    Raises:
        LocaleInUse: one would; the detail names it.
    """
    for channel in channels:
        missing = sorted(set(channel.locales) - set(shop_locales))
        if missing:
            raise LocaleInUse(f"channel {channel.code} still offers {', '.join(missing)}")


def merged_settings(settings: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with `changes` laid over them, key by key; null takes a key away.

    Raises:
        InvalidInput: together they are over 32 KiB, or what lists sites lists something else.
    """
    if changes.get(ALLOWED_ORIGINS) is not None:
        changes = {**changes, ALLOWED_ORIGINS: checked_origins(changes[ALLOWED_ORIGINS])}
    merged = {key: value for key, value in {**settings, **changes}.items() if value is not None}
    if len(msgspec.json.encode(merged)) > MAX_SETTINGS_BYTES:
        raise _refused("settings", "too_long", f"at most {MAX_SETTINGS_BYTES} bytes of settings")
    return merged


def checked_origins(origins: Any) -> list[str]:
    """Sites as browsers call them, `https://shop.example` or `http://localhost:3000`, each once.

    Raises:
        InvalidInput: one is none; a path, a wildcard or `null` names no site.
    """
    path = f"settings.{ALLOWED_ORIGINS}"
    if not isinstance(origins, list) or len(origins) > MAX_ORIGINS:
        raise _refused(path, "too_long", f"a list of at most {MAX_ORIGINS} origins")
    found: dict[str, None] = {}
    for each in origins:
        text = each.strip().lower().removesuffix("/") if isinstance(each, str) else ""
        if not _ORIGIN.fullmatch(text) or len(text) > 300:
            raise _refused(path, "invalid_origin", f"{str(each)[:100]!r} is no https://HOST[:PORT]")
        found[text] = None
    return list(found)


def given(value: T | UnsetType, otherwise: T) -> T:
    """What a change names, or what was there before when it names nothing."""
    return otherwise if isinstance(value, UnsetType) else value


def check_version(expected: int | None, present: int) -> None:
    """Pass when the caller edits the present version, or does not care (None).

    Raises:
        PreconditionFailed: it was edited since.
    """
    if expected is not None and expected != present:
        raise PreconditionFailed(f"version {expected} was edited; the present one is {present}")


def changed_fields(old: msgspec.Struct, new: msgspec.Struct) -> list[str]:
    """Names of the fields in which two structs of one type differ, in their order."""
    assert type(old) is type(new), "only like can be compared"
    return [name for name in old.__struct_fields__ if getattr(old, name) != getattr(new, name)]


def _refused(path: str, code: str, message: str) -> InvalidInput:
    return InvalidInput(f"{path}: {message}", errors=[FieldError(path, code, message)])
