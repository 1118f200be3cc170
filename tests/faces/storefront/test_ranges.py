"""Numbers are narrowed to ranges on search and category pages: typed, kept, refused, taken away."""

import re
from urllib.parse import quote

import pytest

from galleria.commerce import attributes
from galleria.commerce.attributes import NewAttribute
from galleria.faces.storefront.pages.browsing.choices import Choices, choices_of
from galleria.faces.storefront.pages.browsing.panel import Group, Span, panel_of
from galleria.faces.storefront.pages.browsing.ranges import TypedRange, plain
from galleria.growth.search import FacetShown, RangeShown, ValueShown
from tests.commerce.selling import mug, put_on_sale, show
from tests.faces.gateway.door import ShopScene
from tests.faces.storefront.test_browsing import PART, XSS, opened


@pytest.fixture
async def screens(shop: ShopScene) -> ShopScene:
    """Twelve screens of 10.5 to 21.5 inches, some with ports."""
    inches = NewAttribute(
        code="diagonal",
        label="Screen size",
        labels={"de": "Bildschirm"},
        kind="decimal",
        decimals=1,
        unit="in",
    )
    if "diagonal" not in (await attributes.dictionary(shop.ctx)).by_code:
        await attributes.create_attribute(shop.ctx, inches)
    goods = [
        mug(
            f"s{size}",
            title=f"Screen {size}",
            brand="Oak" if size % 2 else "Elm",
            attributes={"diagonal": size + 0.5, "ports": size % 3},
            category_paths=[["Kitchen"]],
        )
        for size in range(10, 22)
    ]
    await put_on_sale(shop.ctx, *goods)
    await show(shop.ctx)
    return shop


def end(page: str, name: str) -> str:
    """The field of a form, as it is written."""
    (field,) = re.findall(rf'<input name="{re.escape(name)}"[^>]*>', page)
    return str(field)


async def test_the_panel_has_from_and_to_with_how_far_a_number_goes(screens: ShopScene) -> None:
    async with screens.shopper() as shopper:
        for path in ("/search?q=screen", "/categories/kitchen?q=screen"):
            page = await opened(shopper, path)
            assert '<legend>Screen size <span class="unit">(in)</span></legend>' in page
            assert 'placeholder="10.5"' in end(page, "from[diagonal]")
            assert 'placeholder="21.5"' in end(page, "to[diagonal]")
            assert 'name="filter[diagonal]"' not in page, "nobody ticks twelve numbers"
            assert page.count("<legend>Ports</legend>") == 1, "few values are ticked as well"
            assert 'name="filter[ports]"' in page and 'name="from[ports]"' in page


async def test_a_range_narrows_and_is_a_chip_that_takes_it_away(screens: ShopScene) -> None:
    async with screens.shopper() as shopper:
        page = await opened(shopper, "/categories/kitchen?from[diagonal]=13&to[diagonal]=15,50&q=")
        assert page.count('<li class="card"') == 3
        assert re.search(r"Screen size:</span> 13 \u2013 15.5 in <span aria", page)
        assert 'value="15.5"' in end(page, "to[diagonal]")
        assert 'href="/categories/kitchen" data-swap><span class="hidden">Remove:' in page
        assert "Filter (1)" in page
        same = await opened(shopper, "/categories/kitchen?range[diagonal]=13..15.5", **PART)
        assert 'data-address="/categories/kitchen?range%5Bdiagonal%5D=13..15.5"' in same
        above = await opened(shopper, "/search?q=screen&range[diagonal]=20..&range[ports]=..1")
        assert above.count('<li class="card"') == 1
        assert "… \u2013 1 <span" in above and "20 \u2013 … in" in above


async def test_what_is_no_range_is_told_beside_it_and_narrows_nothing(screens: ShopScene) -> None:
    async with screens.shopper() as shopper:
        turned = await opened(shopper, "/search?q=screen&from[diagonal]=15&to[diagonal]=13")
        assert turned.count('<li class="card"') == 12
        assert "“From” is more than “to”." in turned and "Remove all" not in turned
        assert 'value="15"' in end(turned, "from[diagonal]") and "noindex" in turned
        (told,) = re.findall(r'<p class="wrong" id="([^"]+)"', turned)
        for name in ("from[diagonal]", "to[diagonal]"):
            assert f'aria-invalid="true" aria-describedby="{told}"' in end(turned, name)
        odd = await opened(
            shopper, "/search?q=screen&from[diagonal]=wide&to[diagonal]=13&from[ports]=1"
        )
        assert odd.count('<li class="card"') == 8 and "Please type a number" in odd
        assert "aria-invalid" in end(odd, "from[diagonal]")
        assert "aria-invalid" not in end(odd, "to[diagonal]")
        unknown = await opened(shopper, "/search?q=screen&from[nobody]=5&to[nobody]=2")
        assert unknown.count('<li class="card"') == 12 and "<legend>nobody</legend>" in unknown


async def test_nothing_that_is_typed_breaks_the_page(screens: ShopScene) -> None:
    texts = ["..", "1..2", "1e999", "NaN", "-", "\x01", "9" * 40, "1" * 20, "0.12345678901", XSS]
    names = [
        "range[diagonal]",
        "from[diagonal]",
        "to[@brand]",
        "range[ x]",
        "range[]",
        "from[",
        XSS,
    ]
    async with screens.shopper() as shopper:
        for text in texts:
            for headers in ({}, PART):
                query = "&".join(f"{quote(name)}={quote(text)}" for name in names)
                page = await opened(shopper, f"/search?{query}", **headers)
                assert "<img src=x" not in page
        many = "&".join(f"range[n{at}]=1..2" for at in range(200))
        await opened(shopper, f"/search?{many}")


async def test_nothing_found_counts_what_there_is_without_the_range(screens: ShopScene) -> None:
    async with screens.shopper() as shopper:
        page = await opened(shopper, "/search?q=screen&range[diagonal]=30..40&filter[brand]=Oak")
        assert re.search(r"Without “Screen size: 30 \u2013 40 in”</a> <span[^>]*>6 products", page)
        assert re.search(r"without the filters</a> <span[^>]*>12 products", page)
        assert 'value="30"' in end(page, "from[diagonal]"), "it can be typed over"


async def test_ranges_speak_german(screens: ShopScene) -> None:
    async with screens.shopper(accept_language="de") as shopper:
        page = await opened(shopper, "/categories/kitchen?range[diagonal]=15..13&range[ports]=x..")
        assert "Bildschirm <span" in page and "„Von“ ist mehr als „bis“." in page
        assert "Bitte eine Zahl eingeben" in page


@pytest.mark.parametrize(
    ("pairs", "text"),
    [
        ([("range[x]", "13..15")], "13..15"),
        ([("from[x]", " 13,50 "), ("to[x]", "")], "13.5.."),
        ([("to[x]", "1e3")], "..1000"),
        ([("from[x]", "\u22124"), ("to[x]", "-0.0")], "-4..0"),
        ([("from[x]", "7.000")], "7.."),
        ([("range[x]", "1..2"), ("to[x]", "5")], "1..5"),
    ],
)
def test_one_range_has_one_text_however_it_is_typed(
    pairs: list[tuple[str, str]], text: str
) -> None:
    read = choices_of(pairs)
    assert read.ranges["x"].text == text and not read.ranges["x"].faulty
    assert dict(read.pairs())["range[x]"] == text
    assert choices_of(read.pairs()).ranges == read.ranges


@pytest.mark.parametrize(
    ("text", "faulty"),
    [
        ("15..13", ("least", "most")),
        ("x..13", ("least",)),
        ("1..x", ("most",)),
        ("x..y", ("least", "most")),
        ("13", ()),
        ("1..2..", ("most",)),
        ("1234567890123456..", ("least",)),
    ],
)
def test_a_fault_is_found_at_its_end(text: str, faulty: tuple[str, ...]) -> None:
    typed = choices_of([("range[x]", text)]).ranges["x"]
    assert typed.faulty == faulty
    assert typed.is_turned == (text == "15..13")
    assert choices_of(choices_of([("range[x]", text)]).pairs()).ranges["x"] == typed


def test_an_address_names_few_ranges_and_only_such_as_there_can_be() -> None:
    many = [(f"range[n{at:02}]", "1..") for at in range(20)]
    assert list(choices_of(many).ranges) == [f"n{at:02}" for at in range(8)]
    odd = [("range[]", "1.."), ("from[@brand]", "1"), ("to[ x]", "1"), ("range[x", "1..")]
    assert not choices_of([*odd, ("range[y]", ".."), ("from[z]", "")]).ranges


def test_numbers_stand_first_and_what_no_group_shows_is_carried_along() -> None:
    def told(code: str, label: str) -> RangeShown:
        return RangeShown(
            code=code,
            label=label,
            unit=None,
            least=1.0,
            most=2.5,
            chosen_least=None,
            chosen_most=None,
        )

    facets = [
        FacetShown("brand", "Brand", [ValueShown("Oak", "Oak", 2, True)]),
        FacetShown("b", "Zeal", [ValueShown("1", "1", 2, False)]),
    ]
    choices = choices_of(
        [("filter[brand]", "Oak"), ("filter[gone]", "1"), ("range[late]", "1.."), ("q", "x")]
    )
    panel = panel_of(choices, facets, [told("b", "Zeal"), told("a", "Age")], [], "/search", None)
    assert [(each.code, len(each.first)) for each in panel.groups] == [
        *(("a", 0), ("b", 1)),
        ("brand", 1),
    ]
    assert panel.groups[0] == Group(
        code="a", label="Age", span=Span(unit=None, least="1", most="2.5", typed=TypedRange())
    )
    assert panel.carried == [("filter[gone]", "1"), ("range[late]", "1..")]
    assert not panel_of(Choices(), facets, [], [], "/search", None).carried


def test_numbers_are_written_as_one_types_them() -> None:
    assert [plain(each) for each in (13.0, 0.5, 1e-05, -2.25, 1e15)] == [
        *("13", "0.5", "0.00001"),
        *("-2.25", "1000000000000000"),
    ]
