"""Pictures by address in the back office: how far they are, and what failed once more."""

import json

from galleria.commerce import catalog, imports, pictures
from galleria.commerce.catalog import MediaDraft, ProductDraft, VariantDraft
from galleria.commerce.imports.model.runs import Run
from galleria.commerce.pictures import Counts
from galleria.commerce.pictures.jobs import SUBSCRIPTIONS
from galleria.engines.context import Context
from galleria.engines.event_log import Relay
from tests.faces.backoffice.conftest import SignedIn

PLACE = "/pictures"
URLS = [f"http://127.0.0.1:1/{n}.png" for n in range(3)]


async def given_up(shop: Context) -> None:
    """A product names three pictures that may not be called."""
    draft = ProductDraft(
        handle="mug",
        title="Mug",
        media=[MediaDraft(source_url=url) for url in URLS],
        variants=[VariantDraft(sku="mug")],
    )
    async with shop.transaction() as tx:
        await catalog.merge_products(tx, [draft])
    await fetched(shop)


async def fetched(shop: Context) -> Counts:
    await Relay(shop.engines, SUBSCRIPTIONS).drain()
    await pictures.fetch_pictures(shop)
    return await pictures.get_counts(shop)


async def test_without_pictures_the_page_says_what_will_stand_there(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    assert "No picture by address yet" in (await mia.get(PLACE)).text


async def test_failures_stand_there_with_their_reasons_and_are_tried_again(
    shop: Context, at_work: SignedIn
) -> None:
    await given_up(shop)
    mia = await at_work(shop)
    page = await mia.get(PLACE)
    assert page.text.count("This address may not be called.") == 3
    assert "<progress" in page.text and "data-progress" not in page.text
    (first, *_) = (await pictures.list_pictures(shop, "failed")).items

    page = await mia.submit(page, f"{PLACE}/{first.picture_id}/retry")
    assert "One picture is fetched again." in page.text
    assert await pictures.get_counts(shop) == Counts(waiting=1, failed=2)
    page = await mia.submit(page, f"{PLACE}/retry")
    assert "2 pictures are fetched again." in page.text
    assert "data-progress" in page.text
    assert "nothing so far" in (await mia.get(f"{PLACE}?view=waiting")).text
    progress = json.loads((await mia.get(f"{PLACE}/progress.json")).text)
    assert (progress["has_ended"], progress["open_count"], progress["share"]) == (False, 3, 0.0)

    assert await fetched(shop) == Counts(failed=3)
    progress = json.loads((await mia.get(f"{PLACE}/progress.json")).text)
    assert (progress["has_ended"], progress["share"]) == (True, 1.0)


async def test_a_viewer_sees_failures_and_tries_nothing(shop: Context, at_work: SignedIn) -> None:
    await given_up(shop)
    ben = await at_work(shop, "viewer")
    page = await ben.get(PLACE)
    assert URLS[0] in page.text
    assert not page.has_form(f"{ben.base}{PLACE}/retry")
    refused = await ben.browser.post(f"{ben.base}{PLACE}/retry", {"form_token": page.token})
    assert refused.status == 403


async def test_an_import_says_how_far_its_pictures_are(shop: Context, at_work: SignedIn) -> None:
    lines = b'{"id":"a","title":"A","media":[{"source_url":"http://127.0.0.1:1/a.png"}]}\n'
    file = await imports.accept_file(shop, "a.jsonl", lines)
    run: Run = await imports.start_import(shop, file.file_id)
    run = await imports.run_import_now(shop, run.run_id)
    mia = await at_work(shop)
    assert "All pictures by address" not in (await mia.get(f"/imports/{run.run_id}")).text
    assert await fetched(shop) == Counts(failed=1)
    assert "All pictures by address" in (await mia.get(f"/imports/{run.run_id}")).text
