"""The way into a shop: OAuth 2.1, an authorization code with PKCE.

The merchant brings the app's manifest into the shop and gives the app the client id and secret that
the shop has made for it. The app sends the merchant's browser to the back office, and gets a code
back, which it exchanges for its key.
Source: RFC 6749 (4.1), RFC 7636 (PKCE, S256), RFC 9207 (who answers).
"""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from urllib.parse import urlencode

import httpx

from order_limit.settings import Settings
from order_limit.store import Installing, Shop, Store

TIMEOUT_S = 10.0


class NotInstalled(Exception):
    """The installation ends here; the message says why."""


def begin(settings: Settings, store: Store, client_id: str, client_secret: str) -> tuple[str, str]:
    """Where the merchant's browser goes to approve, and the state it comes back with."""
    installing = Installing(
        state=secrets.token_urlsafe(32),
        client_id=client_id,
        client_secret=client_secret,
        verifier=secrets.token_urlsafe(48),
    )
    store.begin(installing, time.time())
    digest = hashlib.sha256(installing.verifier.encode()).digest()
    question = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri(settings),
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        "state": installing.state,
    }
    return f"{settings.office}/oauth/authorize?{urlencode(question)}", installing.state


def finish(settings: Settings, store: Store, answer: Mapping[str, str], state: str) -> Shop:
    """The shop that the merchant has let the app into; its key and secrets are stored.

    Args:
        settings: where Galleria is.
        store: where the installation began.
        answer: what the browser brought along.
        state: what this browser was given when it began, so that nobody is led into an
            installation that somebody else began.

    Raises:
        NotInstalled: it did not begin here, the merchant refused, or the code is not good.
    """
    brought = answer.get("state", "")
    if not state or not hmac.compare_digest(brought.encode(), state.encode()):
        raise NotInstalled("this installation did not begin in this browser")
    installing = store.take(brought, time.time())
    if installing is None:
        raise NotInstalled("this installation took too long, or has ended already")
    if answer.get("iss") != settings.office:
        raise NotInstalled("the answer is from somebody else than was asked")
    if "code" not in answer:
        raise NotInstalled(f"the shop says: {answer.get('error', 'nothing')[:100]}")
    return _exchange(settings, store, installing, answer["code"])


def redirect_uri(settings: Settings) -> str:
    """Where the back office sends the browser; to the letter as the manifest has it."""
    return f"{settings.url}/installed"


def _exchange(settings: Settings, store: Store, installing: Installing, code: str) -> Shop:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri(settings),
        "code_verifier": installing.verifier,
        "client_id": installing.client_id,
        "client_secret": installing.client_secret,
    }
    try:
        answer = httpx.post(f"{settings.api}/oauth/token", data=form, timeout=TIMEOUT_S)
        said = answer.json()
    except (httpx.HTTPError, ValueError):
        raise NotInstalled("the shop gives no answer that can be read") from None
    if answer.status_code != 200:
        raise NotInstalled(f"the shop says: {said.get('error_description', said.get('error'))}")
    shop = Shop(
        shop=said["shop"],
        app_id=said["app_id"],
        client_id=installing.client_id,
        client_secret=installing.client_secret,
        access_token=said["access_token"],
    )
    store.add_shop(shop, said["signing_secret"])
    return shop
