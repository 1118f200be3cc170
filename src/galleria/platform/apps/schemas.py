"""What programs and the back office send about apps."""

from typing import Annotated

import msgspec
from msgspec import Meta

from galleria.foundation.http import HttpUrl, WireInput
from galleria.platform.apps.model.apps import DEFAULT_GRACE_HOURS, MOST_GRACE_HOURS, WhichSecret
from galleria.platform.apps.model.manifest import Manifest
from galleria.platform.apps.model.oauth import MOST_STATE


class NewManifest(WireInput):
    """What an app says of itself, or the address where it says so: exactly one of the two."""

    manifest: Manifest | None = None
    manifest_url: HttpUrl | None = None


class Approval(WireInput):
    """Agree to all that the app asks for at present, which is at its `version`. The code that
    comes back is exchanged by the app, which has made the challenge (PKCE, S256)."""

    version: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    redirect_uri: HttpUrl
    code_challenge: Annotated[str, Meta(max_length=43, pattern=r"^[A-Za-z0-9_-]{43}$(?!\n)")]
    state: Annotated[str, Meta(max_length=MOST_STATE, pattern=r"^[\x20-\x7e]*$(?!\n)")] = ""


class Approved(msgspec.Struct, frozen=True, kw_only=True):
    """Where the merchant's browser goes next; the address holds the code, good for a minute."""

    redirect_to: str


class ReplaceSecret(WireInput):
    """Which secret of an app a new one takes the place of. An old signing secret signs too for so
    many hours; an old client secret ends at once."""

    which: WhichSecret
    grace_hours: Annotated[int, Meta(ge=0, le=MOST_GRACE_HOURS)] = DEFAULT_GRACE_HOURS


class TokenRequest(WireInput):
    """What an app sends to get its key (RFC 6749, 4.1.3), as OAuth names it."""

    grant_type: str
    code: str
    redirect_uri: str
    code_verifier: str
    client_id: str
    client_secret: str
