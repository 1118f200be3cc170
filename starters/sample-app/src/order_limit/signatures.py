"""Tells messages of the house from all others.

Source: Standard Webhooks, https://www.standardwebhooks.com: HMAC-SHA256 over id, time and body.
"""

import base64
import binascii
import hmac
from collections.abc import Iterable, Mapping

PREFIX = "whsec_"
TOLERANCE_S = 300  # of the standard: for clocks that differ, and against messages sent again later
MOST_SIGNATURES = 10


class NotSigned(Exception):
    """The message is not from whom it says, or too old."""


def check_signature(
    headers: Mapping[str, str], body: bytes, secrets: Iterable[str], now: float
) -> str:
    """The id of the message, which is from someone who has one of the secrets.

    The header may hold several signatures, and the app may know several secrets: while one takes
    the place of another, one match is enough.

    Args:
        headers: of the request, by names in lower case.
        body: the bytes as they came; parsed and written anew they would be others.
        secrets: `whsec_…`, each.
        now: seconds since 1970.

    Raises:
        NotSigned: nothing in it is to be believed.
    """
    message_id, sent_at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not (sent_at.isascii() and sent_at.isdecimal() and len(sent_at) <= 12 and message_id):
        raise NotSigned("the message has no id or no time")
    if abs(now - int(sent_at)) > TOLERANCE_S:
        raise NotSigned("the message is too old, or from the future")
    content = f"{message_id}.{sent_at}.".encode() + body
    made = [base64.b64encode(hmac.digest(key_of(each), content, "sha256")) for each in secrets]
    given = headers.get("webhook-signature", "").split(" ")[:MOST_SIGNATURES]
    for signature in given:
        version, _, text = signature.partition(",")
        if version == "v1" and any(hmac.compare_digest(text.encode(), each) for each in made):
            return message_id
    raise NotSigned("no signature of the message is right")


def key_of(secret: str) -> bytes:
    """The bytes a secret stands for.

    Raises:
        ValueError: it is no secret.
    """
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not secret.startswith(PREFIX) or len(key) < 24:
        raise ValueError(f"a signing secret is {PREFIX} and at least 24 bytes in base64")
    return key
