"""Search and category pages over HTTP: their address, their filters, their help, their parts."""

import re

import httpx
import pytest

from galleria.commerce.listings import CategoryNode
from galleria.faces.storefront.pages.browsing.choices import (
    Choices,
    choices_of,
    innermost,
    minor,
)
from galleria.faces.storefront.pages.browsing.panel import Panel, panel_of
from galleria.foundation.ids import new_id
from galleria.growth import search
from galleria.growth.search import CurationDraft, FacetShown, ValueShown
from tests.commerce.selling import mug, put_on_sale, show
from tests.faces.gateway.door import ShopScene

PART = {"x-galleria-part": "1"}
XSS = '"><img src=x onerror=alert(1)>'


async def opened(shopper: httpx.AsyncClient, path: str, **headers: str) -> str:
    answer = await shopper.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.fixture
async def bowls(shop: ShopScene) -> ShopScene:
    ctx = shop.ctx
    goods = [
        mug(
            f"bowl-{at}",
            title=f"Bowl {at:02}",
            brand="Oak" if at % 2 else "Elm",
            description_html="<p>For soup &lt;hot&gt; &amp; stew.</p>",
            category_paths=[["Kitchen", "Bowls"]],
        )
        for at in range(30)
    ]
    await put_on_sale(ctx, *goods)
    await show(ctx)
    return shop


async def test_words_are_marked_and_everything_typed_is_only_text(bowls: ShopScene) -> None:
    async with bowls.shopper() as shopper:
        page = await opened(shopper, "/search?q=soup")
        assert "For <mark>soup</mark> &lt;hot&gt; &amp; stew." in page
        for path in ("/search", "/suggest"):
            for headers in ({}, PART):
                odd = {"q": XSS, "filter[brand]": XSS, f"filter[{XSS}]": "a", "price_min": XSS}
                answer = await shopper.get(path, params=odd, headers=headers)
                assert answer.status_code == 200
                if "html" in answer.headers["content-type"]:
                    assert "<img src=x" not in answer.text


_NAMED = re.compile(r' data-query-id="[^"]*"')


async def test_a_script_gets_the_part_that_changes_and_the_page_has_the_same(
    bowls: ShopScene,
) -> None:
    async with bowls.shopper() as shopper:
        for path in ("/search?q=bowl", "/categories/kitchen?sort=title"):
            page, part = await opened(shopper, path), await opened(shopper, path, **PART)
            assert "<html" not in part
            # Each answer has a name of its own.
            assert _NAMED.sub("", part).strip() in _NAMED.sub("", page)
            assert f'data-address="{path}"' in part


async def test_one_state_has_one_address(bowls: ShopScene) -> None:
    async with bowls.shopper() as shopper:
        odd = (
            "/search?sort=relevance&filter[b]=2&price_min=1,50&filter[a]=1&filter[b]=1&q=%20mug%20"
        )
        part = await opened(shopper, odd, **PART)
        address = "/search?q=mug&amp;filter%5Ba%5D=1&amp;filter%5Bb%5D=1&amp;filter%5Bb%5D=2"
        assert f'data-address="{address}&amp;price_min=1.5"' in part
        assert f'rel="canonical" href="{address}&amp;price_min=1.5"' in await opened(shopper, odd)


async def test_search_engines_keep_only_whole_lists(bowls: ShopScene) -> None:
    async with bowls.shopper() as shopper:
        for path in ("/search", "/categories/kitchen", "/search?sort=newest"):
            assert "noindex" not in await opened(shopper, path), path
        for query in ("q=bowl", "filter[brand]=Oak", "price_max=9", "sort=title", "shown=48"):
            assert "noindex" in await opened(shopper, f"/search?{query}"), query


async def test_pages_lead_on_and_a_longer_page_holds_more(bowls: ShopScene) -> None:
    async with bowls.shopper() as shopper:
        first = await opened(shopper, "/search?q=bowl&sort=title")
        assert first.count('<li class="card"') == 24
        following = re.search(r'<link rel="next" href="([^"]+)"', first)
        assert following is not None
        second = await opened(shopper, following[1].replace("&amp;", "&"))
        assert "Bowl 24" in second.replace("<mark>", "").replace("</mark>", "")
        assert 'rel="next"' not in second and "To the beginning of the list" in second
        longer = await opened(shopper, "/search?q=bowl&sort=title&shown=48")
        assert longer.count('<li class="card"') == 30
        assert "cursor" not in longer


async def test_pages_lead_back_one_by_one(shop: ShopScene) -> None:
    goods = [mug(f"cup-{at}", title=f"Cup {at:02}") for at in range(60)]
    await put_on_sale(shop.ctx, *goods)
    await show(shop.ctx)

    def linked(page: str, rel: str) -> str | None:
        found: list[str] = re.findall(rf'rel="{rel}" href="([^"]+)"', page)
        assert not found or found == [found[0]] * 2, "the head says what the link says"
        return found[0].replace("&amp;", "&") if found else None

    async with shop.shopper() as shopper:
        ways = ["/search?q=cup&sort=title"]
        pages = [await opened(shopper, ways[0])]
        while following := linked(pages[-1], "next"):
            ways.append(following)
            pages.append(await opened(shopper, following))
        assert [page.count('<li class="card"') for page in pages] == [24, 24, 12]
        back = [linked(page, "prev") for page in pages]
        assert back == [None, ways[0], ways[1]], "each page has one address, whence one comes"
        assert "noindex" in pages[1] and "To the beginning of the list" in pages[2]
        longer = await opened(shopper, "/search?q=cup&sort=title&shown=48")
        last = await opened(shopper, str(linked(longer, "next")))
        assert linked(last, "prev") == ways[1]
        beyond = await opened(shopper, f"{ways[2]}&filter[brand]=Nobody")
        assert "The list ends here." in beyond and "Previous" in beyond


async def test_where_nothing_fits_ways_out_are_shown_with_their_numbers(bowls: ShopScene) -> None:
    async with bowls.shopper() as shopper:
        page = await opened(shopper, "/search?q=bowl&filter[brand]=Oak&filter[Colour]=Plum")
        assert "Nothing fits “bowl” with these filters" in page
        assert re.search(r"Without “Plum”</a> <span[^>]*>15 products", page)
        assert "Without “Oak”" not in page, "that gives nothing either"
        assert re.search(r"without the filters</a> <span[^>]*>30 products", page)
        assert re.search(r"/categories/kitchen/\w+", page)
        called = await opened(shopper, "/search?q=bowl&filter[brand]=Nobody")
        assert "Categories called so" in called
        nothing = await opened(shopper, "/search?q=zzqx")
        assert "Look at how the words are spelled" in nothing


async def test_a_redirect_leads_away_but_not_while_typing(bowls: ShopScene) -> None:
    draft = CurationDraft(
        name="x", applies="exact", words=["sale"], redirect_to="/categories/kitchen"
    )
    await search.create_curation(bowls.ctx, draft)
    async with bowls.shopper() as shopper:
        assert (await shopper.get("/search?q=sale")).headers["location"] == "/categories/kitchen"
        assert 'data-leads-to="/categories/kitchen"' in await opened(
            shopper, "/search?q=sale", **PART
        )


async def test_suggestions_are_options_in_groups(bowls: ShopScene) -> None:
    async with bowls.shopper() as shopper:
        part = await opened(shopper, "/suggest?q=bo", **PART)
        assert part.count('role="option"') == part.count('aria-selected="false"') >= 4
        assert "bo<b>wl</b>" in part
        assert 'data-href="/categories/kitchen/bowls"' in part
        assert "from €24.00" in part
        assert 'role="option"' not in await opened(shopper, "/suggest?q=b", **PART)
        said = (await shopper.get("/suggest?q=bo")).json()
        assert said["completions"] == ["bowl"] and said["hits"] and said["products"]


async def test_pages_speak_german(bowls: ShopScene) -> None:
    async with bowls.shopper(accept_language="de") as shopper:
        page = await opened(shopper, "/search?q=zzqx&filter[brand]=Oak")
        assert "Nichts passt zu „zzqx“" in page
        assert "mit diesen Filtern" in page
        assert "Filter (1)" in page


def node(path: str) -> CategoryNode:
    handle = path.rpartition("/")[2]
    return CategoryNode(new_id(), handle, handle.title(), path, None, 1)


def panel(chosen: list[str], *paths: str, path: str = "/search") -> Panel:
    values = [ValueShown(each, each, 2, each in chosen) for each in paths]
    choices = Choices(filters={"category": tuple(chosen)}, sort="newest")
    facets = [FacetShown("category", "Category", values)]
    return panel_of(choices, facets, [], [node(each) for each in sorted(paths)], path, None)


MANY = [f"r{n}" for n in range(12)]


def test_a_large_tree_is_open_only_around_what_is_ticked() -> None:
    closed = panel([], *MANY, "r1/a", "r1/a/b", "r2/c")
    assert [each.value.value for each in closed.branches] == sorted(MANY)
    opened_ = panel(["r1/a"], *MANY, "r1/a", "r1/a/b", "r2/c")
    shown = {each.value.value: (each.depth, each.address) for each in opened_.branches}
    assert shown["r1"] == (0, "/search?filter%5Bcategory%5D=r1"), "a way back, not a tick"
    assert shown["r1/a"] == (1, None) and shown["r1/a/b"] == (2, None)
    assert "r2/c" not in shown
    assert opened_.everything == "/search"


def test_ticking_inside_a_category_narrows_to_it() -> None:
    assert innermost(["a", "a/b", "c", "ab", "a"]) == ["a/b", "c", "ab"]
    read = choices_of([("filter[category]", "a"), ("filter[category]", "a/b")])
    assert read.filters == {"category": ("a/b",)}


def test_many_values_are_folded_but_never_a_ticked_one() -> None:
    values = [ValueShown(f"v{n}", f"V{n}", 20 - n, n == 15) for n in range(20)]
    values += [ValueShown("gone", "Gone", 0, False), ValueShown("kept", "Kept", 0, True)]
    (group,) = panel_of(Choices(), [FacetShown("x", "X", values)], [], [], "/search", None).groups
    assert [each.value for each in group.first] == [f"v{n}" for n in range(8)] + ["v15", "kept"]
    assert len(group.more) == 11 and "gone" not in {each.value for each in group.more}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        *(("12,50", "12.5"), ("100", "100"), ("1e3", "1000"), ("-1", ""), ("NaN", "")),
        *(("1e999", ""), ("Infinity", ""), ("\u0663", "3"), ("", ""), ("0.00", "0"), ("  7 ", "7")),
    ],
)
def test_prices_are_read_however_they_are_typed(typed: str, kept: str) -> None:
    read = choices_of([("price_min", typed)]).price_min
    assert read == kept
    assert (minor(read, "EUR") is None) == (kept == "")


def test_prices_are_compared_in_minor_units() -> None:
    assert minor("12.345", "EUR") == 1234 and minor("12", "JPY") == 12 and minor("1", "BHD") == 1000


@pytest.mark.parametrize(
    ("text", "shown"), [("48", 48), ("47", 24), ("9999", 24), ("999", 96), ("-1", 24), ("x", 24)]
)
def test_a_page_shows_whole_rows_up_to_a_bound(text: str, shown: int) -> None:
    assert choices_of([("shown", text)]).shown == shown
