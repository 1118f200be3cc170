"""News of orders for the agents that placed them: the whole order, signed, until it is taken."""

import base64
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from galleria.commerce import orders
from galleria.engines.context import Context
from galleria.engines.outbound import (
    OutboundPaused,
    OutboundRefused,
    OutboundRequest,
    OutboundTimeout,
    OutboundUnreachable,
)
from galleria.faces.agents import repository
from galleria.faces.agents.errors import DeliveryFailed, ProtocolError
from galleria.faces.agents.model.protocol import introduction, is_first
from galleria.faces.agents.model.signatures import Message, base_of, digest_of
from galleria.faces.agents.repository import KeptCheckout
from galleria.faces.agents.service.calling import address_of_shop
from galleria.faces.agents.service.knowing import profile_of
from galleria.faces.agents.service.ordering import head_for_news, shown_order
from galleria.faces.agents.service.sandbox import is_sandbox
from galleria.faces.agents.service.signing import SigningKey, signing_key

ANSWERED_WITHIN_S = 10.0
MAX_ANSWER_BYTES = 64 * 1024
_SIGNED = ("@method", "@authority", "@path", "content-digest", "content-type", "ucp-agent")


async def tell_agent(ctx: Context, order_id: UUID, news: UUID) -> None:
    """The agent knows how the order stands. Nothing happens when no agent placed it, or when it
    named no address for news.

    Raises:
        DeliveryFailed, ProfileUnreachable: it did not take it; to be tried again.
    """
    order = await orders.order_of(ctx, order_id)
    kept = await repository.of_order(ctx, order_id)
    if kept is None:
        async with ctx.transaction() as tx:
            kept = await repository.note_order(tx, order.cart_id, order_id)
    if kept is None or kept.profile_url is None:
        return
    url = await _webhook_of(ctx, kept.profile_url)
    if url is not None:
        await _deliver(ctx, kept, order_id, url, news)


async def _webhook_of(ctx: Context, profile_url: str) -> str | None:
    sandbox = is_sandbox(ctx)
    try:
        said = introduction(profile_url, allows_http=sandbox)
        url = (await profile_of(ctx, said)).webhook_url
        # News of what somebody bought goes nowhere in clear.
        return introduction(url, allows_http=sandbox).profile_url if url else None
    except ProtocolError as error:
        if error.status == 424:
            raise
        return None


async def _deliver(ctx: Context, kept: KeptCheckout, order_id: UUID, url: str, news: UUID) -> None:
    shown = await shown_order(ctx, kept, order_id, kept.protocol)
    told: dict[str, Any] = {"ucp": head_for_news(kept.protocol), **shown}
    if is_first(kept.protocol):
        told |= {"event_id": str(news), "created_time": ctx.now.isoformat()}
    body = msgspec.json.encode(told)
    headers = await signed_headers(ctx, kept.protocol, url, body, news)
    request = OutboundRequest(
        tenant_id=ctx.tenant.tenant_id,
        url=url,
        method="POST",
        headers=headers,
        body=body,
        deadline_s=ANSWERED_WITHIN_S,
        limit_bytes=MAX_ANSWER_BYTES,
        max_redirects=0,
    )
    try:
        answer = await ctx.engines.outbound.send(request)
    except (OutboundUnreachable, OutboundTimeout, OutboundPaused, OutboundRefused) as failed:
        raise DeliveryFailed(failed.detail) from None
    if not 200 <= answer.status < 300:
        raise DeliveryFailed(f"the agent's address answers {answer.status}")


async def signed_headers(
    ctx: Context, version: str, url: str, body: bytes, news: UUID
) -> dict[str, str]:
    """The headers of a piece of news, signed in the way of the protocol's version.

    The first version signs the body alone, as a detached JWS (RFC 7797); the newest the request
    (RFC 9421), which is named by the news, so that the agent can tell a repeat.
    """
    key = await signing_key(ctx)
    address = await address_of_shop(ctx)
    headers = {
        "content-type": "application/json",
        "ucp-agent": f'profile="{address}/.well-known/ucp"',
        "idempotency-key": str(news),
    }
    if is_first(version):
        return {**headers, "request-signature": _detached(key, body)}
    headers["content-digest"] = digest_of(body)
    return {**headers, **_signature(ctx, key, url, headers, body)}


def _signature(
    ctx: Context, key: SigningKey, url: str, headers: dict[str, str], body: bytes
) -> dict[str, str]:
    parts = urlsplit(url)
    message = Message(
        method="POST",
        authority=parts.netloc.lower(),
        path=parts.path,
        query=parts.query,
        headers=headers,
        body=body,
    )
    components = [*_SIGNED, "idempotency-key", *(["@query"] if parts.query else [])]
    names = " ".join(f'"{name}"' for name in components)
    stated = f'({names});created={int(ctx.now.timestamp())};keyid="{key.kid}"'
    signature = key.sign(base_of(message, components, stated))
    return {
        "signature-input": f"sig1={stated}",
        "signature": f"sig1=:{base64.b64encode(signature).decode()}:",
    }


def _detached(key: SigningKey, body: bytes) -> str:
    head = {"alg": "ES256", "b64": False, "crit": ["b64"], "kid": key.kid}
    first = base64.urlsafe_b64encode(msgspec.json.encode(head)).rstrip(b"=")
    last = base64.urlsafe_b64encode(key.sign(first + b"." + body)).rstrip(b"=")
    return f"{first.decode()}..{last.decode()}"
