"""What shops, hosts and channels may be called, and what goes together."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.foundation.errors import InvalidInput, PreconditionFailed
from galleria.platform.tenants import model
from galleria.platform.tenants.errors import ClockGoesBack, InvalidHost, SlugTaken


@pytest.mark.parametrize("slug", ["ab", "my-shop", "3d-prints", "a" * 63])
def test_a_slug_is_a_dns_label(slug: str) -> None:
    model.check_slug(slug)


@pytest.mark.parametrize(
    "slug", ["", "a", "A-shop", "my_shop", "-shop", "shop-", "xn--shop", "a" * 64, "shop\n", "ä-b"]
)
def test_what_is_no_dns_label_is_no_slug(slug: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        model.check_slug(slug)
    assert refused.value.errors[0].path == "slug"


@pytest.mark.parametrize("slug", ["admin", "api", "house", "www"])
def test_the_house_keeps_some_slugs_for_itself(slug: str) -> None:
    with pytest.raises(SlugTaken):
        model.check_slug(slug)


@pytest.mark.parametrize(
    ("typed", "sent_by_browsers"),
    [
        ("Shop.Example.com", "shop.example.com"),
        (" shop.example.com. ", "shop.example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("\uff33\uff28\uff2f\uff30.example", "shop.example"),
    ],
)
def test_a_host_is_kept_as_browsers_send_it(typed: str, sent_by_browsers: str) -> None:
    assert model.normal_host(typed) == sent_by_browsers


@pytest.mark.parametrize(
    "text",
    ["", ".", "a..b", "-a.example", "a-.example", "a b.example", "shop.example:8000", "10.0.0.1",
     "https://shop.example", "shop.example/x", "a_b.example", "[::1]", "x" * 64 + ".example",
     ".".join(["abcdefgh"] * 30), "shop.127", "a\x00b.example"],
)  # fmt: skip
def test_what_is_no_host_name_is_refused(text: str) -> None:
    with pytest.raises(InvalidHost):
        model.normal_host(text)


@given(st.text(max_size=80))
def test_any_text_is_a_host_in_normal_form_or_refused(text: str) -> None:
    try:
        host = model.normal_host(text)
    except InvalidHost:
        return
    assert model.normal_host(host) == host
    assert host.isascii()
    assert host == host.lower()


@pytest.mark.parametrize(
    "host", ["localhost", "shop", "other.localhost", "admin.localhost", "a.b.localhost"]
)
def test_a_shop_cannot_take_a_host_of_the_house(host: str) -> None:
    with pytest.raises(InvalidHost):
        model.merchant_host(host, "mine")


def test_a_shop_may_take_the_host_of_its_own_slug() -> None:
    assert model.merchant_host("Mine.localhost", "mine") == "mine.localhost"


def test_languages_begin_with_the_default_and_do_not_repeat() -> None:
    assert model.checked_locales("de", ["en", "de", "en"], "locale") == ["de", "en"]
    assert model.checked_locales("de", [], "locale") == ["de"]
    with pytest.raises(InvalidInput):
        model.checked_locales("fr", ["en", "de"], "locale")


def test_a_channel_offers_no_language_that_its_shop_does_not() -> None:
    model.check_offered(["de"], ["de", "en"])
    with pytest.raises(InvalidInput, match="fr"):
        model.check_offered(["de", "fr"], ["de", "en"])


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
def test_known_currencies_pass(currency: str) -> None:
    model.check_currency(currency)


@pytest.mark.parametrize("currency", ["EURO", "ZZZ", "eur", ""])
def test_unknown_currencies_do_not(currency: str) -> None:
    with pytest.raises(InvalidInput):
        model.check_currency(currency)


@pytest.mark.parametrize("country", ["EU", "XX", "de", "001"])
def test_what_is_no_country_is_refused(country: str) -> None:
    model.check_countries(["DE", "US", "CH"], "countries")
    with pytest.raises(InvalidInput):
        model.check_countries(["DE", country], "countries")


def test_settings_merge_by_key_and_null_takes_a_key_away() -> None:
    before = {"colour": "red", "logo": {"media_id": "1"}}
    assert model.merged_settings(before, {"colour": None, "font": "serif"}) == {
        "logo": {"media_id": "1"},
        "font": "serif",
    }


def test_settings_have_a_size() -> None:
    with pytest.raises(InvalidInput):
        model.merged_settings({}, {"text": "x" * 40_000})


def test_an_edit_of_an_old_version_is_refused() -> None:
    model.check_version(None, 3)
    model.check_version(3, 3)
    with pytest.raises(PreconditionFailed):
        model.check_version(2, 3)


def test_a_clock_goes_forward_by_whole_seconds_and_ten_years_at_most() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert model.ahead_of(now, now, 0) == 0
    assert model.ahead_of(now, now + timedelta(seconds=1.2), 0) == 2
    assert model.ahead_of(now, now + timedelta(seconds=60), 60) == 60
    with pytest.raises(ClockGoesBack):
        model.ahead_of(now, now + timedelta(seconds=58), 60)
    with pytest.raises(ClockGoesBack):
        model.ahead_of(now, now - timedelta(seconds=5), 0)
    with pytest.raises(InvalidInput):
        model.ahead_of(now, now + timedelta(seconds=model.MOST_AHEAD_S + 1), 0)
