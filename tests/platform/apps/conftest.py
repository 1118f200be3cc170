"""Shops that take apps in from the loopback, and an app that asks as OAuth has it."""

import base64
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

import galleria.bindings  # noqa: F401 - the roof says who answers
from galleria.engines.context import Context, Engines
from galleria.engines.outbound import Outbound, parse_allowances
from galleria.platform import apps
from galleria.platform.apps import Approval, AppsSettings, Manifest, NewManifest, TokenRequest
from galleria.platform.webhooks import WebhooksSettings
from tests.platform.conftest import OpenShop

BACK = "https://app.example/installed?from=shop"
VERIFIER = "a-verifier-of-at-least-43-characters-0123456789"
PLACED = "orders.order_placed.v1"


def challenge_of(verifier: str) -> str:
    """The PKCE challenge of a verifier, by S256."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def manifest(**wanted: Any) -> dict[str, Any]:
    """An app that reads orders."""
    return {
        "handle": "reviews",
        "name": "Acme Reviews",
        "developer": "Acme",
        "redirect_uris": [BACK],
        "scopes": ["orders:read"],
        **wanted,
    }


def new(**wanted: Any) -> NewManifest:
    """The same as it is sent."""
    return NewManifest(manifest=msgspec.convert(manifest(**wanted), Manifest))


@pytest.fixture
async def engines(engines: Engines) -> AsyncIterator[Engines]:
    """The run's engines with a way out to the loopback."""
    outbound = Outbound(parse_allowances("127.0.0.0/8"))
    settings: dict[type[Any], Any] = {
        WebhooksSettings: WebhooksSettings(allow_http=True),
        AppsSettings: AppsSettings(allow_http=True),
    }
    yield replace(engines, outbound=outbound, room_settings=settings)
    await outbound.close()


@pytest.fixture
async def shop(open_shop: OpenShop, engines: Engines) -> Context:
    """A shop in this house."""
    ctx = await open_shop()
    return Context(engines, ctx.tenant, ctx.actor, "test")


@dataclass
class Client:
    """An app in a shop, by what it knows of itself."""

    app: apps.App
    client_secret: str

    async def code(self, ctx: Context, state: str = "") -> str:
        """The code that the merchant's browser brings after an approval by the actor."""
        present = await apps.get_app(ctx, self.app.app_id)
        approval = Approval(
            version=present.version,
            redirect_uri=BACK,
            code_challenge=challenge_of(VERIFIER),
            state=state,
        )
        approved = await apps.approve(ctx, present.app_id, approval)
        return parse_qs(urlsplit(approved.redirect_to).query)["code"][0]

    def request(self, code: str, /, **changes: str) -> TokenRequest:
        """What the app sends for its key."""
        sent = TokenRequest(
            grant_type="authorization_code",
            code=code,
            redirect_uri=BACK,
            code_verifier=VERIFIER,
            client_id=self.app.client_id,
            client_secret=self.client_secret,
        )
        return msgspec.structs.replace(sent, **changes)

    async def install(self, ctx: Context) -> apps.Token:
        """Approved and exchanged."""
        return await apps.exchange(ctx, self.request(await self.code(ctx)))


async def added(ctx: Context, **wanted: Any) -> Client:
    """An app the merchant has brought in."""
    made = await apps.add_app(ctx, new(**wanted))
    return Client(made.app, made.client_secret)
