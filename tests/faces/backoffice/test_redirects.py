"""Redirects in the back office: added, found, removed, taken along."""

from galleria.content import redirects
from galleria.content.redirects import RedirectDraft
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from tests.faces.backoffice.conftest import SignedIn

PLACE = "/redirects"


async def fill(shop: Context, count: int) -> None:
    drafts = [RedirectDraft(from_path=f"/old/{n:03}", to="/new") for n in range(count)]
    async with shop.transaction() as tx:
        await redirects.merge_redirects(tx, drafts)


async def test_a_redirect_is_added_and_shown(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    page = await mia.get(PLACE)
    assert "No redirect yet" in page.text
    page = await mia.submit(page, PLACE, from_path="old page/?x=1", to="/products/mug")
    assert "/old page leads on from now on." in page.text
    assert "/products/mug" in page.text
    page = await mia.submit(
        page, PLACE, from_path="/blog", to="https://blog.example.com", is_permanent=None
    )
    assert "another site" in page.text and "for now" in page.text
    found = {each.from_path: each for each in (await redirects.list_redirects(shop)).items}
    assert found["/old page"].is_permanent and not found["/blog"].is_permanent


async def test_what_cannot_be_is_refused_and_kept_in_the_form(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    await fill(shop, 1)
    page = await mia.get(PLACE)
    for old, new, told in (
        ("", "/new", "Please fill this in."),
        ("/a", "", "Please fill this in."),
        ("https://evil.example/x", "/new", "Write an address of this shop"),
        ("/a/../b", "/new", "This is no address of a page."),
        ("/a", "javascript:alert(1)", "Another site has to be reached by https://."),
        ("/a", "https://user@evil.example", "This is no address of a site."),
        ("/old/000", "/else", "There is a redirect from this address already."),
        ("/new", "/old/000", "This would lead round in a circle."),
        ("/a" * 3_001, "/new", "This is too long."),
    ):
        refused = await mia.submit(page, PLACE, from_path=old, to=new)
        assert refused.status in {409, 422}, (old, new)
        assert told in refused.text, (old, new)
        assert f'value="{new}"' in refused.text
    assert len((await redirects.list_redirects(shop)).items) == 1


async def test_redirects_are_found_by_how_they_begin_page_by_page(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    await fill(shop, 60)
    page = await mia.get(f"{PLACE}?q=old/")
    assert "/old/049" in page.text and "/old/050" not in page.text
    (following,) = [link for link in page.links if "cursor=" in link]
    page = await mia.get(PLACE + following)
    assert "/old/050" in page.text and "/old/049" not in page.text
    assert "Nothing fits" in (await mia.get(f"{PLACE}?q=none")).text
    assert "/old/000" in (await mia.get(f"{PLACE}?cursor=made-up")).text


async def test_ticked_redirects_are_removed(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    await fill(shop, 3)
    page = await mia.get(PLACE)
    nothing = await mia.submit(page, f"{PLACE}/remove")
    assert "Nothing was chosen." in nothing.text
    fields = [*page.form(f"{mia.base}{PLACE}/remove"), ("paths", "/old/000"), ("paths", "/old/2")]
    page = await mia.browser.post(f"{mia.base}{PLACE}/remove", [*fields, ("paths", "/old/002")])
    assert "2 redirects are gone." in page.text
    left = (await redirects.list_redirects(shop)).items
    assert [each.from_path for each in left] == ["/old/001"]


async def test_a_viewer_sees_redirects_and_changes_none(shop: Context, at_work: SignedIn) -> None:
    ben = await at_work(shop, "viewer")
    async with shop.transaction() as tx:
        move = redirects.Move("product", new_id(), "/products/former")
        await redirects.moved(tx, [move])
    page = await ben.get(PLACE)
    assert "/products/former" in page.text and "address changed" in page.text
    assert 'type="checkbox"' not in page.text
    assert not page.has_form(f"{ben.base}{PLACE}")
    refused = await ben.browser.post(
        f"{ben.base}{PLACE}", {"form_token": page.token, "from_path": "/a", "to": "/b"}
    )
    assert refused.status == 403


async def test_the_table_is_taken_along(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    await fill(shop, 2)
    sheet = await mia.get(f"{PLACE}.csv")
    assert sheet.response.headers["content-type"].startswith("text/csv")
    assert "attachment" in sheet.response.headers["content-disposition"]
    assert sheet.text.count("/old/") == 2
