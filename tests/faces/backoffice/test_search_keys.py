"""Search keys in the back office: made with limits, shown once, revoked; who may search."""

import re

from galleria.engines.context import Context
from galleria.foundation.money import Money
from galleria.growth import search
from galleria.growth.search import SearchLimits, SearchSettings
from galleria.platform import access, tenants
from tests.faces.backoffice.conftest import SignedIn

PLACE = "/search/keys"


async def test_a_search_key_is_made_with_limits_shown_once_and_revoked(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    page = await mia.get(PLACE)
    assert "No search key yet" in page.text
    (channel,) = await tenants.list_channels(shop)
    fields = {
        "name": "Partner",
        "days": "30",
        "channel": channel.code,
        "locale": "de",
        "categories": "kitchen/mugs\n kitchen/bowls \n",
        "collections": "best, new",
        "filters": "brand = Oak, Elm\n\nColour = Blue",
        "price_max": "1.000,50",
        "most_per_page": "24",
        "only_available": "true",
        "features": "search",
    }
    page = await mia.submit(page, PLACE, **fields)
    (text,) = set(re.findall(r"gal_[a-z]{2}_[0-9A-Za-z_]+(?=<)", page.text))
    actor = await access.actor_of_key(shop, text)
    assert actor is not None
    assert actor.scopes == {"search:read"}
    (made,) = (await search.list_keys(shop)).items
    assert made.key.expires_at is not None
    assert made.limits == SearchLimits(
        channel=channel.code,
        locale="de",
        categories=["kitchen/mugs", "kitchen/bowls"],
        collections=["best", "new"],
        filters={"brand": ["Oak", "Elm"], "Colour": ["Blue"]},
        only_available=True,
        price_max=Money(100_050, "EUR"),
        most_per_page=24,
        features=["search"],
    )
    page = await mia.get(PLACE)
    assert text not in page.text
    assert "brand Oak or Elm" in page.text
    page = await mia.submit(page, f"{PLACE}/{made.key.key_id}/revoke")
    assert "opens nothing any more" in page.text and "revoked" in page.text
    assert (await search.list_keys(shop)).items[0].key.status == "revoked"
    plain = await mia.submit(page, PLACE, name="All")
    assert "everything" in plain.text
    assert (await search.list_keys(shop)).items[0].limits == SearchLimits()


async def test_a_key_that_cannot_be_is_refused_and_kept_in_the_form(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    page = await mia.get(PLACE)
    for wrong, told in (
        ({"name": ""}, "This is too short."),
        ({"filters": "brand is Oak"}, "Write each line as in brand = Oak, Elm."),
        ({"price_max": "much"}, "Write an amount, such as 12.90."),
        ({"most_per_page": "1000"}, "This is too large."),
        ({"collections": "Not so"}, "This is not in the form expected here."),
        ({"categories": "a", "filters": "category = b"}, "it would find nothing"),
    ):
        refused = await mia.submit(page, PLACE, **{"name": "Partner", **wrong})
        assert refused.status == 422, wrong
        assert told in refused.text, wrong
    assert (await search.list_keys(shop)).items == []


async def test_the_search_is_shut_to_all_but_keys_and_opened(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    page = await mia.get(PLACE)
    assert "anyone" in page.text
    page = await mia.submit(page, f"{PLACE}/settings")
    assert "The search answers keys only" in page.text and "keys only" in page.text
    assert await search.get_settings(shop) == SearchSettings(is_open=False)
    page = await mia.submit(page, f"{PLACE}/settings")
    assert "Anyone may search over the API." in page.text
    assert await search.get_settings(shop) == SearchSettings(is_open=True)


async def test_who_may_not_see_keys_is_not_led_there(shop: Context, at_work: SignedIn) -> None:
    vic = await at_work(shop, "manager")
    assert PLACE not in (await vic.get("/search")).text
    assert (await vic.get(PLACE)).status == 403
