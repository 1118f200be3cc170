"""What may be said to the shop's own administration over the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType, field

from galleria.foundation.http import (
    CountryCode,
    CurrencyCode,
    LocaleCode,
    Name,
    WireInput,
)

Host = Annotated[str, Meta(min_length=1, max_length=253)]
ChannelCode = Annotated[
    str, Meta(min_length=1, max_length=40, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$(?!\n)")
]
Locales = Annotated[list[LocaleCode], Meta(max_length=50)]
Countries = Annotated[list[CountryCode], Meta(max_length=250)]
SettingKey = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,62}$(?!\n)", max_length=63)]
Settings = Annotated[dict[SettingKey, Any], Meta(max_length=100)]


class OpenShop(WireInput):
    """What the house must know to open a shop. The first host is the primary one.

    `locale` is the default language, `locales` what it speaks besides (naming it again is fine).
    """

    slug: Annotated[str, Meta(min_length=2, max_length=63)]
    name: Name
    currency: CurrencyCode
    locale: LocaleCode
    country: CountryCode
    locales: Locales = field(default_factory=list)
    hosts: Annotated[list[Host], Meta(max_length=50)] = field(default_factory=list)
    tax_inclusive: bool = True
    is_sandbox: bool = False
    """For trying things out: no letter leaves, no money moves, and its clock can be moved ahead."""


class ChangeShop(WireInput):
    """Only what is named changes. `settings` is merged by key; null takes a key away."""

    name: Name | UnsetType = UNSET
    default_locale: LocaleCode | UnsetType = UNSET
    locales: Locales | UnsetType = UNSET
    country: CountryCode | UnsetType = UNSET
    settings: Settings | UnsetType = UNSET


class AddDomain(WireInput):
    """A host that shall lead to the shop; `is_primary` makes it the one used in links."""

    host: Host
    is_primary: bool = False


class NewChannel(WireInput):
    """A further place to sell. `locales` empty means just `locale`, `countries` anywhere."""

    code: ChannelCode
    name: Name
    currency: CurrencyCode
    locale: LocaleCode
    locales: Locales = field(default_factory=list)
    countries: Countries = field(default_factory=list)
    tax_inclusive: bool = True


class ChangeChannel(WireInput):
    """Only what is named changes. Code and currency stay as they are: others refer to them."""

    name: Name | UnsetType = UNSET
    locale: LocaleCode | UnsetType = UNSET
    locales: Locales | UnsetType = UNSET
    countries: Countries | UnsetType = UNSET
    tax_inclusive: bool | UnsetType = UNSET
    is_default: Literal[True] | UnsetType = UNSET


class MoveClock(WireInput):
    """What time it shall be."""

    now: datetime
    """An instant with its zone, later than it is in the shop."""
