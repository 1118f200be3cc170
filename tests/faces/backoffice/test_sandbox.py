"""A sandbox in the back office: said on each page, opened by a tick, its clock moved by a form."""

import pytest

from galleria.engines.context import Context
from galleria.platform import access, tenants
from tests.faces.backoffice.conftest import NewBrowser, NewPerson, NewShop, SignedIn, sign_in

CLOCK = "/settings/clock"


async def test_each_page_of_a_sandbox_says_so_and_its_clock_is_moved_by_a_form(
    new_shop: NewShop, at_work: SignedIn
) -> None:
    mia = await at_work(await new_shop(is_sandbox=True))
    for path in ("", "/products", "/settings/keys"):
        assert "data-sandbox" in (await mia.get(path)).text
    page = await mia.get("/settings")
    assert "Its clock was moved" not in page.text
    page = await mia.submit(page, CLOCK, advance_s="31536000")
    assert "Its clock was moved" in page.text
    wrong = await mia.submit(page, CLOCK, advance_s="17")
    assert wrong.status == 422
    far = [await mia.submit(page, CLOCK, advance_s="31536000") for _ in range(10)]
    assert far[-1].status == 422, "ten years are enough"


async def test_a_live_shop_says_nothing_and_has_no_such_form(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    page = await mia.get("/settings")
    assert "data-sandbox" not in page.text
    assert not page.has_form(f"{mia.base}{CLOCK}")


@pytest.mark.parametrize("ticked", [True, False])
async def test_an_operator_opens_a_sandbox_by_a_tick(
    house_ctx: Context, new_browser: NewBrowser, new_person: NewPerson, *, ticked: bool
) -> None:
    person, browser = await new_person(), new_browser()
    await access.grant(house_ctx, person.person_id, "operator")
    await sign_in(browser, person.email)
    slug = f"trial-{person.person_id.hex[-10:]}"
    page = await browser.get("/shops")
    fields = {"name": "Trial", "slug": slug, "currency": "EUR", "country": "DE", "locale": "en"}
    tick = {"is_sandbox": "true"} if ticked else {}
    opened = await browser.submit(page, "/shops", **fields, **tick)
    assert ("data-sandbox" in opened.text) is ticked
    entry = await house_ctx.engines.sql.directory.by_slug(slug)
    assert entry is not None and entry.is_sandbox is ticked
    (shop,) = await tenants.shops_numbered(house_ctx, [entry.tenant_id])
    assert shop.is_sandbox is ticked
