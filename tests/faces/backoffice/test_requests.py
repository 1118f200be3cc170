"""A key's requests on its page: found, looked at, copied, and sent again."""

import pytest

from galleria.engines.context import Context
from galleria.faces.backoffice.pages.settings.requests import curl_of
from galleria.faces.gateway import Gateway
from galleria.platform import access, requests
from tests.faces.backoffice.browser import Browser
from tests.faces.backoffice.conftest import NewBrowser, SignedIn

ORDERS = "/admin/v1/orders"


@pytest.fixture
def till(new_browser: NewBrowser) -> Browser:
    """A program that asks on the API's host."""
    return new_browser()


async def ask(till: Browser, key: str, method: str, path: str, **options: object) -> None:
    await till.client.request(
        method,
        f"http://127.0.0.1{path}",
        headers={"authorization": f"Bearer {key}"},
        **options,  # type: ignore[arg-type]
    )


async def test_requests_are_found_looked_at_and_sent_again(
    house: Gateway, shop: Context, at_work: SignedIn, till: Browser
) -> None:
    key = await access.create_key(shop, "Warehouse", ["orders:read"])
    await ask(till, key.key, "GET", f"{ORDERS}?limit=3")
    await ask(till, key.key, "GET", "/admin/v1/products")
    await shop.engines.notebook.write_down()
    mia = await at_work(shop)
    path = f"/settings/keys/{key.key_id}"
    assert f'href="{mia.base}{path}/requests"' in (await mia.get(path)).text

    page = await mia.get(f"{path}/requests")
    assert "GET /admin/v1/orders?limit=3" in page.text
    assert "forbidden" in page.text
    refused = await mia.get(f"{path}/requests?status=4&method=GET&path=/admin&code=forbidden")
    assert "/admin/v1/products" in refused.text and "/admin/v1/orders" not in refused.text
    (asked,) = (
        await requests.list_requests(shop, key.key_id, requests.RequestFilters(path_prefix=ORDERS))
    ).items
    one = f"{path}/requests/{asked.request_id}"
    page = await mia.get(one)
    assert "&#34;items&#34;: []" in page.text, "the answer, indented"
    assert "curl" in page.text and "$GALLERIA_KEY" in page.text and key.key not in page.text

    page = await mia.submit(page, one)
    assert page.status == 200
    assert 'data-same="true"' in page.text
    assert "Answered then" in page.text


async def test_a_write_wants_a_tick_and_a_dead_key_is_told_of(
    shop: Context, at_work: SignedIn, till: Browser
) -> None:
    key = await access.create_key(shop, "Shelf", ["products:write", "products:read"])
    await ask(till, key.key, "POST", "/admin/v1/products", json={"title": "Vase"})
    await shop.engines.notebook.write_down()
    ((asked,), mia) = ((await requests.list_requests(shop, key.key_id)).items, await at_work(shop))
    one = f"/settings/keys/{key.key_id}/requests/{asked.request_id}"
    page = await mia.get(one)
    refused = await mia.submit(page, one)
    assert refused.status == 409
    assert "Tick that this is meant" in refused.text
    done = await mia.submit(page, one, allow_write="true")
    assert (done.status, 'data-same="false"' in done.text) == (200, True)

    await access.revoke_key(shop, key.key_id)
    late = await mia.submit(page, one, allow_write="true")
    assert (late.status, "cannot be sent again" in late.text) == (409, True)


async def test_who_may_not_see_keys_sees_no_requests_and_gone_ones_are_told(
    shop: Context, at_work: SignedIn
) -> None:
    key = await access.create_key(shop, "Warehouse", ["orders:read"])
    clerk, mia = await at_work(shop, "clerk"), await at_work(shop)
    path = f"/settings/keys/{key.key_id}/requests"

    assert (await clerk.get(path)).status == 403
    assert (await mia.get(path)).status == 200
    assert (await mia.get(f"{path}/not-kept-at-all")).status == 404
    assert "Nothing of this kind" in (await mia.get(f"{path}?method=PUT")).text


def test_a_command_quotes_whatever_was_sent() -> None:
    request = requests.LoggedRequestDetail(
        request_id="r" * 8,
        asked_at=None,  # type: ignore[arg-type]
        method="POST",
        path="/admin/v1/products",
        query="q=a b",
        status=201,
        code="",
        duration_ms=1.0,
        api_version="2026-11-22",
        client="",
        agent="",
        request_bytes=1,
        answer_bytes=1,
        left_out=0,
        replays="write",
        replay_of=None,
        shows_bodies=True,
        headers={"content-type": "application/json"},
        request_body=requests.Body(state="whole", text='{"title": "Ana\'s $(rm)"}'),
        answer_body=requests.Body(),
    )
    assert curl_of("https://api.example", request).replace(" \\\n  ", " ") == (
        "curl -X POST 'https://api.example/admin/v1/products?q=a b'"
        ' -H "Authorization: Bearer $GALLERIA_KEY"'
        " -H 'content-type: application/json' -H 'galleria-version: 2026-11-22'"
        """ --data-raw '{"title": "Ana'"'"'s $(rm)"}'"""
    )
