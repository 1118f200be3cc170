"""The keys a shop signs with: made at first use, the private part readable by the shop alone."""

import base64
import hashlib
from datetime import timedelta
from typing import Any

import msgspec
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.faces.agents import repository
from galleria.faces.agents.repository import KeptKey
from galleria.platform import audit

GRACE = timedelta(days=7)  # the protocol's least: agents may have kept the profile
_PURPOSE = "agents.signing_key"
_BYTES = 32  # of a coordinate, and of each half of a signature, on P-256


class SigningKey(msgspec.Struct, frozen=True):
    """A key in use, with its name."""

    kid: str
    private: Any

    def sign(self, data: bytes) -> bytes:
        """The signature as r and s side by side, 64 bytes (RFC 9421, 3.3.4; RFC 7518, 3.4)."""
        r, s = decode_dss_signature(self.private.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(_BYTES, "big") + s.to_bytes(_BYTES, "big")


async def public_keys(ctx: Context) -> list[dict[str, Any]]:
    """What agents verify with: the key in use and those of the last days, as JWKs."""
    kept = await repository.keys(ctx, ctx.now - GRACE)
    if not any(each.retired_at is None for each in kept):
        await signing_key(ctx)
        kept = await repository.keys(ctx, ctx.now - GRACE)
    return [each.public_jwk for each in kept]


async def signing_key(ctx: Context) -> SigningKey:
    """The key to sign with, made now when there is none."""
    kept = await repository.keys(ctx, ctx.now - GRACE)
    if not kept or kept[0].retired_at is not None:
        async with ctx.transaction() as tx:
            await repository.add_key(tx, await _new_key(ctx))
        kept = await repository.keys(ctx, ctx.now - GRACE)
    return await _opened(ctx, kept[0])


async def rotate_key(ctx: Context) -> str:
    """Another key is in use; the one before is published for a week more. The new one's name."""
    fresh = await _new_key(ctx)
    async with ctx.transaction() as tx:
        await repository.retire_keys(tx)
        await _add(tx, fresh)
    return fresh.kid


async def _add(tx: Transaction, fresh: KeptKey) -> None:
    await repository.add_key(tx, fresh)
    await audit.record(tx, "agents.signing_key_rotated", f"signing_key:{fresh.kid}")


async def _opened(ctx: Context, kept: KeptKey) -> SigningKey:
    tenant_id = ctx.tenant.tenant_id
    plain = await ctx.engines.secrets.decrypt(tenant_id, kept.private_sealed, _PURPOSE)
    private = serialization.load_der_private_key(plain, password=None)
    return SigningKey(kept.kid, private)


async def _new_key(ctx: Context) -> KeptKey:
    private = ec.generate_private_key(ec.SECP256R1())
    point = private.public_key().public_numbers()
    jwk = {"crv": "P-256", "kty": "EC", "x": _number(point.x), "y": _number(point.y)}
    # RFC 7638: the name of a key is the hash of what it is.
    kid = _text(hashlib.sha256(msgspec.json.encode(jwk, order="sorted")).digest())
    der = private.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    sealed = await ctx.engines.secrets.encrypt(ctx.tenant.tenant_id, der, _PURPOSE)
    return KeptKey(kid, sealed, {"kid": kid, **jwk, "use": "sig", "alg": "ES256"}, None)


def _number(value: int) -> str:
    return _text(value.to_bytes(_BYTES, "big"))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
