"""One try: a message is signed, sent, and what came back is noted."""

from datetime import datetime
from email.utils import parsedate_to_datetime
from time import monotonic

from galleria.engines.context import Engines
from galleria.engines.outbound import OutboundRequest, OutboundStream, OutboundTooLarge
from galleria.foundation.errors import GalleriaError
from galleria.foundation.ids import new_id
from galleria.platform.webhooks.model import signing
from galleria.platform.webhooks.model.deliveries import (
    Claimed,
    Tried,
    kept_body,
    kept_headers,
    kept_request,
)
from galleria.platform.webhooks.model.endpoints import Endpoint
from galleria.platform.webhooks.model.retrying import LONGEST_ASKED_S, Outcome

USER_AGENT = "Galleria-Webhooks"
# An answer this long is read to its end, so that the connection can be used again.
READ_BYTES = 64 * 1024


async def try_once(
    engines: Engines, tenant_id: int, endpoint: Endpoint, claimed: Claimed, keys: list[bytes]
) -> Tried:
    """The message has been sent once, or could not be; nothing is raised for what others do."""
    now = engines.clock.now()
    body = claimed.body.encode()
    headers = {
        "content-type": "application/json",
        "user-agent": USER_AGENT,
        **signing.signed_headers(str(claimed.message_id), now, body, keys),
    }
    request = OutboundRequest(
        tenant_id=tenant_id,
        url=endpoint.url,
        method="POST",
        headers=headers,
        body=body,
        deadline_s=float(endpoint.timeout_s),
        limit_bytes=READ_BYTES,
        max_redirects=0,
        lane=str(endpoint.endpoint_id),
        has_breaker=False,
    )
    began = monotonic()
    answer_headers: dict[str, str] = {}
    answer_body = b""
    try:
        async with engines.outbound.stream(request) as answer:
            answer_headers = answer.headers
            answer_body = await _beginning(answer)
            outcome = Outcome(status=answer.status, retry_after_s=_retry_after(answer_headers, now))
    except GalleriaError as error:
        outcome = Outcome(status=None, error=error.code)
    return Tried(
        claimed=claimed,
        is_ordered=endpoint.is_ordered,
        attempt_id=new_id(),
        outcome=outcome,
        latency_ms=round((monotonic() - began) * 1000),
        request_headers=kept_request(headers),
        response_headers=kept_headers(answer_headers),
        response_body=kept_body(answer_body),
    )


async def _beginning(answer: OutboundStream) -> bytes:
    """The answer's body, or its beginning when it is too long."""
    read = bytearray()
    try:
        async for chunk in answer:
            read += chunk
    except OutboundTooLarge:
        pass  # what its status says counts all the same
    return bytes(read)


def _retry_after(headers: dict[str, str], now: datetime) -> int | None:
    """Seconds that the receiver asks us to wait; None when it does not, or not in earnest."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:9]), LONGEST_ASKED_S)
    try:
        wanted = (parsedate_to_datetime(text) - now).total_seconds() if text else 0.0
    except (ValueError, TypeError):
        return None
    return min(max(0, round(wanted)), LONGEST_ASKED_S) or None
