"""An app in a shop: proposed by its manifest, installed once it has its key."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from galleria.foundation.rotation import Life, opens_at
from galleria.platform.apps.model.manifest import Manifest

MOST_APPS = 50  # the rules of all of them are asked at each checkout
CLIENT, SECRET, CODE = "app", "appsecret", "appcode"  # kinds of tokens
DEFAULT_GRACE_HOURS = 24
MOST_GRACE_HOURS = 24 * 7  # as for webhooks, which are signed with the same secrets

Status = Literal["proposed", "installed"]
WhichSecret = Literal["client_secret", "signing_secret"]


class AppsSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How apps are talked with."""

    allow_http: bool = False
    """true lets addresses of apps be http:// too: for development. Private addresses need to be
    allowed by GALLERIA_OUTBOUND_ALLOW besides."""
    rule_deadline_ms: Annotated[int, Meta(ge=50, le=5_000)] = 800
    """Milliseconds that a checkout waits for all rules of apps together."""


class App(msgspec.Struct, frozen=True, kw_only=True):
    """An app of the shop. `pending` is a manifest that wants more than was approved."""

    app_id: UUID
    handle: str
    client_id: str
    status: Status
    manifest: Manifest
    pending: Manifest | None
    manifest_url: str | None
    key_ids: list[UUID]
    endpoint_ids: list[UUID]
    approved_by: str | None
    installed_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime

    @property
    def wanted(self) -> Manifest:
        """What it would be allowed by the next approval."""
        return self.pending or self.manifest


class AddedApp(msgspec.Struct, frozen=True, kw_only=True):
    """A new app, and the secret by which it proves that it is the one: told this once."""

    app: App
    client_secret: str


class Signing(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent to an app is signed with, encrypted: `newest`, and the one before it until
    `old_ends_at`."""

    newest: bytes
    old: bytes | None = None
    old_ends_at: datetime | None = None

    def alive_at(self, now: datetime) -> list[bytes]:
        """Those that sign at this instant, the newest first."""
        if self.old is None or not opens_at(Life(grace_ends_at=self.old_ends_at), now):
            return [self.newest]
        return [self.newest, self.old]


class NewSecret(msgspec.Struct, frozen=True, kw_only=True):
    """A secret that has replaced another, told this once; that one holds until `old_ends_at`."""

    which: WhichSecret
    secret: str
    old_ends_at: datetime


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """An approval on its way to the app."""

    app_id: UUID
    redirect_uri: str
    code_challenge: str
    manifest: Manifest
    approved_by: str
    expires_at: datetime
    used_at: datetime | None = None


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """What an app gets for its code: a key of the shop (RFC 6749, 5.1), and what all that the house
    sends to the app is signed with."""

    access_token: str
    scope: str
    shop: str
    app_id: UUID
    signing_secret: str
    token_type: str = "Bearer"  # noqa: S105 - a kind, no secret
