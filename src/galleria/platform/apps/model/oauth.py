"""How an app asks for approval: which questions are answered, and where the answer goes.

Source: OAuth 2.1 (draft-ietf-oauth-v2-1), PKCE (RFC 7636), the issuer in answers (RFC 9207).
"""

import base64
import hashlib
import hmac
import re
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

import msgspec

from galleria.platform.apps.errors import (
    CodeNotAccepted,
    OAuthRefused,
    ResponseTypeUnsupported,
    ScopeNotInManifest,
)
from galleria.platform.apps.model.manifest import Manifest

CODE_LIFE = timedelta(seconds=60)
METHOD = "S256"
MOST_STATE = 1_000
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # 32 bytes in base64url
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_STATE = re.compile(r"[\x20-\x7e]*")


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What the app's address of `/oauth/authorize` asks, as it came."""

    client_id: str
    redirect_uri: str
    response_type: str = ""
    code_challenge: str = ""
    code_challenge_method: str = ""
    scope: str = ""
    state: str = ""


def check_redirect(manifest: Manifest, redirect_uri: str) -> None:
    """Pass when an answer may be sent there: only to the letter as the manifest has it.

    Raises:
        OAuthRefused: nothing may be sent there, not even that it was refused.
    """
    if redirect_uri not in manifest.redirect_uris:
        raise OAuthRefused("the redirect_uri is none of the app's manifest")


def check_question(manifest: Manifest, asked: Question) -> None:
    """Pass when the question may be put to the merchant.

    Raises:
        ResponseTypeUnsupported, ScopeNotInManifest, OAuthRefused: it may not; the app is told.
    """
    if asked.response_type != "code":
        raise ResponseTypeUnsupported("response_type is code")
    if asked.code_challenge_method != METHOD or not _CHALLENGE.fullmatch(asked.code_challenge):
        raise OAuthRefused("a code_challenge by S256 is required")
    if asked.scope and set(asked.scope.split()) != set(manifest.scopes):
        raise ScopeNotInManifest("scope, when it is sent, names the scopes of the manifest")
    if len(asked.state) > MOST_STATE or not _STATE.fullmatch(asked.state):
        raise OAuthRefused(f"state has at most {MOST_STATE} printable ASCII characters")


def check_verifier(verifier: str, challenge: str) -> None:
    """Pass when whoever sends the verifier has made the challenge.

    Raises:
        CodeNotAccepted: they have not.
    """
    digest = hashlib.sha256(verifier.encode()).digest()
    made = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if not _VERIFIER.fullmatch(verifier) or not hmac.compare_digest(made, challenge):
        raise CodeNotAccepted("the code_verifier does not fit the code_challenge")


def answer_address(redirect_uri: str, **said: str) -> str:
    """Where the browser goes with the answer; what is empty is left out."""
    query = urlencode({name: value for name, value in said.items() if value})
    return redirect_uri + ("&" if urlsplit(redirect_uri).query else "?") + query
