"""How a refusal reads: as a status and a body of the protocol's version."""

from typing import Any

from galleria.faces.agents.errors import ProtocolError
from galleria.faces.agents.model.discovery import head_of
from galleria.faces.agents.model.protocol import FIRST, NEWEST, VERSIONS, is_first
from galleria.faces.agents.model.shapes import error_message
from galleria.foundation.errors import GalleriaError

# The protocol's own words for what the rooms call otherwise.
_CODES = {
    "variant_not_for_sale": "item_unavailable",
    "out_of_stock": "out_of_stock",
    "cart_not_ready": "item_unavailable",
    "payment_declined": "payment_failed",
    "payment_method_unknown": "payment_failed",
    "idempotency_key_reused": "idempotency_conflict",
    "checkout_not_found": "not_found",
    "cart_not_found": "not_found",
    "agent_order_not_found": "not_found",
    "nothing_shown": "not_found",
}
# What is no failure of the exchange but an answer of the shop: the newest version says it with 200.
_OUTCOMES = frozenset(
    {
        "variant_not_for_sale",
        "out_of_stock",
        "cart_not_ready",
        "checkout_refused",
        "payment_declined",
        "shipping_method_unavailable",
        "total_changed",
        "nothing_shown",
        "quantity_too_large",
        "cart_full",
        "capabilities_incompatible",
    }
)
_UNRECOVERABLE = frozenset({"out_of_stock", "item_unavailable", "not_found"})
_FIRST_STATUS = {"payment_declined": 402, "out_of_stock": 400, "cart_not_ready": 400}


def refusal(version: str, error: GalleriaError) -> tuple[int, dict[str, Any]]:
    """HTTP status and body of what was refused."""
    code = _CODES.get(error.code, error.code)
    if error.status >= 500:
        code = "internal_error" if error.status == 500 else error.code
    severity = "unrecoverable" if code in _UNRECOVERABLE else "recoverable"
    messages = [
        error_message(each.code or code, each.message, _path(each.path), severity)
        for each in error.errors
    ] or [error_message(code, error.detail, None, severity)]
    if version not in VERSIONS:
        version = NEWEST
    if is_first(version):
        return _first(error, code, messages)
    status = 200 if error.code in _OUTCOMES else error.status
    body = {
        "ucp": head_of(version, [], status="error"),
        "code": code,
        "content": error.detail,
        "messages": messages,
    }
    return status, body


def _first(error: GalleriaError, code: str, messages: list[Any]) -> tuple[int, dict[str, Any]]:
    """In the first version each refusal has a status of HTTP and a `detail`."""
    for message in messages:
        if message["severity"] == "unrecoverable":
            message["severity"] = "recoverable"
    status = _FIRST_STATUS.get(error.code, error.status)
    if status == 422 and not isinstance(error, ProtocolError):
        status = 400
    body = {
        "ucp": head_of(FIRST, []),
        "detail": error.detail,
        "code": code,
        "messages": messages,
    }
    if isinstance(error, ProtocolError):
        # What agent and shop cannot settle between them is for the buyer to go on with.
        body["status"] = "requires_escalation"
        status = 400 if status == 200 else status
    return status, body


def _path(path: str) -> str | None:
    if not path:
        return None
    return path if path.startswith("$") else f"$.{path}"
