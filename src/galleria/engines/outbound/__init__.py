"""The only way out of the house: no other room opens a connection.

Calls HTTP hosts that tenants or operators name, on a tenant's behalf, with a guard against calls
into our own network (SSRF), a deadline for the whole exchange, a limit on the answer's size, and a
breaker for each host. It keeps no cookies and knows no proxy.

    async with ctx.engines.outbound.stream(OutboundRequest(tenant_id=7, url=feed_url)) as answer:
        await ctx.engines.blob.put(key, answer, "text/csv")
"""

from galleria.engines.outbound.addresses import Allowance, is_public, parse_allowances
from galleria.engines.outbound.breaker import Breakers
from galleria.engines.outbound.client import Outbound
from galleria.engines.outbound.errors import (
    OutboundPaused,
    OutboundRefused,
    OutboundTimeout,
    OutboundTooLarge,
    OutboundUnreachable,
)
from galleria.engines.outbound.messages import OutboundRequest, OutboundResponse, OutboundStream

__all__ = [
    "Allowance",
    "Breakers",
    "Outbound",
    "OutboundPaused",
    "OutboundRefused",
    "OutboundRequest",
    "OutboundResponse",
    "OutboundStream",
    "OutboundTimeout",
    "OutboundTooLarge",
    "OutboundUnreachable",
    "is_public",
    "parse_allowances",
]
