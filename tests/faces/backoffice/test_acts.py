"""Many products changed at once from the list."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import pytest

from galleria.commerce import catalog, pricing, workbench
from galleria.commerce.catalog import ProductTree
from galleria.commerce.workbench.records import PRODUCT
from galleria.commerce.workbench.room import ROOM
from galleria.engines.context import Context
from galleria.engines.search_index import SearchUnavailable
from galleria.engines.search_index.embedded.reader import MAX_STALENESS_S
from tests.faces.backoffice.browser import Page
from tests.faces.backoffice.conftest import Person, SignedIn
from tests.faces.backoffice.test_products import make

Drain = Callable[..., Awaitable[int]]


async def asked(mia: Person, question: str, ticked: list[str]) -> Page:
    """The page that asks what to do with the products."""
    page = await mia.get(f"/products{question}")
    fields = [*page.form(f"{mia.base}/products/bulk"), *(("product_id", each) for each in ticked)]
    return await mia.browser.post(f"{mia.base}/products/acts/new", fields)


async def done(mia: Person, page: Page, **fields: str) -> tuple[Page, UUID]:
    """The change looked at, and begun."""
    page = await mia.submit(page, "/products/acts/look", **fields)
    assert "Do it" in page.text, page.text
    page = await mia.browser.post(
        f"{mia.base}/products/acts", page.form(f"{mia.base}/products/acts/look")
    )
    return page, UUID(page.path.rpartition("/")[2])


async def test_ticked_products_gain_tags_and_lose_them_again(
    shop: Context, at_work: SignedIn
) -> None:
    first, second = await make(shop, "One", "Two")
    mia = await at_work(shop)
    page = await asked(mia, "", [str(first.product_id)])
    assert "The one that is ticked" in page.text
    page, act_id = await done(mia, page, kind="add_tags", tags="Summer, New")
    assert "Waits for its turn" in page.text
    await workbench.run_act(shop, act_id)
    page = await mia.get(f"/products/acts/{act_id}")
    assert "Summer, New" in page.text
    assert (await catalog.get_product(shop, first.product_id)).tags == ["Summer", "New"]
    assert (await catalog.get_product(shop, second.product_id)).tags == []

    page = await mia.submit(page, f"/products/acts/{act_id}/undo")
    assert "It is taken back as soon as its turn comes." in page.text
    await workbench.run_act(shop, act_id)
    assert (await catalog.get_product(shop, first.product_id)).tags == []
    assert "taken back" in (await mia.get("/products/acts")).text
    progress = await mia.get(f"/products/acts/{act_id}/progress.json")
    assert progress.response.json()["has_ended"] is True


async def test_ticked_products_can_be_changed_while_the_index_cannot_answer(
    shop: Context, at_work: SignedIn, data_folder: Path
) -> None:
    first, _ = await make(shop, "One", "Two")
    mia = await at_work(shop)
    page = await mia.get("/products")
    fields = [*page.form(f"{mia.base}/products/bulk"), ("product_id", str(first.product_id))]

    folder, elsewhere = data_folder / "records", data_folder / "records-elsewhere"
    folder.rename(elsewhere)
    try:
        await asyncio.sleep(MAX_STALENESS_S)
        with pytest.raises(SearchUnavailable):
            await shop.engines.records.count(shop.tenant.tenant_id, PRODUCT, [""])
        page = await mia.browser.post(f"{mia.base}/products/acts/new", fields)
        assert "The one that is ticked" in page.text
        assert "All products of the shop: 2" in page.text
        page, act_id = await done(mia, page, kind="add_tags", tags="Summer")
    finally:
        elsewhere.rename(folder)
    await workbench.run_act(shop, act_id)
    assert (await catalog.get_product(shop, first.product_id)).tags == ["Summer"]


async def test_all_that_fit_are_changed_not_only_those_on_the_page(
    shop: Context, at_work: SignedIn, drain: Drain
) -> None:
    await make(shop, *(f"Print {n}" for n in range(60)), status="draft")
    await make(shop, "Mug", status="draft")
    await drain(*ROOM.subscriptions)
    mia = await at_work(shop)
    page = await asked(mia, "?q=print", [])
    assert "60 at most" in page.text or "61 at most" in page.text
    page, act_id = await done(mia, page, kind="archive")
    act = await workbench.run_act(shop, act_id)
    assert act.changed_count == 60
    assert (await catalog.count_products(shop))["archived"] == 60


async def test_prices_are_shown_as_they_would_be_before_they_are(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    mia = await at_work(shop)
    page = await asked(mia, "", [str(a_mug.product_id)])
    page = await mia.submit(page, "/products/acts/look", kind="prices", percent="-10", ending=".99")
    assert "21.99" in page.text
    assert "23.99" not in page.text or "2 prices would change" in page.text
    page = await mia.browser.post(
        f"{mia.base}/products/acts", page.form(f"{mia.base}/products/acts/look")
    )
    await workbench.run_act(shop, UUID(page.path.rpartition("/")[2]))
    (edit,) = (await pricing.list_edits(shop)).items
    assert edit.selection.product_ids == (a_mug.product_id,)


async def test_what_cannot_be_done_is_said_at_its_field(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    mia = await at_work(shop)
    page = await asked(mia, "", [str(a_mug.product_id)])
    for fields, said in (
        ({"kind": "add_tags", "tags": " , "}, "Please fill this in."),
        ({"kind": "add_category"}, "Please fill this in."),
        ({"kind": "prices", "percent": "a lot"}, "Write a number"),
        ({"kind": "nonsense"}, "none of the choices"),
    ):
        refused = await mia.submit(page, "/products/acts/look", **fields)
        assert refused.status == 422, fields
        assert said in refused.text, fields
        assert "Do it" not in refused.text
    assert await workbench.list_acts(shop) == []


async def test_who_may_only_look_changes_nothing(shop: Context, at_work: SignedIn) -> None:
    ben = await at_work(shop, "viewer")
    page = await ben.get("/products")
    refused = await ben.browser.post(
        f"{ben.base}/products/acts", {"form_token": page.token, "kind": "delete", "scope": "all"}
    )
    assert refused.status == 403
