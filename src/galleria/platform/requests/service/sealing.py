"""What is kept of headers and bodies, in the shop's own encryption."""

import msgspec

from galleria.engines.context import Context
from galleria.platform.requests.model.kept import KeptParts

_PURPOSE = "requests of keys"


async def seal(ctx: Context, parts: KeptParts) -> bytes:
    """The parts as only this shop's key reads them."""
    plain = msgspec.msgpack.encode(parts)
    return await ctx.engines.secrets.encrypt(ctx.tenant.tenant_id, plain, _PURPOSE)


async def unseal(ctx: Context, sealed: bytes) -> KeptParts:
    """What `seal` was given."""
    plain = await ctx.engines.secrets.decrypt(ctx.tenant.tenant_id, sealed, _PURPOSE)
    return msgspec.msgpack.decode(plain, type=KeptParts)
