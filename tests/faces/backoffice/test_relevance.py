"""The relevance lab in the back office: what is asked, what is judged, what runs measure."""

from typing import Any
from uuid import UUID

import pytest

from galleria.commerce import catalog
from galleria.engines.context import Context
from galleria.foundation.text import slugify
from galleria.growth import relevance, search
from galleria.growth.relevance import JudgmentSetDraft
from galleria.growth.search import Question, SynonymDraft
from tests.commerce.selling import mug, put_on_sale, show, window
from tests.faces.backoffice.browser import Page
from tests.faces.backoffice.conftest import Person, SignedIn
from tests.faces.backoffice.test_words import assert_well_formed
from tests.growth.relevance.conftest import in_parts

LAB = "/search/relevance"
ASKED = "/search/questions"


async def send(mia: Person, page: Page, raw: bytes | None, **fields: str) -> Page:
    address = f"/uploads/{mia.base.removeprefix('/s/')}/judgments"
    files = [("file", ("judged.csv", raw))] if raw is not None else [("file", ("", b""))]
    return await mia.browser.upload(page, address, files, **fields)


async def judged(shop: Context, *rows: str) -> UUID:
    """A set with these lines."""
    made = await relevance.create_set(shop, JudgmentSetDraft(name="Lamps"))
    raw = "\n".join(["query,product_id,grade", *rows]).encode()
    await relevance.import_judgments(shop, made.judgment_set_id, in_parts(raw))
    return made.judgment_set_id


async def ran(shop: Context, set_id: UUID) -> str:
    run = await relevance.start_run(shop, set_id)
    await relevance.run_now(shop, run.relevance_run_id)
    return str(run.relevance_run_id)


@pytest.fixture
async def lamps(shop: Context) -> list[Any]:
    titles = ("Lamp", "Floor Lamp", "Chair")
    made = await put_on_sale(shop, *(mug(slugify(each), title=each) for each in titles))
    await show(shop)
    return [await catalog.get_product(shop, each.product_id) for each in made if each.product_id]


async def test_a_set_is_begun_from_a_file_and_told_what_was_not_taken(
    shop: Context, lamps: list[Any], at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    page = await mia.get(LAB)
    assert "Nothing is judged yet" in page.text
    raw = f"query,product_id,grade\nlamp,{lamps[0].handle},3\nlamp,nothing,1\n".encode()
    page = await send(mia, page, raw, name="Lamps", max_grade="3", locale="en")
    assert "One judgment is taken." in page.text
    assert "One line of the last file was not taken" in page.text
    assert "No product is called so" in page.text and "nothing" in page.text
    (made,) = (await relevance.list_sets(shop)).items
    assert (made.name, made.judgment_count, made.locale) == ("Lamps", 1, "en")
    more = f"query,product_id,grade\nchair,{lamps[2].handle},2\n".encode()
    page = await send(mia, page, more)
    assert "One judgment is taken." in page.text and "chair" in page.text
    table = await mia.get(f"{LAB}/sets/{made.judgment_set_id}/judgments.csv")
    assert f"chair,{lamps[2].handle},2" in table.text
    found = await mia.get(f"{LAB}/sets/{made.judgment_set_id}?q=cha")
    assert "chair" in found.text and ">lamp<" not in found.text


async def test_what_is_no_file_of_judgments_is_refused_and_leaves_no_set(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    page = await mia.get(LAB)
    for raw, name, told in (
        (b"\x89PNG\x00", "Pictures", "This is no table of judgments."),
        (b"query,grade\na,1\n", "Columns", "This is no table of judgments."),
        (b"", " ", "This is too short."),
    ):
        refused = await send(mia, page, raw, name=name, max_grade="3")
        assert refused.status == 422, name
        assert told in refused.text, name
    refused = await send(mia, page, None, name="Grades", max_grade="11")
    assert refused.status == 422 and 'value="Grades"' in refused.text
    assert (await relevance.list_sets(shop)).items == []
    page = await send(mia, page, None, name="By hand", max_grade="1")
    assert "“By hand” is saved." in page.text
    (made,) = (await relevance.list_sets(shop)).items
    nothing = await send(mia, page, None)
    assert nothing.status == 422 and "Choose a file first." in nothing.text
    many = b"query,product_id,grade\n" + b"a,b,1\n" * 200_001
    over = await send(mia, page, many)
    assert over.status == 409 and "at most 200,000" in over.text
    assert made.max_grade == 1


async def test_a_query_is_judged_beside_its_answer(
    shop: Context, lamps: list[Any], at_work: SignedIn
) -> None:
    set_id = await judged(shop, f"lamp,{lamps[2].handle},0")
    mia = await at_work(shop)
    place = f"{LAB}/sets/{set_id}"
    page = await mia.get(f"{place}/query?query=lamp")
    assert "Floor Lamp" in page.text and "Judged, and among neither" in page.text
    page = await mia.submit(page, f"{place}/judge", product_id=str(lamps[0].product_id), grade="3")
    assert 'aria-pressed="true"' in page.text
    found = await relevance.look_beside(shop, set_id, "lamp")
    assert {hit.title: hit.grade for hit in found.left.hits}["Lamp"] == 3
    page = await mia.submit(page, f"{place}/judge", product_id=str(lamps[0].product_id), grade="")
    found = await relevance.look_beside(shop, set_id, "lamp")
    assert {hit.title: hit.grade for hit in found.left.hits}["Lamp"] is None
    for changes in ({"grade": "9"}, {"product_id": "none", "grade": "1"}):
        page = await mia.submit(page, f"{place}/judge", **changes)
        assert "It was not judged." in page.text
    assert "Which query?" in (await mia.get(f"{place}/query")).text
    assert (await mia.get(f"{place}/query?query=lamp&left=popular")).status == 422


async def test_a_set_is_run_watched_and_two_runs_are_compared(
    shop: Context, lamps: list[Any], at_work: SignedIn
) -> None:
    set_id = await judged(shop, f"lamp,{lamps[0].handle},3", f"lantern,{lamps[1].handle},3")
    mia = await at_work(shop)
    page = await mia.get(f"{LAB}/sets/{set_id}")
    page = await mia.submit(page, f"{LAB}/sets/{set_id}/run")
    assert "Waits for its turn" in page.text
    (run,) = (await relevance.list_runs(shop, set_id)).items
    one = f"{LAB}/runs/{run.relevance_run_id}"
    waiting = await mia.get(f"{one}/progress.json")
    assert waiting.response.json() == {
        "state": "waiting",
        "has_ended": False,
        "asked_count": 0,
        "share": 0.0,
    }
    await relevance.run_now(shop, run.relevance_run_id)
    page = await mia.get(one)
    assert "nDCG@10" in page.text and "Came off worst" in page.text and "<svg" in page.text
    await search.create_synonyms(shop, SynonymDraft(words=["lantern"], means=["floor lamp"]))
    after = await ran(shop, set_id)
    page = await mia.get(f"{LAB}/sets/{set_id}")
    assert "Compare the two" in page.text and "polyline" in page.text
    page = await mia.get(f"{LAB}/compare?before={run.relevance_run_id}&after={after}")
    assert "Of 2 queries 1 gained and 0 lost." in page.text
    assert "Gained most" in page.text and "That may well be chance" in page.text
    beside = await mia.get(
        f"{LAB}/sets/{set_id}/query?query=lantern&left={run.relevance_run_id}&right={after}"
    )
    assert "only here" in beside.text and "Nothing is found." in beside.text
    unasked = await mia.get(f"{LAB}/sets/{set_id}/query?query=chair&left={after}")
    assert "This run did not ask this." in unasked.text
    page = await mia.get(f"{LAB}/compare?before={after}")
    assert "These two cannot be compared." in page.text
    page = await mia.get(f"{LAB}/sets/{set_id}")
    page = await mia.submit(page, f"{LAB}/sets/{set_id}/remove")
    assert "Removed." in page.text and (await relevance.list_sets(shop)).items == []


async def test_what_was_asked_leads_to_synonyms_and_curations(
    shop: Context, lamps: list[Any], at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    assert "Nothing was asked yet" in (await mia.get(ASKED)).text
    for words in ("lamp", "lamp", "zeppelin & dirigible"):
        await search.answer(shop, await window(shop), Question(words=words))
    await shop.engines.notebook.write_down()
    page = await mia.get(ASKED)
    assert page.text.index("lamp") < page.text.index("zeppelin &amp; dirigible")
    page = await mia.get(f"{ASKED}?which=empty&days=1&sort=asked&q=zep")
    assert "zeppelin" in page.text and ">lamp<" not in page.text
    synonyms = next(each for each in page.links if "/search?words=" in each)
    assert 'value="zeppelin &amp; dirigible"' in (await mia.browser.get(synonyms)).text
    curation = next(each for each in page.links if "/curations/new?words=" in each)
    assert 'value="zeppelin &amp; dirigible"' in (await mia.browser.get(curation)).text
    table = await mia.get(f"{ASKED}.csv?which=top&days=30")
    assert "lamp,en,2,0,0," in table.text
    odd = await mia.get(f"{ASKED}?which=odd&days=x&sort=y&locale=zz")
    assert odd.status == 200 and "lamp" in odd.text


async def test_judging_by_clicks_says_how_many_there_were(
    shop: Context, lamps: list[Any], at_work: SignedIn
) -> None:
    set_id = await judged(shop, f"lamp,{lamps[0].handle},3")
    mia = await at_work(shop)
    page = await mia.get(f"{LAB}/sets/{set_id}")
    page = await mia.submit(page, f"{LAB}/sets/{set_id}/clicks")
    assert "0 judgments were added from clicks." in page.text
    assert (await mia.get(f"{LAB}?cursor=wrong")).status == 200
    assert (await mia.get(f"{LAB}/sets/{set_id}?cursor=wrong")).status == 200
    empty = await relevance.create_set(shop, JudgmentSetDraft(name="Empty"))
    page = await mia.submit(page, f"{LAB}/sets/{set_id}/run")
    assert page.status == 200
    token = page.token if page.has_form("/sign-out") else ""
    page = await mia.browser.post(
        f"{mia.base}{LAB}/sets/{empty.judgment_set_id}/run", {"form_token": token}
    )
    assert "Nothing is judged in this set yet." in page.text


async def test_a_clerk_looks_and_changes_nothing_and_another_shop_has_none(
    shop: Context, lamps: list[Any], at_work: SignedIn, new_shop: Any
) -> None:
    set_id = await judged(shop, f"lamp,{lamps[0].handle},3")
    run = await ran(shop, set_id)
    clerk = await at_work(shop, "clerk")
    page = await clerk.get(f"{LAB}/sets/{set_id}")
    assert page.status == 200 and "Run it" not in page.text and "Remove this set" not in page.text
    beside = await clerk.get(f"{LAB}/sets/{set_id}/query?query=lamp")
    assert "/judge" not in beside.text
    token = {"form_token": page.token}
    refused = await clerk.browser.post(f"{clerk.base}{LAB}/sets/{set_id}/remove", token)
    assert refused.status == 403
    stranger = await at_work(await new_shop())
    for path in (
        f"sets/{set_id}",
        f"sets/{set_id}/query",
        f"runs/{run}",
        f"runs/{run}/progress.json",
    ):
        assert (await stranger.get(f"{LAB}/{path}")).status == 404, path
    compared = await stranger.get(f"{LAB}/compare?before={run}&after={run}")
    assert "These two cannot be compared." in compared.text


async def test_every_page_of_the_lab_is_well_formed_in_both_languages(
    shop: Context, lamps: list[Any], at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    set_id = await judged(
        shop, f"lamp,{lamps[0].handle},3", f"floor lamp,{lamps[1].handle},3", "lamp,no,1"
    )
    empty = await relevance.create_set(shop, JudgmentSetDraft(name="Empty"))
    waiting = await relevance.start_run(shop, set_id)
    before, after = await ran(shop, set_id), await ran(shop, set_id)
    await search.answer(shop, await window(shop), Question(words="zeppelin"))
    await shop.engines.notebook.write_down()
    pages = [
        LAB,
        f"{LAB}/sets/{set_id}",
        f"{LAB}/sets/{empty.judgment_set_id}",
        f"{LAB}/sets/{set_id}/query?query=lamp",
        f"{LAB}/sets/{set_id}/query?query=lamp&left={before}&right=standard",
        f"{LAB}/sets/{set_id}/query",
        f"{LAB}/runs/{waiting.relevance_run_id}",
        f"{LAB}/runs/{after}",
        f"{LAB}/compare?before={before}&after={after}",
        ASKED,
        f"{ASKED}?which=empty",
        f"{ASKED}?q=nothing",
    ]
    english = {}
    for path in pages:
        page = await mia.get(path)
        english[path] = page.text
        assert page.status == 200, (path, page.text)
        assert_well_formed(path, page)
    await mia.browser.post("/preferences", {"locale": "de"})
    for path in pages:
        page = await mia.get(path)
        assert '<html lang="de"' in page.text and page.text != english[path]
        assert_well_formed(path, page)
