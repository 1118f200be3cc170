"""Keeps one caller from taking what is there for all: budgets by caller, shop and class of request.

A caller is a key or, without one, a network address. What one asks is taken out of two budgets at
once: the caller's and the shop's. They are kept by the cache's engine: with Redis all processes
share them; when it does not answer, each process goes on with budgets of its own.
"""

import math
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

from galleria.engines.cache import Budget, Cache, CacheKey, CacheUnavailable, Taken
from galleria.engines.cache.buckets import Buckets
from galleria.engines.context import HOUSE, Actor, Tenant
from galleria.faces.gateway.errors import RateLimitExceeded
from galleria.faces.gateway.model import (
    Allowance,
    GatewaySettings,
    RouteClass,
    allowance_of,
    factors_of_shops,
)
from galleria.foundation.telemetry import metrics

Headers = list[tuple[bytes, bytes]]
IPV6_NETWORK_BITS = 64  # one household has a whole /64 and could ask from each of its addresses
LONGEST_WAIT_S = 3600
KEPT = "kept"
KEY = "key"
_refused = metrics.counter(
    "galleria_http_refused", "Requests refused for coming too often", ("policy",)
)


class Limiter:
    """See the module."""

    def __init__(self, cache: Cache, settings: GatewaySettings) -> None:
        """Keep the budgets of `settings` in `cache`.

        Raises:
            InvalidInput: a setting does not fit.
        """
        self._cache = cache
        self._near = Buckets()
        self._factors = factors_of_shops(settings)
        self._shop_factor = settings.shop_factor
        self._processes = settings.processes
        part = 1.0 if cache.is_shared else 1.0 / settings.processes
        self._allowed = {
            each: allowance_of(getattr(settings, each.name.lower()), each.name).scaled(part)
            for each in RouteClass
        }
        self._kept = allowance_of(settings.kept, "kept")
        self._kept_of = {slug: self._kept.scaled(factor) for slug, factor in self._factors.items()}

    def admit_kept(self, tenant: Tenant, address: str) -> Headers:
        """The headers of an answer from memory, which was taken out of the caller's budget of them.

        Raises:
            RateLimitExceeded: too many.
        """
        if is_near(address):
            return []
        allowed = self._kept_of.get(tenant.slug, self._kept)
        budget = _budget(tenant.tenant_id, KEPT, address, allowed)
        return _headers(KEPT, [budget], self._near.take([budget]))

    async def admit(
        self, route_class: RouteClass, tenant: Tenant, actor: Actor, address: str
    ) -> Headers:
        """The headers of an answer that will be worked out, once it is taken out of the budgets.

        Raises:
            RateLimitExceeded: the caller or the shop has asked too often.
        """
        name = route_class.value
        allowed = self._allowed[route_class].scaled(self._factors.get(tenant.slug, 1.0))
        budgets = []
        own = _requests_per_minute(actor)
        if own is not None:
            name = KEY
            # A sixth of a minute's worth may come at once: enough for a page, no flood.
            budgets.append(
                _budget(tenant.tenant_id, KEY, actor.actor_id, Allowance(own, max(own / 6, 1.0)))
            )
        elif not is_near(address):
            caller = actor.actor_id if actor.kind == "key" else address
            budgets.append(_budget(tenant.tenant_id, name, caller, allowed))
        if tenant.tenant_id != HOUSE.tenant_id:
            together = allowed.scaled(self._shop_factor)
            budgets.append(_budget(tenant.tenant_id, route_class.value, "", together))
        taken = await self._take(budgets)
        return _headers(name, budgets, taken, has_caller=len(budgets) == 2 or own is not None)

    async def charge_stranger(self, address: str) -> None:
        """A key that is none was tried from here.

        Raises:
            RateLimitExceeded: too often.
        """
        if not is_near(address):
            name = RouteClass.SIGN_IN.value
            budget = _budget(HOUSE.tenant_id, name, address, self._allowed[RouteClass.SIGN_IN])
            _headers(name, [budget], await self._take([budget]))

    async def _take(self, budgets: list[Budget]) -> Taken:
        try:
            return await self._cache.take(budgets)
        except CacheUnavailable:
            # Each process gives its part of what all may give together.
            share = 1.0 / self._processes
            return self._near.take(
                [
                    Budget(each.key, each.per_minute * share, max(each.burst * share, 1.0))
                    for each in budgets
                ]
            )


def _requests_per_minute(actor: Actor) -> float | None:
    """What a key's holder was given of its own, None when it has the usual."""
    given = getattr(actor, "requests_per_minute", None)
    return float(given) if given else None


@lru_cache(maxsize=8_192)
def _budget(tenant_id: int, name: str, caller: str, allowed: Allowance) -> Budget:
    return Budget(CacheKey(tenant_id, "limit", name, caller), allowed.per_minute, allowed.burst)


def _headers(name: str, budgets: list[Budget], taken: Taken, *, has_caller: bool = True) -> Headers:
    """`RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10) of the caller's
    own budget; nothing for a caller who has none.

    Raises:
        RateLimitExceeded: nothing was taken.
    """
    if taken.refused_by is not None:
        refused = budgets[taken.refused_by]
        is_own = has_caller and taken.refused_by == 0
        policy = name if is_own else f"shop-{name}"
        _refused.labels(policy).inc()
        wait_s = max(1, min(math.ceil(min(taken.wait_s, LONGEST_WAIT_S)), LONGEST_WAIT_S))
        raise RateLimitExceeded(
            f"at most {refused.burst:.0f} at once and {refused.per_minute:.0f} a minute "
            + ("for one caller" if is_own else "for the whole shop"),
            retry_after_s=wait_s,
            headers=_fields(policy, refused, taken.left[0]),
        )
    return _fields(name, budgets[0], taken.left[0]) if has_caller and budgets else []


def _fields(name: str, budget: Budget, left: float) -> Headers:
    per_s = budget.per_minute / 60
    return [
        (b"ratelimit-policy", _policy_field(name, budget.burst, budget.per_minute)),
        (
            b"ratelimit",
            b'"%s";r=%d;t=%d' % (name.encode(), left, math.ceil((budget.burst - left) / per_s)),
        ),
    ]


@lru_cache(maxsize=1_024)
def _policy_field(name: str, burst: float, per_minute: float) -> bytes:
    """So many in as many seconds as it takes to refill them."""
    window_s = max(1, math.ceil(burst / (per_minute / 60)))
    return b'"%s";q=%d;w=%d' % (name.encode(), burst, window_s)


@lru_cache(maxsize=8_192)
def is_near(address: str) -> bool:
    """Whether a request comes from this very machine, or from none: who asks is not known then.

    It is the operator, or a proxy that was not listed, before whom no caller could be told from
    another: one budget for all of them would close the shop.
    """
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return True


@lru_cache(maxsize=8_192)
def network_of(address: str) -> str:
    """The address whose budget counts: an IPv6 one stands for its /64, a mapped one for IPv4."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        if parsed.is_loopback:
            return str(parsed)
        kept = int(parsed) >> (128 - IPV6_NETWORK_BITS) << (128 - IPV6_NETWORK_BITS)
        return f"{IPv6Address(kept)}"
    return str(parsed)
