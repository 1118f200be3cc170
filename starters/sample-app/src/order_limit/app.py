"""Addresses, and what answers them."""

import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from galleria_client import InvalidInput, NotFound, Problem, Unauthenticated
from jinja2 import Environment, PackageLoader
from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency, Provide
from litestar.params import RawBody
from litestar.response import File

from order_limit import install, shop
from order_limit.manifest import manifest
from order_limit.rule import decide
from order_limit.sessions import SESSION_S, NoSession, check_token, claims_of, make_token
from order_limit.settings import Settings
from order_limit.signatures import NotSigned, check_signature, key_of
from order_limit.store import Heard, Shop, Store

MOST_BYTES = 262_144
MOST_PIECES = 1_000_000
MOST_HOURS = 168  # that a shop signs with an old secret too
STATE_COOKIE = "installing"
POLICY = "default-src 'none'; style-src 'self'; form-action 'self'{more}; frame-ancestors {frames}"
Asked = Request[Any, Any, Any]
_pages = Environment(loader=PackageLoader("order_limit"), autoescape=True)


class Here:
    """What every address needs."""

    def __init__(self, settings: Settings, store: Store) -> None:
        """Keep both."""
        self.settings, self.store = settings, store

    def show(self, name: str, status: int = 200, *, frames: str = "'none'", **said: Any) -> Any:
        """A page as a response, which may be framed by `frames` alone."""
        text = _pages.get_template(name).render(settings=self.settings, **said)
        # A form of the first page leads on to the back office.
        policy = POLICY.format(more=f" {self.settings.office}", frames=frames)
        headers = {
            "content-security-policy": policy,
            "cache-control": "no-store",
            "referrer-policy": "no-referrer",
        }
        return Response(text, status_code=status, media_type="text/html", headers=headers)


@get("/manifest.json", sync_to_thread=False)
def show_manifest(here: NamedDependency[Here]) -> dict[str, Any]:
    """What the app says of itself."""
    return manifest(here.settings.url)


@get("/style.css", sync_to_thread=False)
def show_style() -> File:
    """How the pages look."""
    return File(Path(__file__).with_name("style.css"), media_type="text/css")


@get("/", sync_to_thread=False)
def show_home(here: NamedDependency[Here]) -> Response[str]:
    """Where a merchant begins."""
    page: Response[str] = here.show("home.html")
    return page


@post("/install", sync_to_thread=True)
def begin_install(here: NamedDependency[Here], body: RawBody) -> Response[Any]:
    """The browser goes to the back office to approve."""
    form = _form(body)
    client_id, client_secret = form.get("client_id", ""), form.get("client_secret", "")
    if not client_id or not client_secret:
        return _refused(here, "Please give both, the client_id and the client_secret.", 422)
    address, state = install.begin(here.settings, here.store, client_id, client_secret)
    # Lax: the way back is a link from another site.
    cookie = Cookie(
        key=STATE_COOKIE,
        value=state,
        path="/installed",
        max_age=600,
        httponly=True,
        secure=here.settings.url.startswith("https://"),
        samesite="lax",
    )
    return Response(None, status_code=303, headers={"location": address}, cookies=[cookie])


@get("/installed", sync_to_thread=True)
def finish_install(here: NamedDependency[Here], request: Asked) -> Response[str]:
    """The merchant comes back: the app gets its key, and defines the field for limits."""
    state = request.cookies.get(STATE_COOKIE, "")
    try:
        made = install.finish(here.settings, here.store, dict(request.query_params), state)
        with shop.connect(here.settings, made) as office:
            shop.define_limit(office)
    except install.NotInstalled as error:
        return _refused(here, str(error), 400)
    except Problem as error:
        return _refused(here, str(error), 502)
    page: Response[str] = here.show("installed.html", shop=made)
    page.delete_cookie(STATE_COOKIE, path="/installed")
    return page


@post("/hook", status_code=200, sync_to_thread=True)
def hear(here: NamedDependency[Here], request: Asked, body: RawBody) -> dict[str, str]:
    """An order was placed; it is noted once, however often it is told."""
    slug, message_id, message = _signed(here, request, body)
    if message.get("type") == "orders.order_placed.v1":
        order = message["data"]
        pieces = sum(int(each["quantity"]) for each in order["items"])
        heard = Heard(str(order["number"]), pieces, str(order["placed_at"]))
        here.store.hear(slug, message_id, heard)
    return {}


@post("/rule", status_code=200, sync_to_thread=True)
def answer_rule(here: NamedDependency[Here], request: Asked, body: RawBody) -> dict[str, str]:
    """Yes or no to an order. The shopper waits: it asks nobody, the limits are in our own file."""
    slug, _, message = _signed(here, request, body)
    return decide(message["data"]["lines"], here.store.limits(slug))


@get("/page", sync_to_thread=True)
def open_page(here: NamedDependency[Here], request: Asked) -> Response[str]:
    """The page in the back office, opened by somebody whom the back office vouches for."""
    token = request.query_params.get("session_token", "")
    try:
        of = _known(here, claims_of(token).get("shop"))
        now = time.time()
        keys = [key_of(each) for each in here.store.signing_secrets(of.shop, now)]
        said = check_token(token, keys, now)
        if said.get("aud") != of.client_id or said.get("iss") != here.settings.office:
            raise NoSession("the token is for another app, or from another house")
    except NoSession as error:
        return _refused(here, str(error), 401)
    claims = {"shop": of.shop, "sub": said["sub"], "exp": int(now) + SESSION_S}
    return _page(here, of, make_token(claims, here.store.session_key()))


@post("/change", status_code=200, sync_to_thread=True)
def change(here: NamedDependency[Here], body: RawBody) -> Response[str]:
    """What a form of the page asks for is done, and the page shown anew."""
    form = _form(body)
    try:
        session = form.get("session", "")
        said = check_token(session, [here.store.session_key()], time.time())
        of = _known(here, said.get("shop"))
    except NoSession as error:
        return _refused(here, str(error), 401)
    told = ""
    if form.get("do") == "limit":
        told = _set_limit(here, of, form)
    elif form.get("do") == "secrets":
        told = _take_secrets(here, of, form)
    return _page(here, of, session, begins=form.get("begins", "")[:200], told=told)


def _page(here: Here, of: Shop, session: str, *, begins: str = "", told: str = "") -> Response[str]:
    found: list[tuple[str, str]] = []
    try:
        with shop.connect(here.settings, of) as office:
            found = shop.find_products(office, begins)
    except Unauthenticated:
        told += " The shop does not take this app's key any more: install the app again."
    except Problem as error:
        told += f" The shop says: {error}"
    limits = here.store.limits(of.shop)
    page: Response[str] = here.show(
        "page.html",
        frames=here.settings.office,
        session=session,
        begins=begins,
        told=told.strip(),
        found=found,
        limits=limits,
        most={each.product_id: each.most for each in limits},
        orders=here.store.orders(of.shop),
    )
    return page


def _set_limit(here: Here, of: Shop, form: dict[str, str]) -> str:
    """What to tell of it. The shop's metafield comes first: it is what holds for everybody else."""
    most_text = form.get("most", "").strip()
    try:
        product_id = UUID(form.get("product_id", ""))
        most = int(most_text) if most_text else None
    except ValueError:
        return "A limit is a whole number."
    if most is not None and not 1 <= most <= MOST_PIECES:
        return "A limit is at least 1."
    try:
        with shop.connect(here.settings, of) as office:
            limit = shop.set_limit(office, product_id, most)
    except NotFound:
        return "There is no such product any more."
    except (InvalidInput, Unauthenticated, Problem) as error:
        return f"The shop says: {error}"
    if limit is None:
        here.store.remove_limit(of.shop, str(product_id))
        return "The limit is gone."
    here.store.set_limit(of.shop, limit)
    return f"One order holds at most {limit.most} of “{limit.title}”."


def _take_secrets(here: Here, of: Shop, form: dict[str, str]) -> str:
    """What to tell of it: secrets that the shop has replaced are taken over."""
    signing = form.get("signing_secret", "").strip()
    client = form.get("client_secret", "").strip()[:500]
    try:
        hours = int(form.get("hours", "") or 0)
        if signing:
            key_of(signing)
    except ValueError:
        return "A signing secret is whsec_ and base64; hours are a whole number."
    if client:
        here.store.change_client_secret(of.shop, client)
    if signing:
        ends_at = time.time() + min(max(hours, 0), MOST_HOURS) * 3_600
        here.store.add_signing_secret(of.shop, signing, ends_at)
    return "The new secrets are kept."


def _signed(here: Here, request: Asked, body: RawBody) -> tuple[str, str, dict[str, Any]]:
    """The shop that the message is from, its id, and itself.

    Raises:
        NotSigned: it is from somebody else, or too old.
    """
    # The shop is read before the signature is checked: it says which secrets that takes. Nothing
    # else of the message is looked at before.
    try:
        message = json.loads(body)
        slug = message["shop"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise NotSigned("this is no message") from None
    now = time.time()
    known = here.store.signing_secrets(slug, now) if isinstance(slug, str) else []
    message_id = check_signature(request.headers, body, known, now)
    return slug, message_id, message


def _known(here: Here, name: object) -> Shop:
    found = here.store.shop(name) if isinstance(name, str) else None
    if found is None:
        raise NoSession("this shop has not installed the app")
    return found


def _form(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode(), max_num_fields=20))
    except ValueError:
        return {}


def _refused(here: Here, why: str, status: int) -> Response[str]:
    page: Response[str] = here.show("refused.html", status, frames=here.settings.office, why=why)
    return page


def not_signed(_: Asked, error: NotSigned) -> Response[dict[str, str]]:
    """Who sends what cannot be believed is told so."""
    return Response({"detail": str(error)}, status_code=401)


def make_app(settings: Settings) -> Litestar:
    """The app, ready to be served."""
    here = Here(settings, Store(settings.data))

    def provide_here() -> Here:
        return here

    return Litestar(
        [
            *(show_manifest, show_style, show_home, begin_install, finish_install),
            *(hear, answer_rule, open_page, change),
        ],
        dependencies={"here": Provide(provide_here, sync_to_thread=False)},
        logging_config=None,
        exception_handlers={NotSigned: not_signed},
        request_max_body_size=MOST_BYTES,
        openapi_config=None,
    )
