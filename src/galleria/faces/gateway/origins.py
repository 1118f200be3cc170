"""Which other sites may ask a shop from a browser (CORS, as the Fetch standard has it).

Reading the shop window is open to any site, since anyone may read it anyway. Writing is for the
shop's own pages and for the sites it lists. Cookies and stored passwords are never let through
from another site: the API knows nobody by them.
"""

import time
from collections import OrderedDict

from galleria.engines.context import ANONYMOUS, Context, Engines, Tenant
from galleria.faces.gateway.errors import OriginNotAllowed
from galleria.faces.gateway.model import READS
from galleria.faces.gateway.request import Request
from galleria.platform import tenants

Headers = list[tuple[bytes, bytes]]
OPEN_PATHS = "/store/v1/"
KEPT_FOR_S = 5.0  # a site that is listed may ask within this time, in every process
MOST_SHOPS = 10_000
ORIGIN = b"origin"
METHOD = b"access-control-request-method"
ANYONE = (b"access-control-allow-origin", b"*")
# What a script may read of an answer besides what it always may.
READABLE = (
    b"access-control-expose-headers",
    b"deprecation, etag, galleria-version, link, location, ratelimit, ratelimit-policy, "
    b"retry-after, sunset, x-request-id",
)
TO_ANYONE: Headers = [ANYONE, READABLE]
_OF_PREFLIGHTS: Headers = [
    (b"access-control-allow-methods", b"GET, HEAD, POST, PUT, PATCH, DELETE"),
    (
        b"access-control-allow-headers",
        b"accept-language, authorization, content-type, galleria-version, idempotency-key, "
        b"if-match, if-none-match, x-galleria-shop",
    ),
    # Browsers keep it for at most two hours (Chromium) whatever is said.
    (b"access-control-max-age", b"7200"),
    (b"cache-control", b"public, max-age=7200"),
    (b"vary", b"origin, access-control-request-method"),
    (b"content-length", b"0"),
]


class Origins:
    """See the module. What a shop lists is read from its settings, every few seconds anew."""

    def __init__(self, engines: Engines) -> None:
        """Read with `engines`."""
        self._engines = engines
        self._kept: OrderedDict[int, tuple[float, frozenset[str]]] = OrderedDict()

    async def preflight(self, request: Request, tenant: Tenant | None) -> Headers:
        """The headers that answer a browser's question before the request itself.

        On the API's host it is not known yet which shop is meant: the request itself will tell.

        Raises:
            OriginNotAllowed: the shop lists no such site, and it wants to write.
        """
        wanted = (request.header(METHOD) or "").strip().upper()
        if wanted in READS:
            return [ANYONE, *_OF_PREFLIGHTS]
        origin = request.header(ORIGIN) or ""
        if tenant is not None:
            await self._refuse_unlisted(request, tenant, origin)
        return [(b"access-control-allow-origin", origin.encode("latin-1")), *_OF_PREFLIGHTS]

    async def admit(self, request: Request, tenant: Tenant | None) -> Headers:
        """The headers that let the asking site read the answer; none when no site asks.

        Raises:
            OriginNotAllowed: the shop lists no such site, and it wants to write.
        """
        if not request.path.startswith(OPEN_PATHS):
            return []
        if request.method in READS:
            return TO_ANYONE
        origin = request.header(ORIGIN)
        if origin is None or tenant is None:
            return []
        await self._refuse_unlisted(request, tenant, origin)
        return [
            (b"access-control-allow-origin", origin.encode("latin-1")),
            READABLE,
            (b"vary", b"origin"),
        ]

    async def _refuse_unlisted(self, request: Request, tenant: Tenant, origin: str) -> None:
        host = (request.header(b"host") or "").lower()
        if origin.partition("://")[2].lower() in {host, request.host}:
            return
        if origin.lower() not in await self._listed(request, tenant):
            raise OriginNotAllowed(
                f"{tenant.slug} does not list {origin[:200]!r}; see its setting allowed_origins"
            )

    async def _listed(self, request: Request, tenant: Tenant) -> frozenset[str]:
        kept = self._kept.get(tenant.tenant_id)
        if kept is not None and kept[0] > time.monotonic():
            return kept[1]
        ctx = Context(self._engines, tenant, ANONYMOUS, request.request_id)
        given = (await tenants.shop_of(ctx)).settings.get(tenants.ALLOWED_ORIGINS) or []
        listed = frozenset(str(each).lower() for each in given)
        self._kept[tenant.tenant_id] = (time.monotonic() + KEPT_FOR_S, listed)
        self._kept.move_to_end(tenant.tenant_id)
        if len(self._kept) > MOST_SHOPS:
            self._kept.popitem(last=False)
        return listed


def is_preflight(request: Request) -> bool:
    """Whether a browser asks here what another site may do with the shop."""
    return (
        request.method == "OPTIONS"
        and request.path.startswith(OPEN_PATHS)
        and request.header(METHOD) is not None
        and request.header(ORIGIN) is not None
    )
