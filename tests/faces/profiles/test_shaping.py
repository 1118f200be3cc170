"""What a profile makes of an answer: pure rules."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.faces.profiles.errors import InvalidProfile
from galleria.faces.profiles.model.asking import Wish, wish_of, with_vary
from galleria.faces.profiles.model.profiles import (
    BUILT_IN,
    KIOSK,
    LEAVABLE,
    MOBILE,
    WEB,
    Images,
    Profile,
    ProfileDraft,
    Texts,
    check,
)
from galleria.faces.profiles.model.shaping import Shaper, shortened

EUR = {"amount_minor": 900, "currency": "EUR"}


def detail() -> dict[str, Any]:
    """A product's answer with all that a profile may change."""
    return {
        "product_id": "p",
        "handle": "mug",
        "title": "Mug",
        "description_html": "<p>Turned by hand.</p><p>Fired twice, glazed once.</p>",
        "brand": "Acme",
        "product_type": "Mug",
        "tags": ["new"],
        "images": [{"url": f"/media/{n}", "alt": f"View {n}"} for n in range(4)],
        "options": [],
        "variants": [
            {
                "variant_id": "v",
                "sku": "M-1",
                "options": [],
                "price": EUR,
                "compare_at": None,
                "is_available": True,
                "few_left": 3,
                "image_url": "/media/0",
            }
        ],
        "price_range": {"min": EUR, "max": {**EUR, "amount_minor": 1_200}},
        "is_available": True,
        "attributes": [],
        "categories": [],
        "collections": [],
        "seo_title": "Mug",
        "seo_description": "",
        "published_at": "2026-01-01T00:00:00Z",
        "variant_count": 1,
        "metafields": [],
        "relations": [],
    }


def card() -> dict[str, Any]:
    return {
        "product_id": "p",
        "handle": "mug",
        "title": "Mug",
        "brand": "Acme",
        "image": {"url": "/media/0", "alt": "View"},
        "price_range": {"min": EUR, "max": EUR},
        "compare_at": None,
        "is_available": True,
        "variant_count": 1,
        "only_variant_id": "v",
        "published_at": "2026-01-01T00:00:00Z",
    }


def shaped(profile: Profile, shape: str, answer: dict[str, Any]) -> dict[str, Any]:
    return Shaper(profile).shape(shape, answer)


def test_the_profile_of_the_web_changes_nothing() -> None:
    assert WEB.changes_nothing
    assert shaped(WEB, "product", detail()) == detail()
    assert shaped(WEB, "cards", {"items": [card()]}) == {"items": [card()]}
    assert not any(each.changes_nothing for each in BUILT_IN.values() if each is not WEB)


def test_a_phone_is_told_less_of_a_product_and_gets_small_pictures() -> None:
    told = shaped(MOBILE, "product", detail())

    assert told["description"] == "Turned by hand.\nFired twice, glazed once."
    assert "description_html" not in told and "seo_title" not in told and "tags" not in told
    assert told["price"] == EUR and "price_range" not in told
    assert len(told["images"]) == 3
    assert told["images"][0] == {
        "url": "/media/0?w=320",
        "alt": "View 0",
        "widths": [320, 640],
    }
    (variant,) = told["variants"]
    assert "few_left" not in variant and "sku" not in variant
    assert variant["is_available"] and variant["image_url"] == "/media/0?w=320"


def test_a_list_for_a_phone_is_what_a_grid_shows() -> None:
    gone = {**card(), "image": None, "is_available": False}

    told = shaped(MOBILE, "cards", {"items": [card(), gone], "next_cursor": "c"})

    small = {"handle": "mug", "title": "Mug", "amount_minor": 900}
    assert told == {
        "items": [{**small, "image_url": "/media/0?w=320"}, {**small, "is_available": False}],
        "currency": "EUR",
        "next_cursor": "c",
    }
    assert shaped(MOBILE, "cards", {"items": []}) == {"items": []}


def test_a_list_may_have_cards_with_one_price() -> None:
    lowest = msgspec.structs.replace(KIOSK, prices="lowest")
    (told,) = shaped(lowest, "cards", {"items": [card()], "next_cursor": "c"})["items"]

    assert told["price"] == EUR and told["image"]["url"] == "/media/0?w=640"
    assert "published_at" not in told and told["variant_count"] == 1


def test_an_answer_of_the_search_keeps_what_a_phone_needs() -> None:
    answer = {"items": [card()], "facets": [1], "ranges": [], "completeness": {}, "total": 1}
    found = shaped(MOBILE, "search", answer)
    assert found["facets"] == [1] and "completeness" not in found
    suggested = shaped(MOBILE, "suggestions", {"products": [card()], "completions": ["mug"]})
    assert suggested["products"][0]["amount_minor"] == 900 and suggested["currency"] == "EUR"


def test_stock_may_be_told_not_at_all() -> None:
    silent = msgspec.structs.replace(WEB, stock="hidden")

    told = shaped(silent, "product", detail())

    assert "is_available" not in told
    assert not {"is_available", "few_left"} & told["variants"][0].keys()
    assert "is_available" not in shaped(silent, "cards", {"items": [card()]})["items"][0]


def test_ways_to_pay_come_in_the_order_of_the_profile_and_no_others() -> None:
    page = {"items": [{"code": "card"}, {"code": "invoice"}, {"code": "wallet"}]}
    quick = msgspec.structs.replace(WEB, payment_methods=("wallet", "gone", "card"))

    assert shaped(WEB, "methods", dict(page)) == page
    told = shaped(quick, "methods", dict(page))
    assert told["items"] == [{"code": "wallet"}, {"code": "card"}]


def test_every_field_that_may_be_left_out_is_one_that_an_answer_has() -> None:
    made = {"product": {*detail()}, "variant": {*detail()["variants"][0]}, "card": {*card()}}
    sometimes = {
        "card": {"lowest_30d_minor", "highlights"},
        "variant": {"lowest_30d_minor", "offer", "available_on", "metafields", "components"},
    }
    for kind, fields in made.items():
        assert {*LEAVABLE[kind]} <= fields | sometimes.get(kind, set()), kind


@given(st.text(max_size=300), st.integers(min_value=20, max_value=120))
def test_a_cut_text_is_no_longer_than_it_may_be(text: str, most: int) -> None:
    cut = shortened(text, most)

    assert len(cut) <= most
    assert cut == text or cut.endswith("\u2026")


def test_a_text_is_cut_between_words() -> None:
    assert shortened("Turned by hand, fired twice", 20) == "Turned by hand\u2026"
    assert shortened("Turned by hand", 20) == "Turned by hand"
    assert shortened("x" * 50, 20) == "x" * 19 + "\u2026"
    assert shortened("as it is", None) == "as it is"


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ([], Wish()),
        ([(b"galleria-profile", b"kiosk")], Wish("kiosk")),
        ([(b"accept", b'application/json; profile="mobile"')], Wish("mobile")),
        ([(b"accept", b"application/json;profile=car-display, */*")], Wish("car-display")),
        ([(b"accept", b"application/json")], Wish()),
        ([(b"accept", b"a/b;profile=agent"), (b"galleria-profile", b"kiosk")], Wish("kiosk")),
        # A phone that asks for nothing is answered as it always was.
        ([(b"sec-ch-ua-mobile", b"?1")], Wish()),
        ([(b"sec-ch-ua-mobile", b"?1"), (b"galleria-profile", b"auto")], Wish("mobile")),
        ([(b"sec-ch-ua-mobile", b"?0"), (b"galleria-profile", b"auto")], Wish("web")),
        ([(b"galleria-profile", b"auto")], Wish("web")),
    ],
)
def test_a_client_says_by_which_profile_it_is_answered(
    headers: list[tuple[bytes, bytes]], wanted: Wish
) -> None:
    assert wish_of(headers) == wanted


def test_an_answer_says_that_it_varies_by_profile() -> None:
    assert with_vary("") == "galleria-profile, accept, sec-ch-ua-mobile"
    assert with_vary("cookie").startswith("cookie, galleria-profile")


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"left_out": ("product.title",)}, "left_out[0]"),
        ({"left_out": ("card.brand", "nothing")}, "left_out[1]"),
        ({"images": Images(most=-1)}, "images.most"),
        ({"images": Images(widths=(8,))}, "images.widths"),
        ({"images": Images(widths=(320, 320))}, "images.widths"),
        ({"texts": Texts(description="text", most=5)}, "texts.most"),
        ({"texts": Texts(description="html", most=100)}, "texts.most"),
        ({"budget_bytes": 10}, "budget_bytes"),
        ({"staleness_s": 4_000}, "staleness_s"),
        ({"payment_methods": ("card", "card")}, "payment_methods"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidProfile) as refused:
        check(msgspec.structs.replace(ProfileDraft(code="own", name="Own"), **changes))
    assert [each.path for each in refused.value.errors or []] == [path]


def test_the_profiles_that_every_shop_has_can_be_kept() -> None:
    for each in BUILT_IN.values():
        check(each.draft)
    assert KIOSK.tag == "kiosk.0"
