"""The sample app by itself: whom it believes, and whom it does not."""

import base64
import hashlib
import importlib
import json
import sqlite3
import stat
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import msgspec
import pytest
from litestar.testing import TestClient
from standardwebhooks.webhooks import Webhook

from galleria.foundation.ids import new_id
from galleria.platform.apps.model.tokens import PageSession, signed
from tests.delays import delays_of_the_machine
from tools.house_code import ROOT

pytestmark = pytest.mark.clients

APP = "http://127.0.0.1:8100"
OFFICE = "http://admin.localhost:8000"
SHOP = "prints"
CLIENT = "gal_app_1_x"
TEA = "01990000-0000-7000-8000-000000000001"
RULE_DEADLINE_S = 0.8  # what a checkout waits for, if nobody sets it otherwise


def secret_of(letter: str) -> str:
    """A signing secret."""
    return "whsec_" + base64.b64encode(letter.encode() * 32).decode()


SECRET, NEWER, STRANGE = secret_of("a"), secret_of("b"), secret_of("x")


@dataclass
class Scene:
    """The app, its file, and a shop that it may be exchanging codes with."""

    app: TestClient[Any]
    store: Any
    path: Path
    exchanged: list[dict[str, str]]

    def heard(self) -> list[str]:
        """The numbers of the orders it has noted."""
        return [each.number for each in self.store.orders(SHOP)]


@pytest.fixture
def scene(package: Any, tmp_path: Path) -> Iterator[Scene]:
    """An app that one shop has installed."""
    sys.path.insert(0, str(ROOT / "starters/sample-app/src"))
    app = importlib.import_module("order_limit.app")
    stored = importlib.import_module("order_limit.store")
    settings = importlib.import_module("order_limit.settings")
    path = tmp_path / "app.sqlite"
    asked: list[dict[str, str]] = []
    with _shop(asked) as api:
        made = settings.Settings(url=APP, api=api, office=OFFICE, data=path)
        with TestClient(app.make_app(made), base_url=APP) as client:
            store = stored.Store(path)
            shop = stored.Shop(SHOP, "an-app", CLIENT, "a-client-secret", "gal_rk_x")
            store.add_shop(shop, SECRET)
            limit = importlib.import_module("order_limit.rule").Limit(TEA, "Tea", 2)
            store.set_limit(SHOP, limit)
            yield Scene(client, store, path, asked)
    sys.path.remove(str(ROOT / "starters/sample-app/src"))


@contextmanager
def _shop(asked: list[dict[str, str]]) -> Iterator[str]:
    """A place where codes are exchanged, all but `used`, and no product is found."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            status: int = 409
            answer: dict[str, Any] = {"code": "dictionary_handle_taken"}
            if self.path == "/oauth/token":
                asked.append({name: value for name, (value,) in parse_qs(body).items()})
                status, answer = 200, {"shop": "tea", "app_id": str(uuid4())}
                answer |= {"access_token": "gal_rk_tea", "signing_secret": NEWER}
                if asked[-1]["code"] == "used":
                    status, answer = 400, {"error": "invalid_grant"}
            self._say(status, answer)

        def do_GET(self) -> None:
            self._say(200, {"items": [], "next_cursor": None})

        def _say(self, status: int, answer: dict[str, Any]) -> None:
            said = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def message(secrets: list[str], body: dict[str, Any], *, age_s: float = 0) -> dict[str, Any]:
    """A request as the house sends it, signed by the standard's own library."""
    raw, message_id = json.dumps(body), str(uuid4())
    sent_at = datetime.fromtimestamp(time.time() - age_s, UTC)
    signatures = [Webhook(each).sign(message_id, sent_at, raw) for each in secrets]
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(sent_at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
    return {"content": raw, "headers": headers}


def placed(number: str = "1001") -> dict[str, Any]:
    """An order that somebody has placed."""
    data = {"number": number, "items": [{"quantity": 2}], "placed_at": "2026-11-22T08:00:00Z"}
    return {"type": "orders.order_placed.v1", "shop": SHOP, "data": data}


def question(*quantities: int, product_id: str = TEA) -> dict[str, Any]:
    """A checkout of so many pieces, a line each."""
    lines = [{"product_id": product_id, "quantity": each} for each in quantities]
    return {"type": "apps.checkout_rule.v1", "shop": SHOP, "data": {"lines": lines}}


def test_a_message_of_the_shop_is_noted_once(scene: Scene) -> None:
    sent = message([SECRET], placed())
    assert [scene.app.post("/hook", **sent).status_code for _ in range(2)] == [200, 200]
    assert scene.heard() == ["1001"]


@pytest.mark.parametrize("path", ["/hook", "/rule"])
def test_a_message_that_is_not_signed_by_the_shop_is_refused(scene: Scene, path: str) -> None:
    right = message([SECRET], placed())
    changed = {**right, "content": right["content"].replace("1001", "1002")}
    another_id = {**right, "headers": {**right["headers"], "webhook-id": "another"}}
    bare = {"content": right["content"]}
    for wrong in (
        message([STRANGE], placed()),
        message([SECRET], {**placed(), "shop": "ceramics"}),
        message([SECRET], {**placed(), "shop": [SHOP]}),
        message([SECRET], placed(), age_s=310),
        message([SECRET], placed(), age_s=-310),
        *(changed, another_id, bare),
        {"content": b"["},
    ):
        assert scene.app.post(path, **wrong).status_code == 401, wrong
    assert scene.heard() == []


def test_one_right_signature_of_several_is_enough(scene: Scene) -> None:
    both = message([NEWER, SECRET], placed("1"))
    assert scene.app.post("/hook", **both).status_code == 200
    newer = message([NEWER], placed("2"))
    assert scene.app.post("/hook", **newer).status_code == 401
    scene.store.add_signing_secret(SHOP, NEWER, time.time() + 60)
    for sent in (newer, message([SECRET], placed("3"))):
        assert scene.app.post("/hook", **sent).status_code == 200
    scene.store.add_signing_secret(SHOP, NEWER, time.time() - 1)
    assert scene.app.post("/hook", **message([SECRET], placed("4"))).status_code == 401
    assert scene.heard() == ["3", "2", "1"]


def test_the_checkout_is_answered_in_time_and_by_product(scene: Scene) -> None:
    for asked, decision in (
        (question(2), "allow"),
        (question(1, 2), "refuse"),
        (question(3, product_id=str(uuid4())), "allow"),
    ):
        with delays_of_the_machine() as delayed_s:
            began = time.monotonic()
            answer = scene.app.post("/rule", **message([SECRET], asked))
            assert time.monotonic() - began < RULE_DEADLINE_S + delayed_s()
        assert (answer.status_code, answer.json()["decision"]) == (200, decision)
    over = scene.app.post("/rule", **message([SECRET], question(3))).json()
    assert over["message"] == "One order holds at most 2 of “Tea”."


def page_token(key: str = SECRET, **wrong: Any) -> str:
    """What the back office opens the page with."""
    now = int(time.time())
    session = PageSession(
        iss=OFFICE,
        aud=CLIENT,
        sub="mia",
        shop=SHOP,
        page=0,
        locale="en",
        iat=now,
        exp=now + 60,
        jti=new_id(),
    )
    made = base64.b64decode(key.removeprefix("whsec_"))
    return signed(msgspec.structs.replace(session, **wrong), made)


def unsigned() -> str:
    """A token that says of itself that it needs no signature."""
    head = base64.urlsafe_b64encode(b'{"alg": "none"}').rstrip(b"=").decode()
    return f"{head}.{page_token().split('.')[1]}."


def test_the_page_is_shown_to_whom_the_back_office_sends(scene: Scene) -> None:
    shown = scene.app.get("/page", params={"session_token": page_token()})
    assert shown.status_code == 200 and "Tea" in shown.text
    assert f"frame-ancestors {OFFICE}" in shown.headers["content-security-policy"]
    for wrong in (
        page_token(STRANGE),
        page_token(exp=int(time.time()) - 1),
        page_token(aud="gal_app_1_y"),
        page_token(iss="http://admin.evil.example"),
        page_token(shop="ceramics"),
        page_token()[:-3],
        unsigned(),
        *("", "a.b.c", "nothing"),
    ):
        refused = scene.app.get("/page", params={"session_token": wrong})
        assert (refused.status_code, "Tea" in refused.text) == (401, False), wrong


def test_a_form_of_the_page_needs_the_apps_own_session(scene: Scene) -> None:
    shown = scene.app.get("/page", params={"session_token": page_token()})
    session = shown.text.partition('name="session" value="')[2].partition('"')[0]
    form = {"do": "secrets", "hours": "1", "signing_secret": NEWER}
    # The token of the back office, good as it is, is no session, nor is one that somebody made.
    forged = session.rpartition(".")[0] + ".AAAA"
    for wrong in (page_token(), forged, ""):
        assert scene.app.post("/change", data={**form, "session": wrong}).status_code == 401
    assert scene.store.signing_secrets(SHOP, time.time()) == [SECRET]
    bad = scene.app.post("/change", data={**form, "session": session, "signing_secret": "short"})
    assert "A signing secret is" in bad.text
    kept = scene.app.post("/change", data={**form, "session": session})
    assert kept.status_code == 200 and "are kept" in kept.text
    assert scene.store.signing_secrets(SHOP, time.time()) == [NEWER, SECRET]
    assert scene.store.signing_secrets(SHOP, time.time() + 3_601) == [NEWER]


def began(scene: Scene) -> dict[str, str]:
    """What the browser takes along to the back office."""
    form = {"client_id": "gal_app_2_x", "client_secret": "its-secret"}
    sent = scene.app.post("/install", data=form, follow_redirects=False)
    assert sent.status_code == 303
    address = sent.headers["location"]
    assert address.startswith(f"{OFFICE}/oauth/authorize?")
    assert "HttpOnly" in sent.headers["set-cookie"] and "its-secret" not in address
    return {name: value for name, (value,) in parse_qs(urlsplit(address).query).items()}


def test_an_installation_ends_where_it_began(scene: Scene) -> None:
    asked = began(scene)
    answer = {"code": "good", "state": asked["state"], "iss": OFFICE}
    done = scene.app.get("/installed", params=answer)
    assert done.status_code == 200 and "is installed" in done.text
    (sent,) = scene.exchanged
    digest = hashlib.sha256(sent["code_verifier"].encode()).digest()
    made = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert (made, asked["code_challenge_method"]) == (asked["code_challenge"], "S256")
    assert (sent["redirect_uri"], sent["client_secret"]) == (f"{APP}/installed", "its-secret")
    assert scene.store.shop("tea").access_token == "gal_rk_tea"
    assert scene.store.signing_secrets("tea", time.time()) == [NEWER]
    assert stat.S_IMODE(scene.path.stat().st_mode) == 0o600
    with closing(sqlite3.connect(scene.path)) as file:
        assert file.execute("SELECT count(*) FROM installing").fetchone() == (0,)


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "another"},
        {"state": ""},
        {"iss": "http://admin.evil.example"},
        {"code": "used"},
        {"code": None, "error": "access_denied"},
    ],
)
def test_an_installation_that_somebody_else_began_or_refused_is_none(
    scene: Scene, wrong: dict[str, str | None]
) -> None:
    answer = {"code": "good", "state": began(scene)["state"], "iss": OFFICE, **wrong}
    sent = {name: value for name, value in answer.items() if value is not None}
    assert scene.app.get("/installed", params=sent).status_code == 400
    assert scene.store.shop("tea") is None
    assert [each["code"] for each in scene.exchanged] in ([], ["used"])


def test_a_state_is_good_once_and_only_in_its_own_browser(scene: Scene) -> None:
    answer = {"code": "good", "state": began(scene)["state"], "iss": OFFICE}
    state = scene.app.cookies["installing"]
    scene.app.cookies.clear()
    assert scene.app.get("/installed", params=answer).status_code == 400
    cookie = {"cookie": f"installing={state}"}
    assert scene.app.get("/installed", params=answer, headers=cookie).status_code == 200
    assert scene.app.get("/installed", params=answer, headers=cookie).status_code == 400
