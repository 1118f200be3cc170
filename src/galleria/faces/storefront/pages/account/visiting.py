"""What the pages of an account share: the way in and out, cookies, and where to go afterwards."""

import secrets
from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.datastructures import Cookie

from galleria.commerce import accounts, carts
from galleria.commerce.accounts import Client, SignedIn
from galleria.commerce.carts import CartNotFound
from galleria.engines.context import Context
from galleria.faces.stationery import see_other
from galleria.faces.storefront.shell import CART, COUNT, SHOPPER, VISIT, VISIT_AGE_S, Shell
from galleria.foundation.http import Email, WireInput
from galleria.foundation.routing import client_address

CART_AGE_S = 30 * 24 * 3600
SIGN_IN = "/account/sign-in"
HOME = "/account"
MOST_PATH = 500


class EmailForm(WireInput):
    """An e-mail address and nothing else."""

    email: Email


def client_of(request: Request[Any, Any, Any]) -> Client:
    """Where a request came from, and what the browser calls itself."""
    name = request.headers.get("user-agent", "")[:200]
    return Client(
        client_address(request.scope), "".join(each for each in name if each.isprintable())
    )


def host_of(request: Request[Any, Any, Any]) -> str:
    """The host on which the page is."""
    return (request.url.hostname or "").lower()


def own_path(path: str) -> str:
    """A path of this host to go on to: never another site's address."""
    is_own = path.startswith("/") and not path.startswith(("//", "/\\"))
    is_line = path.isprintable() and len(path) <= MOST_PATH
    return path if is_own and is_line else HOME


def to_sign_in(request: Request[Any, Any, Any], *, again: bool = False) -> Response[bytes]:
    """Sign in first, then come back to this page; of a form, to the page it was on."""
    path = str(request.url.path)
    if request.method != "GET":
        path = "/account/security" if path.startswith("/account/") else HOME
    question = f"?back={quote(own_path(path), safe='/')}" + ("&again=1" if again else "")
    return see_other(SIGN_IN + question)


async def came_in(
    ctx: Context, shell: Shell, request: Request[Any, Any, Any], entered: SignedIn
) -> list[Cookie]:
    """The cookies of a browser whose shopper has just signed in.

    The browser's form token is drawn anew: a form that somebody prepared before fits no more.
    """
    age_s = max(int((entered.expires_at - ctx.now).total_seconds()), 0)
    cookies = [
        shell.cookies.make(SHOPPER, entered.session_token, age_s),
        shell.cookies.make(VISIT, secrets.token_hex(16), VISIT_AGE_S),
    ]
    if entered.cart_token is not None:
        try:
            priced = await carts.get_cart(ctx, entered.cart_token)
        except CartNotFound:
            return cookies
        pieces = sum(line.quantity for line in priced.lines)
        cookies.append(shell.cookies.make(CART, entered.cart_token, CART_AGE_S))
        cookies.append(shell.cookies.make(COUNT, str(min(pieces, 99_999)), CART_AGE_S))
    elif shell.cookies.read(request, CART) is not None:
        cookies += [shell.cookies.forget(CART), shell.cookies.forget(COUNT)]
    return cookies


def went_out(shell: Shell) -> list[Cookie]:
    """The cookies of a browser whose shopper has left: nothing of them stays, nor their basket."""
    return [shell.cookies.forget(each) for each in (SHOPPER, CART, COUNT, VISIT)]


def is_shopper(ctx: Context) -> bool:
    """Whether somebody has signed in."""
    return accounts.session_in(ctx) is not None
