"""Every word of the back office is there in both languages, and every page can be printed."""

import re
from importlib.resources import files
from pathlib import Path

import msgspec
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from galleria.commerce import (
    attributes,
    catalog,
    collections,
    customers,
    downloads,
    imports,
    inventory,
    pricing,
)
from galleria.commerce.attributes import (
    AllowRule,
    AxisCondition,
    ForbidRule,
    ImplyRule,
    NewAttributeSet,
    NewMetafieldDefinition,
    NewProductType,
    RangeRule,
    Rule,
    SetItem,
)
from galleria.commerce.catalog import ProductTree
from galleria.commerce.collections import Collection, Condition, Group, NewCollection
from galleria.commerce.downloads import NewDigitalGood
from galleria.commerce.orders import StoreOrder
from galleria.commerce.pricing import NewPriceEdit, NewPriceList, PriceFormula, SetPrice
from galleria.engines.context import Context
from galleria.faces.backoffice.words import PROBLEMS
from galleria.platform import access, requests
from tests.commerce.downloads.goods import buy_digital
from tests.commerce.orders.buying import buy
from tests.faces.backoffice.browser import Page
from tests.faces.backoffice.conftest import SignedIn
from tests.faces.backoffice.test_kiosks import hand_in, set_up
from tests.faces.backoffice.test_past_orders import a_past_order
from tests.platform.apps.conftest import added
from tests.platform.requests.asking import heard

FOLDER = Path(str(files("galleria.faces.backoffice")))
METHODS = [("templates/**.html", "jinja2.ext:babel_extract"), ("words.py", "python")]
# Those that show no single thing.
PAGES = [
    "",
    "/products",
    "/products?edit=1",
    "/products?tag=kitchen&cols=tags&cols=price",
    "/products/acts",
    "/products/new",
    "/categories",
    "/collections",
    "/stock",
    "/stock/movements",
    "/prices",
    "/orders",
    "/customers",
    "/imports",
    "/pictures",
    "/redirects",
    "/apps",
    "/apps/new",
    "/webhooks",
    "/webhooks/new",
    "/search/rankings",
    "/search/rankings/new",
    "/search/keys",
    "/search/freshness",
    "/settings",
    "/settings/channels",
    "/settings/shipping",
    "/settings/locations",
    "/settings/keys",
    "/settings/kiosks",
    "/settings/members",
    "/settings/diary",
]
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


async def _dictionary(shop: Context) -> list[str]:
    """The pages of a dictionary with something of everything."""
    (colour, *_) = await attributes.adopt_base(shop, ["color", "length"])
    made = await attributes.create_attribute_set(
        shop,
        NewAttributeSet(name="Clothes", items=[SetItem(colour.attribute_id, True)]),
    )
    known = (await attributes.dictionary(shop)).by_code
    axes = [known[code].attribute_id for code in ("color", "length")]
    red = (await attributes.list_values(shop, "color")).items[0].value_id
    when = [AxisCondition(attribute_id=axes[0], values=[red])]
    rules: list[Rule] = [
        ForbidRule(rule_id="a", when=when),
        ImplyRule(rule_id="b", when=when, then=AxisCondition(attribute_id=axes[1], maximum=5)),
        AllowRule(rule_id="c", axes=[axes[0]], combinations=[[red]]),
        RangeRule(rule_id="d", attribute_id=axes[1], minimum=1, step=1, when=when),
    ]
    shirt = await attributes.create_product_type(
        shop, NewProductType(name="Shirt", axes=axes, rules=rules)
    )
    field = await attributes.create_metafield_definition(
        shop, NewMetafieldDefinition(owner_kind="product", namespace="a", code="b", kind="text")
    )
    return [
        "/attributes",
        "/attributes/new",
        "/attributes/ready-made",
        "/attributes/codes/color",
        "/attributes/codes/length",
        "/attributes/sets",
        f"/attributes/sets/{made.attribute_set_id}",
        "/attributes/types",
        f"/attributes/types/{shirt.product_type_id}",
        f"/attributes/types/{shirt.product_type_id}/rules?try.color=Red&try.length=9",
        "/attributes/metafields",
        "/attributes/metafields/new",
        f"/attributes/metafields/{field.definition_id}",
    ]


async def _price_pages(shop: Context, goods: ProductTree) -> list[str]:
    """The pages of lists and formulas."""
    sale = await pricing.create_list(shop, NewPriceList(code="sale", name="Sale", kind="sale"))
    variant_id = goods.variants[0].variant_id
    price = SetPrice(variant_id=variant_id, amount_minor=500, price_list_id=sale.price_list_id)
    await pricing.set_prices(shop, [price])
    formula = msgspec.convert({"steps": [{"do": "percent", "percent": "5"}]}, PriceFormula)
    edit = await pricing.start_edit(shop, NewPriceEdit(formula))
    await pricing.run_edit(shop, edit.edit_id)
    return [
        "/prices/lists",
        "/prices/lists/new",
        f"/prices/lists/{sale.price_list_id}",
        f"/prices/lists/{sale.price_list_id}?q=Stone",
        "/prices/edits",
        "/prices/edits/new",
        f"/prices/edits/{edit.edit_id}",
        f"/prices/variants/{variant_id}",
    ]


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


async def _import_pages(shop: Context) -> list[str]:
    """The pages of files, mappings and exports."""
    odd = await imports.accept_file(shop, "odd.csv", b"Nr;Was;Preis\n1;Tasse;2,50\n2;Krug;gratis\n")
    known = await imports.accept_file(shop, "known.jsonl", b'{"title": "Cup", "price_minor": 5}\n')
    rules = [imports.Rule(field="title", column="Was"), imports.Rule(field="sku", column="Nr")]
    document = imports.MappingDocument(rules=[*rules, imports.Rule(field="brand", constant="Me")])
    mapping = await imports.create_mapping(shop, "Potter", document)
    reading = f"mapping:{mapping.mapping_id}"
    run = await imports.start_import(shop, odd.file_id, format=reading, is_dry_run=True)
    await imports.run_import_now(shop, run.run_id)
    await imports.start_export(shop)
    return [
        f"/imports/files/{odd.file_id}",
        f"/imports/files/{odd.file_id}?delimiter=%7C",
        f"/imports/files/{odd.file_id}?reading={reading}",
        f"/imports/files/{odd.file_id}/mapping",
        f"/imports/files/{odd.file_id}/mapping?mapping={mapping.mapping_id}",
        f"/imports/files/{known.file_id}",
        "/imports/mappings",
        f"/imports/mappings/{mapping.mapping_id}",
        "/imports/exports",
        f"/imports/{run.run_id}",
        f"/imports/{run.run_id}?only=refused&what=created",
    ]


async def _stock_pages(shop: Context, goods: ProductTree) -> list[str]:
    """The pages of the stockroom with something on each."""
    variant_id = goods.variants[0].variant_id
    await inventory.create_location(shop, inventory.NewLocation(code="far", name="Far"))
    wanted = inventory.NewIncoming(variant_id=variant_id, quantity=3)
    await inventory.expect_incoming(shop, wanted)
    await inventory.set_low_stock_at(shop, 9)
    return [
        "/stock/deliveries",
        "/stock/deliveries?state=received",
        "/stock/counts",
        "/stock/transfers?q=Stone",
        "/stock/low",
        f"/stock/variants/{variant_id}",
        f"/stock/variants/{variant_id}?reason=sold",
    ]


async def _key_pages(shop: Context) -> list[str]:
    """A key's requests, and one that cannot be sent again."""
    key = await access.create_key(shop, "till", ["orders:read"])
    asked = heard("/admin/v1/orders", asked=b'{"email": "a"}', key_id=key.key_id, status=404)
    requests.RequestLog().note(shop, asked)
    await shop.engines.notebook.write_down()
    listed = f"/settings/keys/{key.key_id}/requests"
    return [listed, f"{listed}?status=2&method=PUT", f"{listed}/{asked.request_id}"]


async def _kiosk_page(shop: Context, goods: ProductTree) -> str:
    """A kiosk that has sold, and has a sale that waits."""
    made = await set_up(shop)
    await hand_in(shop, made.key, goods, 2400, 1)
    return f"/settings/kiosks/{made.key_id}"


async def _group_pages(shop: Context) -> list[str]:
    """The pages of customers' groups, and of metafields that are not products'."""
    wanted = customers.NewCustomerGroup(code="staff", name="Staff")
    staff = await customers.create_group(shop, wanted)
    (someone, *_) = (await customers.list_customers(shop)).items
    await customers.add_members(shop, staff.customer_group_id, [someone.customer_id])
    category = await catalog.create_category(shop, catalog.NewCategory(name="Cups"))
    owners: tuple[attributes.OwnerKind, ...] = ("category", "customer", "order")
    for owner in owners:
        field = NewMetafieldDefinition(owner_kind=owner, namespace="a", code="b", kind="boolean")
        await attributes.create_metafield_definition(shop, field)
    return [
        "/customers/groups",
        f"/customers/groups/{staff.customer_group_id}",
        f"/customers/{someone.customer_id}",
        f"/categories/{category.category_id}/metafields",
    ]


async def test_every_page_is_well_formed_in_both_languages(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    order = await buy(shop, (a_mug.variants[0].variant_id, 1))
    past = await a_past_order(shop)
    dictionary = await _dictionary(shop)
    digital = await a_digital_order(shop, a_mug)
    best, fresh = await two_collections(shop, a_mug)
    app = await added(shop, pages=[{"title": "Reviews", "url": "https://app.example/"}])
    await app.install(shop)
    mia = await at_work(shop)
    pages = [
        *PAGES,
        *dictionary,
        *await _price_pages(shop, a_mug),
        *await _import_pages(shop),
        *await _stock_pages(shop, a_mug),
        *await _group_pages(shop),
        *await _key_pages(shop),
        await _kiosk_page(shop, a_mug),
        f"/products/{a_mug.product_id}",
        f"/products/{a_mug.product_id}/variants",
        f"/products/{a_mug.product_id}/matrix",
        f"/products/{a_mug.product_id}/matrix?field=stock",
        f"/products/{a_mug.product_id}/bundles",
        f"/products/{a_mug.product_id}/downloads",
        f"/products/{a_mug.product_id}/downloads?variant={a_mug.variants[1].variant_id}",
        f"/orders/{digital.order_id}",
        f"/products/{a_mug.product_id}/pictures",
        f"/products/{a_mug.product_id}/history",
        f"/products/{a_mug.product_id}/history/1",
        f"/collections/{best.collection_id}?q=st",
        f"/collections/{best.collection_id}/rule",
        f"/collections/{fresh.collection_id}",
        f"/collections/{fresh.collection_id}/rule",
        f"/orders/{order.order_id}",
        f"/orders/past/{past.order_id}",
        f"/apps/{app.app.app_id}",
        f"/apps/{app.app.app_id}/pages/0",
        f"/apps/{app.app.app_id}/uninstall",
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
