"""How a shop vouches for what its kiosks take along.

Manifests and pages of changes are signed with Ed25519 (RFC 8037) as JSON Web Signatures (RFC 7515),
so that a kiosk can tell that they are the shop's with the public key alone. Each price carries a
code that only the shop can make, which a kiosk gives back with what it sold: the shop knows its own
price again without keeping any.
"""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from galleria.faces.kiosk.model.packs import Jws
from galleria.foundation.rotation import Life, opens_at

# What is signed says what it is: a page of changes passes for no manifest (RFC 8725, 3.11).
PACK_TYPE = "galleria-offline-pack+json"
CHANGES_TYPE = "galleria-offline-changes+json"
CODE_BYTES = 16  # of the MAC: none is guessed within the life of a pack
# A kiosk that was away comes back with what it sold: for so long an old key is believed.
GRACE = timedelta(days=30)


class SigningKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key pair of the shop; the private half is sealed."""

    key_id: UUID
    public_key: bytes
    private_sealed: bytes
    made_at: datetime
    grace_ends_at: datetime | None = None

    @property
    def life(self) -> Life:
        """When it is believed no more."""
        return Life(grace_ends_at=self.grace_ends_at)

    def is_believed(self, now: datetime) -> bool:
        """True for the one that signs, and for its forerunners in their grace."""
        return opens_at(self.life, now)


class Jwk(msgspec.Struct, frozen=True, kw_only=True):
    """A public key as RFC 7517 and 8037 write it."""

    kid: str
    x: str
    kty: str = "OKP"
    crv: str = "Ed25519"
    alg: str = "EdDSA"
    use: str = "sig"


class Jwks(msgspec.Struct, frozen=True):
    """The keys with which packs of the shop may be signed at present, the newest first."""

    keys: list[Jwk]


class _Header(msgspec.Struct, frozen=True):
    typ: str


class Priced(msgspec.Struct, frozen=True, kw_only=True):
    """What a price code vouches for: this variant, in this channel, at this price until then."""

    channel: str
    variant_id: UUID
    amount_minor: int
    currency: str


def new_pair() -> tuple[bytes, bytes]:
    """A private key and its public one, 32 bytes each."""
    private = Ed25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def jwk_of(key: SigningKey) -> Jwk:
    """The public half, for whoever checks a manifest."""
    return Jwk(kid=str(key.key_id), x=_text(key.public_key))


class Signer(msgspec.Struct, frozen=True):
    """The key that signs at present, its private half in clear."""

    key_id: UUID
    private: bytes

    def sign(self, kind: str, payload: bytes) -> Jws:
        """The payload, signed as being of this kind."""
        header = msgspec.json.encode({"alg": "EdDSA", "kid": str(self.key_id), "typ": kind})
        protected, body = _text(header), _text(payload)
        key = Ed25519PrivateKey.from_private_bytes(self.private)
        return Jws(body, protected, _text(key.sign(f"{protected}.{body}".encode())))


def payload_of(jws: Jws, public: bytes, kind: str = PACK_TYPE) -> bytes | None:
    """What was signed; None when this key has not signed it, or as something else."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(
            _bytes(jws.signature), f"{jws.protected}.{jws.payload}".encode()
        )
        header = msgspec.json.decode(_bytes(jws.protected), type=_Header)
        return _bytes(jws.payload) if header.typ == kind else None
    except (InvalidSignature, ValueError):
        return None


def body_of(jws: Jws) -> bytes:
    """What was signed, for whoever has kept it and need not check."""
    return _bytes(jws.payload)


def code_key(private: bytes, tenant_id: int) -> bytes:
    """What price codes are made with: of one shop, and of no use for signatures."""
    return hmac.new(private, b"kiosk price codes of %d" % tenant_id, hashlib.sha256).digest()


def price_code(key: bytes, priced: Priced, until: datetime) -> str:
    """The code of a price that holds until then, to the second."""
    ends_s = int(until.timestamp())
    return f"{ends_s}.{_text(_mac(key, priced, ends_s))}"


def holds_until(key: bytes, priced: Priced, code: str) -> datetime | None:
    """Until when the shop vouched for this price by this code; None when it did not."""
    ends, _, text = code.partition(".")
    if not ends.isascii() or not ends.isdigit() or len(ends) > 11:
        return None
    try:
        given = _bytes(text)
    except ValueError:
        return None
    if not hmac.compare_digest(given, _mac(key, priced, int(ends))):
        return None
    return datetime.fromtimestamp(int(ends), UTC)


def _mac(key: bytes, priced: Priced, ends_s: int) -> bytes:
    said = msgspec.json.encode([*msgspec.structs.astuple(priced), ends_s])
    return hmac.new(key, said, hashlib.sha256).digest()[:CODE_BYTES]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
