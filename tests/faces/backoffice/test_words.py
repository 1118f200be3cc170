"""Every word of the back office is there in both languages, and every page can be printed."""

import re
from importlib.resources import files
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from galleria.commerce import collections, downloads
from galleria.commerce.catalog import ProductTree
from galleria.commerce.collections import Collection, Condition, Group, NewCollection
from galleria.commerce.downloads import NewDigitalGood
from galleria.commerce.orders import StoreOrder
from galleria.engines.context import Context
from galleria.faces.backoffice.words import PROBLEMS
from tests.commerce.downloads.goods import buy_digital
from tests.commerce.orders.buying import buy
from tests.faces.backoffice.browser import Page
from tests.faces.backoffice.conftest import SignedIn
from tests.faces.backoffice.test_past_orders import a_past_order

FOLDER = Path(str(files("galleria.faces.backoffice")))
METHODS = [("templates/**.html", "jinja2.ext:babel_extract"), ("words.py", "python")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}


def said() -> Catalog:
    """All sentences that templates and Python say."""
    catalog = Catalog()
    for _, _, message, _, _ in extract_from_dir(str(FOLDER), METHODS, keywords=KEYWORDS):
        catalog.add(message)
    return catalog


def test_every_sentence_is_there_in_german_and_none_is_left_over() -> None:
    with (FOLDER / "locales" / "de.po").open("rb") as file:
        german = read_po(file, locale="de")
    wanted, there = ({message.id for message in each if message.id} for each in (said(), german))
    assert wanted - there == set()
    assert there - wanted == set()
    for message in german:
        if not message.id:
            continue
        parts = [message.string] if isinstance(message.string, str) else list(message.string or ())
        assert all(parts), message.id
        names = re.findall(r"%\(\w+\)s", str(message.id))
        for part in parts if isinstance(message.id, str) else parts[1:]:
            assert set(re.findall(r"%\(\w+\)s", part)) == set(names), message.id


def test_every_problem_says_what_to_do_without_a_percent_sign() -> None:
    # gettext would take it for a place to fill.
    assert [code for code, text in PROBLEMS.items() if "%" in text or not text.endswith(".")] == []


def assert_well_formed(path: str, page: Page) -> None:
    """One heading, no id twice, nothing inline, and a label for every field."""
    assert page.text.count("<h1") == 1, path
    assert len(page.ids) == len(set(page.ids)), (path, page.ids)
    assert " style=" not in page.text, path
    assert not re.search(r"<script(?![^>]*src=)", page.text), path
    assert not re.search(r"\son\w+=", page.text), path
    for field in re.findall(r'<(?:input|select|textarea)\b[^>]*\bid="([^"]+)"', page.text):
        assert f'for="{field}"' in page.text, (path, field)


async def a_digital_order(shop: Context, goods: ProductTree) -> StoreOrder:
    """A file and a licence, sold as the first two variants of the goods."""
    book, pool = (each.variant_id for each in goods.variants)
    await downloads.set_good(shop, book, NewDigitalGood())
    await downloads.add_file(shop, book, "book.pdf", b"%PDF-1")
    await downloads.set_good(shop, pool, NewDigitalGood(kind="licences"))
    await downloads.add_licences(shop, pool, ["A-1"])
    return await buy_digital(shop, (book, 1), (pool, 1))


async def two_collections(shop: Context, goods: ProductTree) -> tuple[Collection, Collection]:
    """One that holds the goods, picked by hand, and one by a rule."""
    best = await collections.create_collection(shop, NewCollection(title="Best"))
    await collections.fill_collection(shop, best.collection_id, [goods.product_id], [])
    in_stock = Condition(field="in_stock", operator="is", value=True)
    asked = Group(groups=[Group(conditions=[in_stock])])
    fresh = await collections.create_collection(shop, NewCollection(title="Fresh", rule=asked))
    return best, fresh


async def test_every_page_is_well_formed_in_both_languages(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    order = await buy(shop, (a_mug.variants[0].variant_id, 1))
    past = await a_past_order(shop)
    digital = await a_digital_order(shop, a_mug)
    best, fresh = await two_collections(shop, a_mug)
    mia = await at_work(shop)
    pages = [
        "",
        "/products",
        "/products/new",
        f"/products/{a_mug.product_id}",
        f"/products/{a_mug.product_id}/variants",
        f"/products/{a_mug.product_id}/bundles",
        f"/products/{a_mug.product_id}/downloads",
        f"/products/{a_mug.product_id}/downloads?variant={a_mug.variants[1].variant_id}",
        f"/orders/{digital.order_id}",
        f"/products/{a_mug.product_id}/pictures",
        f"/products/{a_mug.product_id}/history",
        f"/products/{a_mug.product_id}/history/1",
        "/categories",
        "/collections",
        f"/collections/{best.collection_id}?q=st",
        f"/collections/{best.collection_id}/rule",
        f"/collections/{fresh.collection_id}",
        f"/collections/{fresh.collection_id}/rule",
        "/stock",
        "/stock/movements",
        "/prices",
        "/orders",
        f"/orders/{order.order_id}",
        "/customers",
        f"/orders/past/{past.order_id}",
        "/imports",
        "/pictures",
        "/redirects",
        "/settings",
        "/settings/channels",
        "/settings/shipping",
        "/settings/locations",
        "/settings/keys",
        "/settings/members",
        "/settings/diary",
    ]
    english = {}
    for path in pages:
        page = await mia.get(path)
        english[path] = page.text
        assert page.status == 200, path
        assert_well_formed(path, page)
    await mia.browser.post("/preferences", {"locale": "de"})
    for path in pages:
        page = await mia.get(path)
        assert '<html lang="de"' in page.text
        assert page.text != english[path]
    assert "Bestellungen" in page.text
