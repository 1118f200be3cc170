"""HTTP message signatures (RFC 9421) and digests (RFC 9530), as the protocol uses them.

Pure: what is signed, what has to be signed, and whether a signature fits a key.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from galleria.faces.agents.errors import (
    AlgorithmUnsupported,
    DigestMismatch,
    SignatureInvalid,
    SignatureMissing,
    SigningKeyNotFound,
)

# How far the clocks of agent and shop may differ, and how long a signature may be on its way.
WINDOW = timedelta(minutes=5)
MAX_SIGNATURES = 4
_COMPONENT = re.compile(r'"([a-z0-9@_.-]{1,100})"(?=$|[ ])')
_LABEL = re.compile(r"[a-z*][a-z0-9_.*-]{0,99}")
_PARAMETER = re.compile(r';([a-z*][a-z0-9_.*-]*)=(?:"([^"\\]{0,500})"|(-?\d{1,15}))')
_CURVES: Mapping[str, tuple[Any, Any, int]] = {
    "P-256": (ec.SECP256R1, hashes.SHA256, 32),
    "P-384": (ec.SECP384R1, hashes.SHA384, 48),
}


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """An HTTP request as it is signed. Headers by lower-case name, several of one joined."""

    method: str
    authority: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One signature of a request: what it covers and says, and the text it was made of."""

    components: tuple[str, ...]
    parameters: Mapping[str, str]
    stated: str
    signature: bytes

    @property
    def key_id(self) -> str:
        """The name of the key."""
        return self.parameters.get("keyid", "")


def digest_of(body: bytes) -> str:
    """The `Content-Digest` of a body."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def candidates_of(headers: Mapping[str, str]) -> list[Candidate]:
    """The signatures that a request carries.

    Raises:
        SignatureMissing: one of the two headers is missing, or they are not of that form.
    """
    inputs = dict(_members(headers.get("signature-input", "")))
    values = dict(_members(headers.get("signature", "")))
    found = []
    for label, stated in list(inputs.items())[:MAX_SIGNATURES]:
        value = values.get(label, "")
        inner, closed, rest = stated.partition(")")
        if not (inner.startswith("(") and closed and value[:1] == value[-1:] == ":"):
            continue
        components = tuple(_COMPONENT.findall(inner[1:]))
        if " ".join(f'"{name}"' for name in components) != inner[1:].strip():
            continue
        try:
            raw = base64.b64decode(value[1:-1], validate=True)
        except (binascii.Error, ValueError):
            continue
        parameters = {name: text or number for name, text, number in _PARAMETER.findall(rest)}
        found.append(
            Candidate(components=components, parameters=parameters, stated=stated, signature=raw)
        )
    if not found:
        raise SignatureMissing("Signature-Input and Signature name no signature that can be read")
    return found


def check_digest(message: Message) -> None:
    """Pass when the body is the one its digest was made of.

    Raises:
        SignatureMissing: there is no sha-256 digest.
        DigestMismatch: it is another body.
    """
    if not message.body:
        return
    told = dict(_members(message.headers.get("content-digest", "")))
    if "sha-256" not in told:
        raise SignatureMissing("a signed request with a body has a Content-Digest with sha-256")
    if f"sha-256={told['sha-256']}" != digest_of(message.body):
        raise DigestMismatch("the body is not the one that was signed")


def check_coverage(message: Message, signed: Candidate, *, is_write: bool) -> None:
    """Pass when all that matters of the request is signed.

    Raises:
        SignatureMissing: something is not; the detail names it.
    """
    needed = ["@method", "@authority", "@path"]
    if message.query:
        needed.append("@query")
    if message.body:
        needed += ["content-digest", "content-type"]
    if "ucp-agent" in message.headers:
        needed.append("ucp-agent")
    if is_write or "idempotency-key" in message.headers:
        needed.append("idempotency-key")
    missing = [name for name in needed if name not in signed.components]
    if missing:
        raise SignatureMissing(f"not signed: {', '.join(missing)}")


def check_time(signed: Candidate, now: datetime) -> None:
    """Pass when the signature is of about now.

    Raises:
        SignatureInvalid: it was made too long ago or in the future, or has run out.
    """
    created, expires = signed.parameters.get("created"), signed.parameters.get("expires")
    seconds = now.timestamp()
    if created is not None and abs(seconds - _number(created)) > WINDOW.total_seconds():
        raise SignatureInvalid("the signature is too old, or of the future: look at your clock")
    if expires is not None and _number(expires) <= seconds:
        raise SignatureInvalid("the signature has run out")


def base_of(message: Message, components: Sequence[str], stated: str) -> bytes:
    """The text that is signed (RFC 9421, 2.5).

    Raises:
        SignatureInvalid: a component is named that the request does not have.
    """
    lines = [f'"{name}": {_value(message, name)}' for name in components]
    return "\n".join([*lines, f'"@signature-params": {stated}']).encode()


def key_named(keys: Sequence[Mapping[str, Any]], key_id: str) -> Mapping[str, Any]:
    """The agent's key of this name.

    Raises:
        SigningKeyNotFound: it publishes none.
    """
    for key in keys:
        if key_id and key.get("kid") == key_id:
            return key
    raise SigningKeyNotFound(f"your profile publishes no key {key_id[:100]!r}")


def verify(jwk: Mapping[str, Any], data: bytes, signature: bytes) -> None:
    """Pass when the signature was made by the private half of the key.

    Raises:
        AlgorithmUnsupported: a key of another kind than EC P-256, P-384 or Ed25519.
        SignatureInvalid: it was not.
    """
    try:
        if jwk.get("kty") == "OKP" and jwk.get("crv") == "Ed25519":
            public = ed25519.Ed25519PublicKey.from_public_bytes(_coordinate(jwk, "x", 32))
            public.verify(signature, data)
            return
        if jwk.get("kty") != "EC" or jwk.get("crv") not in _CURVES:
            raise AlgorithmUnsupported("keys are EC P-256, EC P-384 or Ed25519")
        _verify_ec(jwk, data, signature)
    except (InvalidSignature, ValueError):
        raise SignatureInvalid("the signature does not fit") from None


def _verify_ec(jwk: Mapping[str, Any], data: bytes, signature: bytes) -> None:
    curve, digest, size = _CURVES[jwk["crv"]]
    if len(signature) != 2 * size:
        raise ValueError("r and s side by side, not DER")
    numbers = ec.EllipticCurvePublicNumbers(
        int.from_bytes(_coordinate(jwk, "x", size), "big"),
        int.from_bytes(_coordinate(jwk, "y", size), "big"),
        curve(),
    )
    der = encode_dss_signature(
        int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big")
    )
    numbers.public_key().verify(der, data, ec.ECDSA(digest()))


def _coordinate(jwk: Mapping[str, Any], name: str, size: int) -> bytes:
    text = jwk.get(name)
    if not isinstance(text, str) or len(text) > 100:
        raise ValueError(f"the key has no {name}")
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if len(raw) != size:
        raise ValueError(f"{name} has {len(raw)} bytes")
    return raw


def _value(message: Message, name: str) -> str:
    derived = {
        "@method": message.method,
        "@authority": message.authority,
        "@path": message.path or "/",
        "@query": f"?{message.query}",
    }
    if name in derived:
        return derived[name]
    if name not in message.headers:
        raise SignatureInvalid(f"{name} is signed and not there")
    return message.headers[name].strip()


def _members(header: str) -> Iterator[tuple[str, str]]:
    """The members of a dictionary (RFC 8941), each value as it stands there."""
    depth, is_quoted, start = 0, False, 0
    parts = []
    for position, character in enumerate(header[:8_000]):
        if character == '"':
            is_quoted = not is_quoted
        elif not is_quoted and character in "()":
            depth += 1 if character == "(" else -1
        elif not is_quoted and depth == 0 and character == ",":
            parts.append(header[start:position])
            start = position + 1
    for part in [*parts, header[start:8_000]]:
        label, equals, value = part.strip().partition("=")
        if equals and _LABEL.fullmatch(label):
            yield label, value.strip()


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise SignatureInvalid("a time is a number of seconds") from None
