"""Secrets of an app are replaced alone: the client's at once, the signing one with a grace."""

import asyncio
import base64
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from standardwebhooks.webhooks import WebhookVerificationError

from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from galleria.foundation.money import Money
from galleria.platform import access, apps, audit, webhooks
from galleria.platform.apps import (
    AppNotFound,
    AppNotInstalled,
    AppSecretInGrace,
    ClientNotAccepted,
    ReplaceSecret,
    RuleQuestion,
)
from galleria.platform.apps.model.apps import Signing
from tests.engines.outbound.servers import Received, head, serving
from tests.platform.apps.conftest import PLACED, Client, added, new
from tests.platform.conftest import OpenShop
from tests.platform.webhooks.receivers import verified

PAGES = [{"title": "Reviews", "url": "https://app.example/"}]
HOOK = "http://127.0.0.1:9/hook"


async def installed(shop: Context, **wanted: Any) -> tuple[Client, apps.Token]:
    """An app that is told of orders and has a page."""
    hooks = [{"url": HOOK, "events": [PLACED]}]
    client = await added(shop, webhooks=hooks, pages=PAGES, **wanted)
    return client, await client.install(shop)


async def signs_with(shop: Context, client: Client) -> list[list[str]]:
    """The secrets by which its webhooks are signed, the newest first."""
    app = await apps.get_app(shop, client.app.app_id)
    return [
        [each.secret for each in await webhooks.show_secrets(shop, endpoint_id)]
        for endpoint_id in app.endpoint_ids
    ]


async def page_is_signed_with(shop: Context, client: Client, secret: str) -> bool:
    """Whether a token for its page is signed with this secret."""
    page = await apps.open_page(shop, client.app.app_id, 0, "http://admin.localhost")
    content, _, signature = page.source.partition("session_token=")[2].rpartition(".")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    made = hmac.digest(key, content.encode(), "sha256")
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode() == signature


def signing(grace_hours: int = 24) -> ReplaceSecret:
    return ReplaceSecret(which="signing_secret", grace_hours=grace_hours)


async def test_a_client_secret_is_replaced_at_once_and_nothing_else_with_it(shop: Context) -> None:
    client, token = await installed(shop)
    code = await client.code(shop)
    made = await apps.replace_secret(shop, client.app.app_id, ReplaceSecret(which="client_secret"))
    assert made.secret != client.client_secret and made.old_ends_at == shop.wall_now
    with pytest.raises(ClientNotAccepted):
        await apps.exchange(shop, client.request(code))
    assert await access.actor_of_key(shop, token.access_token) is not None
    assert await signs_with(shop, client) == [[token.signing_secret]]
    again = client.request(code, client_secret=made.secret)
    assert (await apps.exchange(shop, again)).scope == "orders:read"


async def test_a_signing_secret_signs_beside_the_new_one_until_its_grace_is_over(
    shop: Context,
) -> None:
    client, token = await installed(shop)
    made = await apps.replace_secret(shop, client.app.app_id, signing(2))
    assert (
        timedelta(0) <= made.old_ends_at - shop.wall_now - timedelta(hours=2) < timedelta(seconds=1)
    )
    assert await signs_with(shop, client) == [[made.secret, token.signing_secret]]
    assert await page_is_signed_with(shop, client, token.signing_secret), "the app knows this one"
    assert await access.actor_of_key(shop, token.access_token) is not None
    with pytest.raises(AppSecretInGrace):
        await apps.replace_secret(shop, client.app.app_id, signing(1))
    last = await apps.replace_secret(shop, client.app.app_id, signing(0))
    assert await signs_with(shop, client) == [[last.secret]]
    assert await page_is_signed_with(shop, client, last.secret)


def test_an_old_secret_ends_at_its_instant() -> None:
    at = datetime(2026, 11, 22, 8, tzinfo=UTC)
    both = Signing(newest=b"n", old=b"o", old_ends_at=at)
    assert both.alive_at(at - timedelta(microseconds=1)) == [b"n", b"o"]
    assert both.alive_at(at) == [b"n"]


async def test_questions_of_the_checkout_have_a_signature_by_each(shop: Context) -> None:
    async def answer(_: Received, writer: asyncio.StreamWriter) -> None:
        body = b'{"decision": "allow"}'
        writer.write(head(200, len(body)) + body)

    async with serving(answer) as server:
        client, token = await installed(shop, checkout_rule={"url": f"{server.url}/rule"})
        made = await apps.replace_secret(shop, client.app.app_id, signing())
        question = RuleQuestion(
            cart_id=new_id(),
            channel="web",
            locale="en",
            country=None,
            subtotal=Money(1, "EUR"),
            lines=[],
        )
        await apps.ask_rules(shop, await apps.rules_of(shop), question)
        newest = await apps.replace_secret(shop, client.app.app_id, signing(0))
        await apps.ask_rules(shop, await apps.rules_of(shop), question)
    first, second = server.received
    for secret in (token.signing_secret, made.secret):
        assert verified(first, secret)["type"] == "apps.checkout_rule.v1"
        with pytest.raises(WebhookVerificationError):
            verified(second, secret)
    verified(second, newest.secret)


async def test_another_manifest_in_the_grace_is_signed_for_by_both(shop: Context) -> None:
    client, token = await installed(shop)
    made = await apps.replace_secret(shop, client.app.app_id, signing(2))
    moved = [{"url": f"{HOOK}/moved", "events": [PLACED]}]
    await apps.update_app(shop, client.app.app_id, new(webhooks=moved, pages=PAGES))
    assert await signs_with(shop, client) == [[made.secret, token.signing_secret]]


async def test_an_app_that_is_approved_anew_has_one_secret_alone(shop: Context) -> None:
    client, _ = await installed(shop)
    await apps.replace_secret(shop, client.app.app_id, signing())
    token = await client.install(shop)
    assert await signs_with(shop, client) == [[token.signing_secret]]
    assert await page_is_signed_with(shop, client, token.signing_secret)


async def test_what_is_not_installed_or_not_here_signs_nothing(
    shop: Context, open_shop: OpenShop
) -> None:
    waiting = await added(shop)
    with pytest.raises(AppNotInstalled):
        await apps.replace_secret(shop, waiting.app.app_id, signing())
    other = await open_shop()
    with pytest.raises(AppNotFound):
        await apps.replace_secret(other, waiting.app.app_id, ReplaceSecret(which="client_secret"))


async def test_the_diary_says_which_secret_was_replaced_and_holds_none(shop: Context) -> None:
    client, _ = await installed(shop)
    made = await apps.replace_secret(shop, client.app.app_id, signing())
    entries = (await audit.list_entries(shop)).items
    (entry,) = [each for each in entries if each.action == "apps.secret_replaced"]
    assert entry.detail["which"] == "signing_secret"
    assert made.secret not in msgspec.json.encode(entries).decode()
