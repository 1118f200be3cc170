"""What kinds of request there are, how many of each may come and how long each may take."""

import re
from enum import Enum
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta

from galleria.foundation.errors import InvalidInput

PER_MINUTE_AND_AT_ONCE = r"^[0-9]{1,9}/[0-9]{1,9}$"
Rate = Annotated[str, Meta(pattern=PER_MINUTE_AND_AT_ONCE)]
Seconds = Annotated[float, Meta(gt=0, le=3600)]
UPLOAD_SECONDS = 3600.0  # a file of 20 GB over a slow line


class RouteClass(Enum):
    """A kind of request, as far as budgets and patience are concerned."""

    STOREFRONT_READ = "storefront-read"
    STOREFRONT_WRITE = "storefront-write"
    SEARCH = "search"
    CHECKOUT = "checkout"
    ADMIN_READ = "admin-read"
    ADMIN_WRITE = "admin-write"
    SIGN_IN = "sign-in"


class GatewaySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much one caller may ask, how long an answer may take. A rate is PER_MINUTE/AT_ONCE."""

    storefront_read: Rate = "6000/1500"
    """Products, categories, pages, pictures: each caller, that is each key or network address."""
    storefront_write: Rate = "1200/300"
    """Carts and all else a shopper changes."""
    search: Rate = "1200/300"
    """Search and suggestions."""
    checkout: Rate = "300/100"
    """Orders placed."""
    admin_read: Rate = "6000/1500"
    """What programs and the back office read."""
    admin_write: Rate = "3000/1000"
    """What programs and the back office change."""
    sign_in: Rate = "60/60"
    """Sign-ins tried, and keys that are none."""
    kept: Rate = "60000/15000"
    """Answers that leave from memory: they have a budget of their own, in each process."""
    shop_factor: Annotated[float, Meta(ge=1, le=1e6)] = 100
    """A shop together may ask this many times what one of its callers may."""
    plans: str = ""
    """Plans by name, each with how many times the usual its shops may ask: large=5 tiny=0.2"""
    shop_plans: str = ""
    """Which shops are on which plan, the others are on none: acme=large corner=tiny"""
    processes: Annotated[int, Meta(ge=1, le=1000)] = 1
    """Server processes without Redis: each takes its part of every budget."""
    read_s: Seconds = 15
    """Seconds a read of a shop or a search may take before it is answered 503."""
    write_s: Seconds = 30
    """Seconds a write of a shopper may take."""
    admin_s: Seconds = 120
    """Seconds a request of a program or of the back office may take to begin its answer."""


class Allowance(NamedTuple):
    """So many a minute, and so many at once before that counts."""

    per_minute: float
    burst: float

    def scaled(self, factor: float) -> "Allowance":
        """The same, more or less often; never less than one at once."""
        return Allowance(self.per_minute * factor, max(self.burst * factor, 1.0))


def allowance_of(text: str, name: str) -> Allowance:
    """`6000/1500` as an allowance.

    Raises:
        InvalidInput: one of the two is nothing. `name` is the setting's.
    """
    per_minute, _, burst = text.partition("/")
    if int(per_minute) < 1 or int(burst) < 1:
        raise InvalidInput(f"GALLERIA_GATEWAY_{name.upper()} does not fit: a rate is at least 1/1")
    return Allowance(float(per_minute), float(burst))


_NAMED = re.compile(r"(?P<name>[a-z0-9][a-z0-9_-]{0,62})=(?P<value>\S{1,60})")


def named_values(text: str, name: str) -> dict[str, str]:
    """`acme=large corner=tiny` as names and values.

    Raises:
        InvalidInput: a part is no such pair, or a name comes twice. `name` is the setting's.
    """
    found: dict[str, str] = {}
    for part in text.replace(",", " ").split():
        match = _NAMED.fullmatch(part)
        if match is None or match["name"] in found:
            raise InvalidInput(
                f"GALLERIA_GATEWAY_{name.upper()} does not fit: {part[:60]!r} is no NAME=VALUE, or "
                "is there twice"
            )
        found[match["name"]] = match["value"]
    return found


def factors_of_shops(settings: GatewaySettings) -> dict[str, float]:
    """How many times the usual each shop with a plan may ask, by slug.

    Raises:
        InvalidInput: a plan is no positive number, or a shop is on one that is not there.
    """
    plans: dict[str, float] = {}
    for name, text in named_values(settings.plans, "plans").items():
        try:
            plans[name] = float(text)
        except ValueError:
            plans[name] = 0.0
        if not 0 < plans[name] <= 1e6:
            raise InvalidInput(
                f"GALLERIA_GATEWAY_PLANS does not fit: {name} takes a number above 0"
            )
    factors = {}
    for slug, plan in named_values(settings.shop_plans, "shop_plans").items():
        if plan not in plans:
            raise InvalidInput(
                f"GALLERIA_GATEWAY_SHOP_PLANS does not fit: GALLERIA_GATEWAY_PLANS has no {plan}"
            )
        factors[slug] = plans[plan]
    return factors


READS = frozenset({"GET", "HEAD", "OPTIONS"})
SIGN_IN_PATHS = ("/sign-in", "/forgotten", "/admin/v1/sessions")


def class_of(method: str, path: str, *, is_office: bool) -> RouteClass:
    """The class of a request; `is_office` for what comes to the back office's own host."""
    is_read = method in READS
    if is_office or path.startswith("/admin/v1/"):
        if not is_read and path.startswith(SIGN_IN_PATHS):
            return RouteClass.SIGN_IN
        return RouteClass.ADMIN_READ if is_read else RouteClass.ADMIN_WRITE
    if path.startswith(("/store/v1/search", "/search")):
        return RouteClass.SEARCH
    if is_read:
        return RouteClass.STOREFRONT_READ
    return RouteClass.CHECKOUT if "/checkout" in path else RouteClass.STOREFRONT_WRITE


def patience_s(settings: GatewaySettings, route_class: RouteClass) -> float:
    """Seconds within which a request of this class is answered."""
    if route_class in {RouteClass.STOREFRONT_READ, RouteClass.SEARCH}:
        return settings.read_s
    if route_class in {RouteClass.STOREFRONT_WRITE, RouteClass.CHECKOUT}:
        return settings.write_s
    return settings.admin_s
