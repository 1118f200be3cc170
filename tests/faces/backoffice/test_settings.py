"""The shop's own affairs in the back office, and the house's shops for operators."""

import re
from uuid import UUID

from galleria.commerce import inventory, orders
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from galleria.platform import access, tenants
from tests.faces.backoffice.conftest import NewBrowser, NewPerson, NewShop, SignedIn, sign_in


async def test_name_languages_and_colours_are_changed(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    page = await mia.get("/settings")
    page = await mia.send(
        page,
        "/settings",
        {
            "name": "Kiln & Daughter",
            "locales": "en, de, fr",
            "tagline.de": "Gutes Steinzeug",
            "accent": "#1F6F5C",
            "allowed_origins": "https://Front.example/, http://localhost:3000",
        },
    )
    assert "Saved." in page.text
    changed = await tenants.shop_of(shop)
    assert changed.name == "Kiln & Daughter"
    assert changed.locales == ["en", "de", "fr"]
    assert changed.settings["theme"]["accent"] == "#1f6f5c"
    assert changed.settings["allowed_origins"] == [
        "https://front.example",
        "http://localhost:3000",
    ]
    assert changed.settings["tagline"] == {"de": "Gutes Steinzeug"}
    assert "Kiln &amp; Daughter" in page.text


async def test_settings_with_mistakes_are_refused_and_kept_in_the_form(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    page = await mia.get("/settings")
    for changes, told in (
        ({"accent": "red; } body { display: none"}, "Write a colour as six digits"),
        ({"country": "XX"}, "This is no country."),
        ({"locales": "en"}, "A sales channel still uses a language you are removing."),
        ({"default_locale": "fr"}, "This language is not among those of the shop."),
        ({"allowed_origins": "https://*.example"}, "Write origins such as"),
        ({"name": ""}, "Please fill this in."),
        ({"version": "99"}, "Somebody else has changed this meanwhile."),
    ):
        refused = await mia.send(page, "/settings", {"tagline.en": "Kept", **changes})
        assert refused.status in {409, 412, 422}, changes
        assert told in refused.text, changes
        assert 'value="Kept"' in refused.text
    assert (await tenants.shop_of(shop)).name == "Kiln & Co"


async def test_domains_are_added_and_removed(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    page = await mia.get("/settings")
    host = f"mugs-{new_id().hex[-12:]}.example"
    page = await mia.submit(page, "/settings/domains", host=host.upper(), is_primary="true")
    assert host in page.text
    assert [each.host for each in await tenants.list_domains(shop) if each.is_primary] == [host]
    refused = await mia.submit(page, "/settings/domains", host="admin.localhost")
    assert refused.status == 422
    assert "no domain a shop can have" in refused.text
    page = await mia.submit(page, "/settings/domains/remove", host=host)
    assert host not in [each.host for each in await tenants.list_domains(shop)]


async def test_channels_are_added_and_changed(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    page = await mia.get("/settings/channels")
    page = await mia.submit(
        page,
        "/settings/channels",
        name="Swiss",
        code="swiss",
        currency="chf",
        locale="de",
        countries="ch, li",
    )
    assert "is saved" in page.text
    swiss = await tenants.channel_of(shop, "swiss")
    assert (swiss.currency, swiss.countries) == ("CHF", ["CH", "LI"])
    path = f"/settings/channels/{swiss.channel_id}"
    page = await mia.submit(page, path, name="Switzerland", is_default="true")
    assert (await tenants.channel_of(shop)).name == "Switzerland"
    refused = await mia.submit(page, path, countries="Nowhere")
    assert refused.status == 422
    assert 'value="Nowhere"' in refused.text
    taken = await mia.submit(
        page, "/settings/channels", name="Again", code="swiss", currency="CHF", locale="de"
    )
    assert "Another sales channel has this code." in taken.text


async def test_shipping_rates_are_added_changed_and_removed(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    page = await mia.get("/settings/shipping")
    page = await mia.submit(
        page,
        "/settings/shipping",
        name="Express",
        code="express",
        price="9,90",
        free_from="100",
        countries="de, at",
    )
    methods = {each.code: each for each in await orders.list_methods(shop)}
    express = methods["express"]
    assert express.price.amount_minor == 990
    assert express.free_from is not None
    assert express.countries == ["AT", "DE"]
    path = f"/settings/shipping/{express.method_id}"
    page = await mia.submit(page, path, price="12", free_from="", is_active=None)
    methods = {each.code: each for each in await orders.list_methods(shop)}
    assert methods["express"].price.amount_minor == 1200
    assert methods["express"].free_from is None
    assert not methods["express"].is_active
    page = await mia.browser.post(f"{mia.base}{path}/remove", {"form_token": page.token})
    assert [each.code for each in await orders.list_methods(shop)] == ["standard"]


async def test_locations_are_added_and_the_last_one_stays(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    page = await mia.get("/settings/locations")
    main = (await inventory.list_locations(shop))[0]
    path = f"/settings/locations/{main.location_id}"
    refused = await mia.submit(page, path, is_active=None)
    assert refused.status == 422
    assert "keeps at least one active location" in refused.text
    page = await mia.submit(page, "/settings/locations", name="Barn", code="barn", country="de")
    page = await mia.submit(page, path, is_active=None, name="Old place")
    places = await inventory.list_locations(shop)
    assert [(each.name, each.is_active) for each in places] == [
        ("Old place", False),
        ("Barn", True),
    ]


async def test_a_key_is_shown_once_opens_the_shop_and_is_revoked(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    page = await mia.get("/settings/keys")
    nothing = await mia.submit(page, "/settings/keys", name="Warehouse")
    assert "Choose at least one of the permissions." in nothing.text
    page = await mia.submit(
        page, "/settings/keys", name="Warehouse", scopes="stock:read", days="30"
    )
    (text,) = set(re.findall(r"gal_[a-z]{2}_[0-9A-Za-z_]+(?=<)", page.text))
    actor = await access.actor_of_key(shop, text)
    assert actor is not None
    assert actor.scopes == {"stock:read"}
    page = await mia.get("/settings/keys")
    assert text not in page.text
    (key,) = (await access.list_keys(shop)).items
    page = await mia.submit(page, f"/settings/keys/{key.key_id}/revoke")
    assert "opens nothing any more" in page.text
    assert (await access.list_keys(shop)).items[0].status == "revoked"


async def test_a_new_member_gets_a_first_password_and_can_sign_in(
    shop: Context, at_work: SignedIn, new_browser: NewBrowser
) -> None:
    mia = await at_work(shop)
    page = await mia.get("/settings/members")
    email = f"noa-{new_id().hex[-12:]}@example.com"
    page = await mia.submit(page, "/settings/members", name="Noa", email=email, role="clerk")
    (password,) = set(re.findall(r'<code class="secret">([^<]+)</code>', page.text))
    browser = new_browser()
    page = await sign_in(browser, email, password)
    assert page.path == mia.base
    assert "/settings" not in " ".join(page.links)
    page = await mia.get("/settings/members")
    assert password not in page.text

    again = await mia.submit(page, "/settings/members", name="Noa", email=email, role="clerk")
    assert again.status == 409
    assert "ask them for the number" in again.text


async def test_someone_with_an_account_is_added_by_their_number(
    shop: Context, at_work: SignedIn, new_shop: NewShop
) -> None:
    mia, other = await at_work(shop), await at_work(await new_shop())
    page = await other.browser.get("/account")
    (number,) = set(re.findall(r"<code>([0-9a-f-]{36})</code>", page.text))
    page = await mia.get("/settings/members")
    wrong = await mia.submit(page, "/settings/members", person_number=str(new_id()), role="viewer")
    assert "Nobody has this number." in wrong.text
    page = await mia.submit(page, "/settings/members", person_number=number, role="viewer")
    assert "They work here now." in page.text
    page = await other.browser.get("/")
    assert page.text.count('class="card" href="/s/') == 2, "a person of two shops chooses"

    path = f"/settings/members/{UUID(number)}"
    page = await mia.get("/settings/members")
    page = await mia.submit(page, path, role="manager")
    roles = {each.person_id: each.role for each in (await access.list_members(shop)).items}
    assert roles[UUID(number)] == "manager"
    page = await mia.submit(page, path + "/end")
    assert UUID(number) not in {m.person_id for m in (await access.list_members(shop)).items}
    alone = await mia.submit(page, f"/settings/members/{mia.person.person_id}/end")
    assert alone.status == 409
    assert "keeps at least one owner" in alone.text


async def test_the_diary_tells_who_did_what(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    page = await mia.get("/settings/locations")
    await mia.submit(page, "/settings/locations", name="Barn", code="barn")
    page = await mia.get("/settings/diary")
    assert "stock.location_created" in page.text
    assert ">Mia<" in page.text or "Mia\n" in page.text
    address = next(link for link in page.links if "subject=location" in link)
    page = await mia.browser.get(address)
    assert "stock.location_created" in page.text
    assert "members.granted" not in page.text


async def test_an_operator_opens_closes_and_reopens_shops(
    house_ctx: Context, new_person: NewPerson, new_browser: NewBrowser
) -> None:
    person = await new_person()
    browser = new_browser()
    await sign_in(browser, person.email)
    assert (await browser.get("/shops")).status == 403
    await access.grant(house_ctx, person.person_id, "operator")
    page = await browser.get("/shops")
    slug = f"new-{new_id().hex[-12:]}"
    refused = await browser.submit(page, "/shops", slug="admin", name="Mine", locale="en")
    assert "Another shop has this name in addresses." in refused.text
    page = await browser.submit(page, "/shops", slug=slug, name="Mine", locale="en", locales="de")
    assert page.path == f"/s/{slug}"
    assert "Mine is open, and you are its owner." in page.text
    assert "The shelves are empty" in page.text

    page = await browser.get("/shops")
    token = {"form_token": page.token}
    page = await browser.post(f"/shops/{slug}/close", token)
    assert "Nothing was deleted." in page.text
    page = await browser.get(f"/s/{slug}")
    assert "closed" in page.text
    page = await browser.post(f"/shops/{slug}/reopen", token)
    assert "is open again" in page.text
