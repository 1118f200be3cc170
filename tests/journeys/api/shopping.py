"""Shoppers of the API's journey: one has an account and fills it, another leaves theirs again."""

from collections.abc import Awaitable, Callable
from typing import Any

from tests.commerce.accounts.authenticator import Authenticator
from tests.faces.gateway.door import ADDRESS
from tests.journeys.api.counter import Counter
from tests.journeys.api.furnishing import Names

ACCOUNT = "/store/v1/account"
PASSKEYS = f"{ACCOUNT}/passkeys"
# Whoever has bought in `furnishing`, and in the shop before.
BUYER = "ana@example.com"
PASSWORD = {"password": "correct horse battery staple"}
Letters = Callable[[str], Awaitable[str]]
"""The token of the link in the newest mail to an address."""


def bearer(entered: Any) -> dict[str, str]:
    """The header of whoever has signed in."""
    return {"Authorization": f"Bearer {entered['session_token']}"}


async def enter(shopper: Counter, letters: Letters, email: str = BUYER) -> Any:
    """The answer to whoever opens an account by the link in a mail, and signs in once more."""
    await shopper.ask("POST", f"{ACCOUNT}/links", {"email": email, "name": "Ana"})
    token = {"token": await letters(email)}
    await shopper.ask("POST", f"{ACCOUNT}/links/look", token)
    await shopper.ask("POST", f"{ACCOUNT}/links/follow", {**token, **PASSWORD})
    return await shopper.ask("POST", f"{ACCOUNT}/sessions", {"email": email, **PASSWORD})


async def own(buyer: Counter, shopper: Counter, clerk: Counter, port: int) -> Names:
    """A shopper fills their account; what there is to ask for then."""
    passkey, phone = await add_passkey(buyer, port)
    await buyer.ask("PATCH", f"{PASSKEYS}/{passkey}", {"name": "Old phone"})
    begun = await shopper.ask("POST", f"{PASSKEYS}/challenges", {})
    signed = {"challenge_id": begun["challenge_id"], "credential": phone.get(begun["options"])}
    await shopper.ask("POST", f"{PASSKEYS}/sessions", signed)
    await buyer.ask("PATCH", ACCOUNT, {"name": "Ana B."})
    address = await buyer.ask("POST", f"{ACCOUNT}/addresses", {"address": ADDRESS})
    path = f"{ACCOUNT}/addresses/{address['address_id']}"
    await buyer.ask("PUT", path, {"address": ADDRESS, "is_default": True})
    cart = await buyer.ask("POST", "/store/v1/carts", {})
    await buyer.ask("PUT", f"{ACCOUNT}/cart", {"cart_token": cart["token"]})
    sessions = (await buyer.ask("GET", f"{ACCOUNT}/sessions"))["items"]
    orders = (await buyer.ask("GET", f"{ACCOUNT}/orders"))["items"]
    me = await buyer.ask("GET", ACCOUNT)
    await clerk.ask("POST", f"/admin/v1/customers/{me['customer_id']}/account/link")
    return {
        "customer_id": [me["customer_id"]],
        "passkey_id": [passkey],
        "session_id": [each["session_id"] for each in sessions],
        "past_order_id": [each["order_id"] for each in orders if each["source"]],
    }


async def add_passkey(buyer: Counter, port: int, **key: str) -> tuple[str, Authenticator]:
    """A passkey of the shopper's, and the device that holds it."""
    begun = await buyer.ask("POST", f"{PASSKEYS}/registrations", {}, **key)
    phone = Authenticator(f"http://{begun['options']['rp']['id']}:{port}")
    made = {"challenge_id": begun["challenge_id"], "credential": phone.create(begun["options"])}
    passkey = await buyer.ask("POST", PASSKEYS, {**made, "name": "Phone"}, **key)
    return passkey["passkey_id"], phone


async def leave(shopper: Counter, clerk: Counter, letters: Letters, port: int) -> None:
    """Somebody else sees to the safety of an account, and takes it away again."""
    email = "leo@example.com"
    key = bearer(await enter(shopper, letters, email))
    await shopper.ask("POST", f"{ACCOUNT}/email", {"email": "leo@new.example"}, **key)
    await shopper.ask("POST", f"{ACCOUNT}/links/stop", {"token": await letters(email)})
    first = await shopper.ask("POST", f"{ACCOUNT}/sessions", {"email": email, **PASSWORD})
    key = bearer(await shopper.ask("PUT", f"{ACCOUNT}/password", PASSWORD, **bearer(first)))
    await shopper.ask("POST", f"{ACCOUNT}/sessions", {"email": email, **PASSWORD})
    listed = (await shopper.ask("GET", f"{ACCOUNT}/sessions", None, **key))["items"]
    (other,) = [each["session_id"] for each in listed if not each["is_current"]]
    await shopper.ask("DELETE", f"{ACCOUNT}/sessions/{other}", None, **key)
    await shopper.ask("DELETE", f"{ACCOUNT}/sessions", None, **key)
    address = await shopper.ask("POST", f"{ACCOUNT}/addresses", {"address": ADDRESS}, **key)
    path = f"{ACCOUNT}/addresses/{address['address_id']}"
    await shopper.ask("DELETE", path, None, **key)
    passkey, _ = await add_passkey(shopper, port, **key)
    await shopper.ask("DELETE", f"{PASSKEYS}/{passkey}", None, **key)
    of_customer = f"/admin/v1/customers/{first['customer_id']}/account"
    await clerk.ask("DELETE", f"{of_customer}/sessions")
    for is_blocked in (True, False):
        await clerk.ask("PUT", f"{of_customer}/block", {"is_blocked": is_blocked})
    again = {"email": email, **PASSWORD}
    key = bearer(await shopper.ask("POST", f"{ACCOUNT}/sessions", again))
    await shopper.ask("POST", f"{ACCOUNT}/sign-out", None, **key)
    key = bearer(await shopper.ask("POST", f"{ACCOUNT}/sessions", again))
    await shopper.ask("DELETE", ACCOUNT, None, **key)
