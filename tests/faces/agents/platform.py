"""An agent's own server: its profile, its keys, and the address that takes news of orders.

Signs by itself, with nothing of the product, so that a mistake there is not repeated here.
"""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from tests.engines.outbound.servers import LocalServer, Received, head, serving

CAPABILITIES = (
    "dev.ucp.shopping.checkout",
    "dev.ucp.shopping.fulfillment",
    "dev.ucp.shopping.order",
    "dev.ucp.shopping.cart",
    "dev.ucp.shopping.catalog.search",
    "dev.ucp.shopping.catalog.lookup",
)


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Platform:
    """What the agent says of itself, and what came to it."""

    version: str = "2026-08-25"
    capabilities: tuple[str, ...] = CAPABILITIES
    raw_profile: bytes | None = None
    status: int = 200
    takes_news: int = 200
    private: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    server: LocalServer = field(default_factory=lambda: LocalServer("", 0))

    @property
    def profile_url(self) -> str:
        return f"{self.server.url}/profile.json"

    @property
    def news(self) -> list[Received]:
        return [each for each in self.server.received if each.method == "POST"]

    @property
    def fetched(self) -> int:
        return sum(each.method == "GET" for each in self.server.received)

    def jwk(self) -> dict[str, Any]:
        public = self.private.public_key()
        if isinstance(self.private, ed25519.Ed25519PrivateKey):
            x = text(public.public_bytes_raw())
            return {"kid": "mine", "kty": "OKP", "crv": "Ed25519", "x": x}
        point = public.public_numbers()
        x, y = (text(each.to_bytes(32, "big")) for each in (point.x, point.y))
        return {"kid": "mine", "kty": "EC", "crv": "P-256", "x": x, "y": y}

    def profile(self) -> bytes:
        config = {"webhook_url": f"{self.server.url}/news?shop=1"}
        entries = {
            name: [{"version": self.version, **({"config": config} if "order" in name else {})}]
            for name in self.capabilities
        }
        ucp = {"version": self.version, "services": {}, "capabilities": entries}
        return msgspec.json.encode({"ucp": ucp, "keys": [self.jwk()]})

    def sign(
        self,
        host: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        parameters: str,
        *,
        method: str = "POST",
        leaves_out: str = "",
    ) -> dict[str, str]:
        """The headers with a signature of all that has to be signed."""
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        said = {**headers, "content-digest": f"sha-256=:{digest}:"}
        values = {"@method": method, "@authority": host, "@path": path, **said}
        names = [name for name in values if name != leaves_out]
        stated = f"({' '.join(f'{chr(34)}{name}{chr(34)}' for name in names)});{parameters}"
        lines = [f'"{name}": {values[name]}' for name in names]
        base = "\n".join([*lines, f'"@signature-params": {stated}']).encode()
        if isinstance(self.private, ed25519.Ed25519PrivateKey):
            signature = self.private.sign(base)
        else:
            r, s = decode_dss_signature(self.private.sign(base, ec.ECDSA(hashes.SHA256())))
            signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        encoded = base64.b64encode(signature).decode()
        return {**said, "signature-input": f"sig1={stated}", "signature": f"sig1=:{encoded}:"}


def verifies(jwk: dict[str, Any], data: bytes, signature: bytes) -> None:
    """Raise unless the holder of the key signed the data."""
    x, y = (
        int.from_bytes(base64.urlsafe_b64decode(jwk[name] + "=="), "big") for name in ("x", "y")
    )
    public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    public.verify(encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256()))


@asynccontextmanager
async def platform(**said: Any) -> AsyncIterator[Platform]:
    """The agent's server is up."""
    agent = Platform(**said)

    async def answer(request: Received, writer: asyncio.StreamWriter) -> None:
        if request.method == "POST":
            writer.write(head(agent.takes_news, 2) + b"{}")
            return
        body = agent.profile() if agent.raw_profile is None else agent.raw_profile
        writer.write(head(agent.status, len(body), location=f"{agent.server.url}/else") + body)

    async with serving(answer) as server:
        agent.server = server
        yield agent
