"""The shop's keys: one signs, those before it are believed for a while."""

from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.faces.kiosk.model import signing
from galleria.faces.kiosk.model.signing import Jwks, Signer, SigningKey
from galleria.faces.kiosk.repository import packs as repository
from galleria.foundation.ids import new_id
from galleria.foundation.rotation import grace_end
from galleria.platform import audit

_PURPOSE = "kiosk signing key"


async def public_keys(ctx: Context) -> Jwks:
    """The public keys of all that may have signed what is still believed, the newest first."""
    known = await repository.keys(ctx)
    return Jwks([signing.jwk_of(each) for each in known if each.is_believed(ctx.now)])


async def signing_key(ctx: Context) -> SigningKey:
    """The key that signs; the shop's first one is made when it is asked for."""
    for each in await repository.keys(ctx):
        if each.grace_ends_at is None:
            return each
    async with ctx.transaction() as tx:
        await repository.lock(tx)
        known = await repository.keys(tx)
        alive = [each for each in known if each.grace_ends_at is None]
        return alive[0] if alive else await _new(tx)


async def rotate(ctx: Context) -> Jwks:
    """Another key signs from now on; what the one before it has signed is believed for 30 days.

    Packs that are there keep their signature, and prices in them their codes.
    """
    async with ctx.transaction() as tx:
        await repository.lock(tx)
        await repository.delete_ended_keys(tx, ctx.now)
        alive = [each for each in await repository.keys(tx) if each.grace_ends_at is None]
        if alive:
            await repository.end_keys(tx, grace_end(alive[0].life, ctx.now, signing.GRACE))
        made = await _new(tx)
        await audit.record(tx, "kiosk.key_rotated", f"kiosk_key:{made.key_id}", {})
    return await public_keys(ctx)


async def private_of(ctx: Context, key: SigningKey) -> bytes:
    """The private half in clear."""
    secrets = ctx.engines.secrets
    return await secrets.decrypt(ctx.tenant.tenant_id, key.private_sealed, _PURPOSE)


async def signer(ctx: Context) -> Signer:
    """What signs at present, ready to do so."""
    key = await signing_key(ctx)
    return Signer(key.key_id, await private_of(ctx, key))


async def believed_code_keys(ctx: Context) -> list[bytes]:
    """What codes that are believed at present may have been made with."""
    return [
        signing.code_key(await private_of(ctx, each), ctx.tenant.tenant_id)
        for each in await repository.keys(ctx)
        if each.is_believed(ctx.now)
    ]


async def _new(tx: Transaction) -> SigningKey:
    private, public = signing.new_pair()
    tenant_id = tx.tenant.tenant_id
    key = SigningKey(
        key_id=new_id(),
        public_key=public,
        private_sealed=await tx.ctx.engines.secrets.encrypt(tenant_id, private, _PURPOSE),
        made_at=tx.now,
    )
    await repository.add_key(tx, key)
    return key
