"""Puts into a shop one thing of each kind that an address of the API can name."""

import asyncio
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode

from galleria.foundation.ids import new_id
from tests.faces.gateway.door import ADDRESS, purchase
from tests.journeys.api.counter import Counter
from tests.journeys.api.key_ring import ask_and_ask_again, replace_keys
from tests.journeys.api.telling import stop_telling, subscribe
from tests.pictures import jpeg

Names = dict[str, list[str]]
COLOURS = {"name": "Colour", "values": ["Blue", "White", "Red"]}
MAPPINGS = "/admin/v1/imports/mappings"
MAPPING = {
    "name": "List",
    "document": {
        "rules": [{"field": "sku", "column": "handle"}, {"field": "title", "column": "title"}]
    },
}
TABLE = b"handle,title,product_type\nlamp,Lamp,Light\n"
GOODS = b'{"id": "bowl-1", "title": "Bowl", "sku": "bowl", "price_minor": 1200}\n{"id": "bowl-2"}\n'
PAST = Path(__file__).parents[2] / "commerce/imports/samples/shopify-orders.csv"
PASSING_GOODS = b'{"id": "passing", "title": "Passing", "sku": "passing", "price_minor": 1}\n'
# Where the things that a fresh shop has are listed, by the parameter that names one.
LISTED = {
    "channel_id": "/admin/v1/channels",
    "method_id": "/admin/v1/shipping-methods",
    "location_id": "/admin/v1/stock-locations",
    "product_id": "/admin/v1/products",
    "handle": "/admin/v1/products",
    "variant_id": "/admin/v1/variants",
    "category_id": "/admin/v1/categories",
    "customer_id": "/admin/v1/customers",
}


SYNONYMS = "/admin/v1/search/synonyms"
CURATIONS = "/admin/v1/search/curations"
RANKINGS = "/admin/v1/search/rankings"
PROFILES = "/admin/v1/channel-profiles"
SEARCH_KEYS = "/admin/v1/search/keys"
SEARCH_SETTINGS = "/admin/v1/search/settings"
SETS = "/admin/v1/search/judgment-sets"
RUNS = "/admin/v1/search/relevance-runs"
DOCUMENTS = "/admin/v1/graphql-documents"
PASSING_DOCUMENT = "{ shop { slug } }"
FRESHNESS = "/admin/v1/search/freshness?days=1"
FILES = "/admin/v1/search/judgment-files?judgment_set_id="


def _curation(name: str) -> dict[str, object]:
    return {
        "name": name,
        "applies": "always",
        "lifts": [{"code": "brand", "values": ["A"], "by": 1}],
    }


async def _rank(clerk: Counter) -> None:
    weights = {"weights": {"freshness": 1.5, "fresh_days": 7}}
    await clerk.ask("POST", RANKINGS, {"name": "passing", **weights})
    await clerk.ask("PUT", f"{RANKINGS}/passing", weights)
    await clerk.ask("PUT", f"{RANKINGS}/default", {"name": "passing"})
    await clerk.ask("POST", f"{RANKINGS}/preview", {"words": "mug", **weights})
    await clerk.ask("DELETE", f"{RANKINGS}/passing")


async def _suit_clients(clerk: Counter) -> None:
    profile = {"name": "Passing", "stock": "yes_no"}
    await clerk.ask("PUT", f"{PROFILES}/passing", profile)
    await clerk.ask("POST", f"{PROFILES}/passing/preview", profile)
    await clerk.ask("DELETE", f"{PROFILES}/passing")
    await clerk.ask("POST", f"{PROFILES}/mobile/restore")


async def _limit(clerk: Counter) -> None:
    limits = {"filters": {"brand": ["A"]}, "price_max": {"amount_minor": 900, "currency": "EUR"}}
    made = await clerk.ask("POST", SEARCH_KEYS, {"name": "passing", "limits": limits})
    await clerk.ask("DELETE", f"{SEARCH_KEYS}/{made['key']['key_id']}")
    for is_open in (False, True):
        await clerk.ask("PUT", SEARCH_SETTINGS, {"is_open": is_open})


IN_STOCK = {"conditions": [{"field": "in_stock", "operator": "is", "value": True}]}


async def furnish(clerk: Counter, shopper: Counter, operator: Counter) -> Names:
    """The names of all that is there to ask for, by the parameter of an address that takes them."""
    names = await _buy(clerk, shopper)
    for parameter, path in LISTED.items():
        names[parameter] = [each[parameter] for each in (await clerk.ask("GET", path))["items"]]
    address = await clerk.ask(
        "POST", f"/admin/v1/customers/{names['customer_id'][0]}/addresses", {"address": ADDRESS}
    )
    collection = await clerk.ask("POST", "/admin/v1/collections", {"title": "New"})
    await clerk.ask("POST", "/admin/v1/domains", {"host": "mugs.example"})
    # Neither the key that is asked with nor the shop that is asked about: both have to last.
    key = await clerk.ask("POST", "/admin/v1/keys", {"name": "till", "scopes": ["orders:read"]})
    opening = {"slug": "annex", "name": "Annex", "currency": "EUR", "locale": "en", "country": "DE"}
    await operator.ask("POST", "/admin/v1/shops", opening)
    await clerk.ask("POST", f"/admin/v1/keys/{key['key_id']}/rotation", {"grace_s": 86_400})
    limited = {"name": "web", "limits": {"categories": ["mugs"], "only_available": True}}
    search_key = await clerk.ask("POST", SEARCH_KEYS, limited)
    picture = await clerk.ask("POST", "/admin/v1/images", jpeg(400, 300))
    await clerk.ask("POST", "/admin/v1/redirects", {"from_path": "mug", "to": "/search?q=mug"})
    synonyms = await clerk.ask("POST", SYNONYMS, {"words": ["mug", "beaker"]})
    curation = await clerk.ask("POST", CURATIONS, _curation("lasting"))
    ranking = await clerk.ask("POST", RANKINGS, {"name": "lasting", "weights": {"margin": 1}})
    delivery = {"variant_id": names["variant_id"][0], "quantity": 40}
    incoming = await clerk.ask("POST", "/admin/v1/stock/incoming", delivery)
    registered = {"documents": [{"name": "lasting", "text": "{ shop { name } }"}]}
    document = (await clerk.ask("PUT", DOCUMENTS, registered))["items"][0]
    return {
        "sha256": [document["sha256"]],
        **await _sell_a_file(clerk, shopper, names["variant_id"][0]),
        **names,
        **await _describe(clerk),
        **await _trade_files(clerk),
        **await _move_in(clerk),
        **await _price(clerk, names["variant_id"][0], names["customer_id"][0]),
        **await _judge(clerk, shopper, names["product_id"][0]),
        "profile_code": ["web", "kiosk"],
        **await subscribe(clerk),
        "address_id": [address["address_id"]],
        "collection_id": [collection["collection_id"]],
        "host": ["mugs.example"],
        "kind": ["accessory", "spare-part"],
        "incoming_id": [incoming["incoming_id"]],
        "request_id": [await ask_and_ask_again(clerk, key)],
        "key_id": [key["key_id"], search_key["key"]["key_id"]],
        "slug": ["annex"],
        "synonym_id": [synonyms["synonym_id"]],
        "curation_id": [curation["curation_id"]],
        "ranking_name": [ranking["name"]],
        "media_id": [picture["media_id"]],
    }


async def _judge(clerk: Counter, shopper: Counter, product: str) -> Names:
    """Somebody has searched and clicked; what is found is judged and has been measured twice, and
    the worker has told how soon it could be found."""
    answer = await shopper.ask("GET", "/store/v1/search?q=mug")
    click = {"action_name": "click", "query_id": answer["query_id"], "event_id": str(new_id())}
    await shopper.ask("POST", "/store/v1/search/events", {"events": [click]})
    judged = await clerk.ask("POST", SETS, {"name": "Mugs"})
    path = f"{SETS}/{judged['judgment_set_id']}"
    lines = f"query,product_id,grade\nmug,{product},3\nmug,nothing,1\n"
    await clerk.ask("POST", FILES + judged["judgment_set_id"], lines.encode())
    await clerk.ask("PUT", f"{path}/judgments", {"query": "cup", "product_id": product, "grade": 0})
    runs = []
    for _ in range(2):
        run = await clerk.ask("POST", f"{path}/runs", {})
        await _until(clerk, f"{RUNS}/{run['relevance_run_id']}", "done")
        runs.append(run["relevance_run_id"])
    await clerk.ask("GET", f"{RUNS}/{runs[1]}/compare?before={runs[0]}")
    await clerk.ask("GET", f"{path}/beside?query=mug&left={runs[0]}")
    await clerk.ask("POST", f"{path}/clicks")
    await _until_counted(clerk)
    return {
        "judgment_set_id": [judged["judgment_set_id"]],
        "relevance_run_id": [runs[1]],
        "before": [runs[0]],
    }


async def _sell_a_file(clerk: Counter, shopper: Counter, variant: str) -> Names:
    """The variant is a file to fetch, and somebody has bought it."""
    good = f"/admin/v1/variants/{variant}/digital-good"
    await clerk.ask("PUT", good, {"max_downloads": None})
    sending = f"/admin/v1/download-files?variant_id={variant}&name="
    file = await clerk.ask("POST", f"{sending}book", b"once upon a time")
    lines = {"lines": [{"variant_id": variant, "quantity": 1}]}
    cart = await shopper.ask("POST", "/store/v1/carts", lines)
    order = await shopper.ask(
        "POST",
        f"/store/v1/carts/{cart['token']}/checkout",
        purchase(),
        **{"Idempotency-Key": str(new_id())},
    )
    listed = await clerk.ask("GET", f"/admin/v1/orders/{order['order_id']}/downloads")
    await clerk.ask("POST", f"/admin/v1/orders/{order['order_id']}/downloads/send")
    retired = await clerk.ask("POST", f"{sending}sequel", b"and then")
    await clerk.ask("DELETE", f"/admin/v1/download-files/{retired['file_id']}")
    return {
        "download_file_id": [file["file_id"]],
        "grant_id": [each["grant_id"] for each in listed["files"]],
        "link": [each["path"].rpartition("/")[2] for each in order["downloads"]["files"]],
    }


async def _describe(clerk: Counter) -> Names:
    """Attributes with words, a set of them, two product types, and a metafield."""
    codes = ["color", "clothing_size", "length"]
    await clerk.ask("POST", "/admin/v1/base-attributes/adopt", {"codes": codes})
    colours = "/admin/v1/attributes/color/values"
    words = [
        (await clerk.ask("POST", colours, {"word": word}))["value_id"]
        for word in ("Fog", "Mist", "Haze", "Smoke")
    ]
    await clerk.ask("POST", f"{colours}/order", {"value_ids": words[1::-1]})
    await clerk.ask("POST", f"{colours}/merge", {"merged_ids": words[2:3], "value_id": words[3]})
    await clerk.ask("PATCH", f"/admin/v1/attribute-values/{words[0]}", {"swatch": "#aabbcc"})
    await clerk.ask("DELETE", f"/admin/v1/attribute-values/{words[3]}")
    wear = await clerk.ask("POST", "/admin/v1/attribute-sets", {"name": "Wear"})
    of_set = {"name": "Shirt", "attribute_set_id": wear["attribute_set_id"]}
    types = [
        await clerk.ask("POST", "/admin/v1/product-types", draft)
        for draft in (of_set, {"name": "Bowl"})
    ]
    care = {"owner_kind": "product", "namespace": "care", "code": "wash", "kind": "text"}
    definition = await clerk.ask("POST", "/admin/v1/metafield-definitions", care)
    return {
        "code": codes,
        "value_id": [str(each) for each in words[:2]],
        "attribute_set_id": [wear["attribute_set_id"]],
        "product_type_id": [each["product_type_id"] for each in types],
        "definition_id": [definition["definition_id"]],
    }


async def _buy(clerk: Counter, shopper: Counter) -> Names:
    """Four carts, of which three have become orders, one of them called off."""
    variants = (await clerk.ask("GET", "/admin/v1/variants"))["items"]
    lines = [
        {"variant_id": each["variant_id"], "quantity": 1}
        for each in variants
        if each["sku"].endswith("-b")
    ]
    open_cart, *bought = [
        await shopper.ask("POST", "/store/v1/carts", {"lines": lines[:3]}) for _ in range(4)
    ]
    # The last is paid for with a card whose bank takes its time.
    order, regretted, slow = [
        await shopper.ask(
            "POST",
            f"/store/v1/carts/{cart['token']}/checkout",
            purchase(card),
            **{"Idempotency-Key": str(new_id())},
        )
        for cart, card in zip(bought, ("tok_approve", "tok_approve", "tok_late"), strict=True)
    ]
    assert slow["status"] == "pending_payment", "its answer is another than that of the others"
    await clerk.ask("POST", f"/admin/v1/orders/{regretted['order_id']}/cancel", {})
    return {
        "cart_id": [open_cart["token"]],
        "line_id": [each["line_id"] for each in [*open_cart["lines"], *order["lines"]]],
        "order_id": [order["order_id"]],
        "token": [order["token"]],
    }


async def _price(clerk: Counter, variant: str, customer: str) -> Names:
    """A customer group with a price list of its own, and a bulk edit that has been done."""
    group = await clerk.ask("POST", "/admin/v1/customer-groups", {"code": "trade", "name": "B2B"})
    members = f"/admin/v1/customer-groups/{group['customer_group_id']}/members"
    await clerk.ask("POST", members, {"customer_ids": [customer]})
    contract = {
        "code": "trade",
        "name": "B2B",
        "kind": "contract",
        "customer_group_id": group["customer_group_id"],
    }
    price_list = await clerk.ask("POST", "/admin/v1/price-lists", contract)
    number = price_list["price_list_id"]
    price = {"variant_id": variant, "price_list_id": number, "amount_minor": 2000}
    await clerk.ask("PUT", "/admin/v1/prices", {"prices": [price]})
    formula = {"formula": {"steps": [{"do": "percent", "percent": "5"}]}, "price_list_id": number}
    await clerk.ask("POST", "/admin/v1/price-edits/preview", formula)
    edit = await clerk.ask("POST", "/admin/v1/price-edits", formula)
    path = f"/admin/v1/price-edits/{edit['edit_id']}"
    async with asyncio.timeout(30):
        while (await clerk.ask("GET", path))["state"] != "done":
            await asyncio.sleep(0.1)
    return {
        "customer_group_id": [group["customer_group_id"]],
        "price_list_id": [str(number)],
        "edit_id": [edit["edit_id"]],
    }


def _arranged(product: str, collection: str) -> list[tuple[str, str, object]]:
    """What is done with a collection, and with what is in it."""
    raised = {"steps": [{"do": "percent", "percent": "5"}]}
    of_members = {"formula": raised, "selection": {"collection_id": collection}}
    return [
        ("POST", f"/admin/v1/collections/{collection}/products", {"add": [product]}),
        ("PUT", f"/admin/v1/collections/{collection}/order", {"product_ids": [product]}),
        ("POST", f"/admin/v1/collections/{collection}/restore", None),
        ("POST", "/admin/v1/collections/preview", {"rule": IN_STOCK}),
        ("PUT", f"/admin/v1/products/{product}/collections", {"collection_ids": [collection]}),
        ("POST", "/admin/v1/price-edits/preview", of_members),
    ]


def _varied(product: str, names: Names) -> list[tuple[str, str, object]]:
    """What is done with a product's variants, and with what it names."""
    return [
        (
            "PATCH",
            f"/admin/v1/products/{product}/variants",
            {"selection": {}, "changes": {"weight_g": 300}},
        ),
        ("POST", f"/admin/v1/products/{product}/variants/generate?preview=true", {}),
        (
            "PUT",
            f"/admin/v1/products/{product}/relations/accessory",
            {"product_ids": names["product_id"][1:2]},
        ),
        (
            "POST",
            "/admin/v1/relations/bulk",
            {"rows": [{"product": names["handle"][0], "kind": "up_sell", "related": []}]},
        ),
        ("DELETE", f"/admin/v1/variants/{names['variant_id'][0]}/bundle", None),
        (
            "PUT",
            f"/admin/v1/variants/{names['variant_id'][0]}/bundle",
            {"components": [{"variant_id": names["variant_id"][1], "quantity": 2}]},
        ),
        (
            "POST",
            "/admin/v1/bundles/bulk",
            {"rows": [{"sku": "nothing-is-called-so", "components": []}]},
        ),
    ]


def _handed_out(names: Names) -> list[tuple[str, str, object]]:
    """What is done with what is not sent."""
    pool, grant = names["variant_id"][1], names["grant_id"][0]
    good = f"/admin/v1/variants/{pool}/digital-good"
    return [
        ("PUT", good, {"kind": "licences"}),
        ("POST", f"/admin/v1/variants/{pool}/licences", {"licences": ["A-1", "A-2"]}),
        ("DELETE", good, None),
        ("POST", f"/admin/v1/downloads/{grant}/revoke", None),
        ("POST", f"/admin/v1/downloads/{grant}/renew", None),
    ]


def _counted(variant: str, names: Names) -> list[tuple[str, str, object]]:
    """What is done with stock."""
    carried = {
        "from_location_id": 1,
        "to_location_id": 2,
        "lines": [{"variant_id": variant, "quantity": 1}],
    }
    return [
        ("PUT", "/admin/v1/stock", {"levels": [{"variant_id": variant, "on_hand": 9}]}),
        ("POST", f"/admin/v1/stock/{variant}/adjust", {"delta": 1}),
        ("PUT", f"/admin/v1/stock/{variant}/policy", {"is_tracked": True}),
        ("PUT", "/admin/v1/stock/settings", {"low_at": 3}),
        ("POST", "/admin/v1/stock/count", {"lines": [{"variant_id": variant, "quantity": 8}]}),
        ("POST", "/admin/v1/stock-locations", {"code": "cellar", "name": "Cellar"}),
        ("POST", "/admin/v1/stock/transfer", carried),
        ("POST", f"/admin/v1/stock/incoming/{names['incoming_id'][0]}/receive", {"quantity": 2}),
    ]


def _priced(variant: str, names: Names) -> list[tuple[str, str, object]]:
    """What is done with prices, and with whom they are for."""
    cost = {"variant_id": variant, "amount_minor": 900}
    return [
        ("PUT", "/admin/v1/prices", {"prices": [{"variant_id": variant, "amount_minor": 2300}]}),
        ("PUT", "/admin/v1/prices/costs", {"costs": [cost]}),
        ("PATCH", f"/admin/v1/price-lists/{names['price_list_id'][0]}", {"name": "Trade"}),
        ("POST", f"/admin/v1/price-edits/{names['edit_id'][0]}/undo", None),
        (
            "POST",
            f"/admin/v1/customer-groups/{names['customer_group_id'][0]}/members/remove",
            {"customer_ids": [names["customer_id"][0]]},
        ),
        (
            "POST",
            "/admin/v1/prices/remove",
            {"prices": [{"variant_id": variant, "price_list_id": 99}]},
        ),
    ]


async def change(clerk: Counter, shopper: Counter, names: Names) -> None:
    """Each kind of change is made once, as a client would that means well."""
    product = names["product_id"][0]
    variant, order, cart = names["variant_id"][0], names["order_id"][0], names["cart_id"][0]
    shirt = names["product_type_id"][0]
    channel = {"code": "fair", "name": "Fair", "currency": "EUR", "locale": "en"}
    changes: list[tuple[str, str, object]] = [
        ("POST", "/admin/v1/graphql", {"query": "{ products { nodes { title } } }"}),
        ("PUT", DOCUMENTS, {"documents": [{"name": "passing", "text": PASSING_DOCUMENT}]}),
        ("DELETE", f"{DOCUMENTS}/{sha256(PASSING_DOCUMENT.encode()).hexdigest()}", None),
        ("PUT", "/admin/v1/graphql-settings", {"only_registered": False}),
        ("POST", "/admin/v1/channels", channel),
        ("PATCH", f"/admin/v1/channels/{names['channel_id'][0]}", {"name": "Window"}),
        ("PATCH", "/admin/v1/shop", {"name": "Smaller"}),
        *_arranged(product, names["collection_id"][0]),
        ("POST", "/admin/v1/products/bulk", {"products": [{"handle": "jug", "title": "Jug"}]}),
        *(
            ("POST", f"/admin/v1/products/{product}/{verb}", None)
            for verb in ("archive", "unpublish", "publish")
        ),
        ("PATCH", f"/admin/v1/variants/{variant}", {"weight_g": 350}),
        *_varied(product, names),
        *_handed_out(names),
        ("PATCH", f"/admin/v1/orders/{order}/metafields", {"metafields": None}),
        (
            "PATCH",
            f"/admin/v1/customers/{names['customer_id'][0]}/metafields",
            {"metafields": {}},
        ),
        *_counted(variant, names),
        *_priced(variant, names),
        ("POST", f"/admin/v1/orders/{order}/fulfillments", {"tracking": {"carrier": "post"}}),
        ("POST", f"/admin/v1/orders/{order}/notes", {"note": "called"}),
        ("POST", f"/admin/v1/pictures/{names['picture_id'][0]}/retry", None),
        ("POST", "/admin/v1/pictures/retry", None),
        ("POST", f"/admin/v1/product-types/{shirt}/check", {"selection": {}}),
        ("PUT", f"{MAPPINGS}/{names['mapping_id'][0]}", {**MAPPING, "name": "Other list"}),
    ]
    for method, path, body in changes:
        await clerk.ask(method, path, body)
    refund = {"amount": {"amount_minor": 100, "currency": "EUR"}, "reason": "chipped"}
    once = {"Idempotency-Key": str(new_id())}
    await clerk.ask("POST", f"/admin/v1/orders/{order}/refunds", refund, **once)
    lines = f"/store/v1/carts/{cart}/lines"
    asked = {"query": "{ products { nodes { title } } }"}
    await shopper.ask("POST", "/store/v1/graphql", asked)
    await shopper.ask("GET", f"/store/v1/graphql?{urlencode(asked)}")
    shown = await shopper.ask("POST", lines, {"variant_id": names["variant_id"][-1]})
    for line in shown["lines"][-1:]:
        await shopper.ask("PATCH", f"{lines}/{line['line_id']}", {"quantity": 2})
        await shopper.ask("DELETE", f"{lines}/{line['line_id']}")


# What is made, where, from what, how it is named, and the change it then sees; none of it stays.
PASSING: list[tuple[str, object, str, object]] = [
    (
        "/admin/v1/customer-groups",
        {"code": "passing", "name": "Passing"},
        "customer_group_id",
        {"name": "Gone"},
    ),
    ("/admin/v1/categories", {"name": "Passing"}, "category_id", {"position": 3}),
    ("/admin/v1/collections", {"title": "Passing"}, "collection_id", {"position": 3}),
    ("/admin/v1/products", {"title": "Passing", "variants": [{}]}, "product_id", {"brand": "No"}),
    (
        "/admin/v1/shipping-methods",
        {"code": "boat", "name": "Boat", "price": {"amount_minor": 900, "currency": "EUR"}},
        "method_id",
        {"position": 3},
    ),
    ("/admin/v1/attribute-sets", {"name": "Passing"}, "attribute_set_id", {"name": "Gone"}),
    ("/admin/v1/product-types", {"name": "Passing"}, "product_type_id", {"name": "Gone"}),
    (
        "/admin/v1/metafield-definitions",
        {"owner_kind": "order", "namespace": "a", "code": "passing", "kind": "text"},
        "definition_id",
        {"max_length": 5},
    ),
    ("/admin/v1/keys", {"name": "passing", "scopes": ["orders:read"]}, "key_id", None),
    ("/admin/v1/domains", {"host": "passing.example"}, "host", None),
]
# What is made and changed, and cannot be taken away.
LASTING: list[tuple[str, object, str, object]] = [
    ("/admin/v1/customers", {"email": "bo@example.com"}, "customer_id", {"name": "Bo"}),
    ("/admin/v1/stock-locations", {"code": "attic", "name": "Attic"}, "location_id", {"name": "A"}),
    ("/admin/v1/attributes", {"code": "glaze", "kind": "text"}, "code", {"label": "Glaze"}),
]


async def come_and_go(clerk: Counter, shopper: Counter, operator: Counter, names: Names) -> None:
    """Things are made and changed, and those that can be are taken away again."""
    for listed, draft, name, changes in [*PASSING, *LASTING]:
        made = await clerk.ask("POST", listed, draft)
        path = f"{listed}/{made[name]}"
        if changes is not None:
            await clerk.ask("PATCH", path, changes)
        if (listed, draft, name, changes) in PASSING:
            await clerk.ask("DELETE", path)
    product, customer = names["product_id"][-1], names["customer_id"][0]
    added = await clerk.ask(
        "POST", f"/admin/v1/customers/{customer}/addresses", {"address": ADDRESS}
    )
    await clerk.ask("DELETE", f"/admin/v1/customers/{customer}/addresses/{added['address_id']}")
    await clerk.ask("PATCH", f"/admin/v1/products/{product}", {"options": [COLOURS]})
    variant = await clerk.ask(
        "POST", f"/admin/v1/products/{product}/variants", {"option_values": ["Red"]}
    )
    await clerk.ask("DELETE", f"/admin/v1/variants/{variant['variant_id']}")
    seen = await clerk.ask("GET", f"/admin/v1/products/{product}")
    await clerk.ask("PATCH", f"/admin/v1/products/{product}", {"brand": "Passing"})
    await clerk.ask("POST", f"/admin/v1/products/{product}/restore", {"version": seen["version"]})
    statuses = {"product_ids": [product], "status": "active"}
    await clerk.ask("POST", "/admin/v1/products/bulk/status", statuses)
    curated = await clerk.ask("POST", CURATIONS, _curation("passing"))
    path = f"{CURATIONS}/{curated['curation_id']}"
    await clerk.ask("PUT", path, _curation("past"))
    beside = {"words": "mug", "curation": _curation("tried")}
    await clerk.ask("POST", f"{CURATIONS}/preview", beside)
    await clerk.ask("DELETE", path)
    await _rank(clerk)
    await _limit(clerk)
    await replace_keys(clerk, operator)
    await stop_telling(clerk)
    judged = await clerk.ask("POST", SETS, {"name": "Passing", "max_grade": 1})
    await clerk.ask("DELETE", f"{SETS}/{judged['judgment_set_id']}")
    said = await clerk.ask("POST", SYNONYMS, {"words": ["passing"], "means": ["mug"]})
    await clerk.ask("PUT", f"{SYNONYMS}/{said['synonym_id']}", {"words": ["passing", "mug"]})
    await clerk.ask("DELETE", f"{SYNONYMS}/{said['synonym_id']}")
    await _suit_clients(clerk)
    await clerk.ask("POST", "/admin/v1/redirects", {"from_path": "/passing", "to": "/"})
    await clerk.ask("PATCH", "/admin/v1/redirects?path=passing", {"is_permanent": False})
    await clerk.ask("DELETE", "/admin/v1/redirects?path=/passing")
    await clerk.ask("POST", "/admin/v1/redirects/remove", {"paths": ["/passing"]})
    mapping = await clerk.ask("POST", MAPPINGS, MAPPING)
    await clerk.ask("DELETE", f"{MAPPINGS}/{mapping['mapping_id']}")
    await _import_and_undo(clerk)
    delivery = {"variant_id": names["variant_id"][0], "quantity": 1}
    expected = await clerk.ask("POST", "/admin/v1/stock/incoming", delivery)
    await clerk.ask("POST", f"/admin/v1/stock/incoming/{expected['incoming_id']}/cancel")
    cart = await shopper.ask("POST", "/store/v1/carts", {})
    await shopper.ask("DELETE", f"/store/v1/carts/{cart['token']}")
    for verb in ("close", "reopen"):
        await operator.ask("POST", f"/admin/v1/shops/annex/{verb}")


async def _import_and_undo(clerk: Counter) -> None:
    """A product comes in with a file and goes again."""
    file = await clerk.ask("POST", "/admin/v1/imports/files?name=passing.jsonl", PASSING_GOODS)
    run = await clerk.ask("POST", "/admin/v1/imports", {"file_id": file["file_id"]})
    path = f"/admin/v1/imports/{run['run_id']}"
    await _until(clerk, path, "done")
    await clerk.ask("POST", f"{path}/undo")
    await _until(clerk, path, "undone")


async def _until(clerk: Counter, path: str, state: str) -> None:
    for _ in range(600):
        if (await clerk.ask("GET", path))["state"] == state:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{path} is not {state}")


async def _until_counted(clerk: Counter) -> None:
    for _ in range(600):
        if (await clerk.ask("GET", FRESHNESS))["overall"] is not None:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the worker has noted nothing")


async def _trade_files(clerk: Counter) -> Names:
    """A file of products taken in, one written out, and a mapping for tables."""
    file = await clerk.ask("POST", "/admin/v1/imports/files?name=goods.jsonl", GOODS)
    run = await clerk.ask("POST", "/admin/v1/imports", {"file_id": file["file_id"]})
    table = await clerk.ask("POST", "/admin/v1/imports/files?name=table.csv", TABLE)
    mapping = await clerk.ask("POST", MAPPINGS, MAPPING)
    looked_at = {"file_id": table["file_id"], "document": MAPPING["document"]}
    await clerk.ask("POST", "/admin/v1/imports/look", looked_at)
    await _until(clerk, f"/admin/v1/imports/{run['run_id']}", "done")
    rerun = {"is_dry_run": True}
    await clerk.ask("POST", f"/admin/v1/imports/{run['run_id']}/repeat", rerun)
    export = await clerk.ask("POST", "/admin/v1/exports", {})
    export_id = export["export_id"]
    for _ in range(600):
        if (await clerk.ask("GET", f"/admin/v1/exports/{export_id}"))["file"] is not None:
            return {
                "file_id": [table["file_id"], file["file_id"]],
                "mapping_id": [mapping["mapping_id"]],
                "run_id": [run["run_id"]],
                "export_id": [export_id],
            }
        await asyncio.sleep(0.05)
    raise AssertionError("the worker has written no file")


async def _move_in(clerk: Counter) -> Names:
    """An order of another shop system, and a picture that nobody may fetch."""
    media = [{"source_url": "http://127.0.0.1:2/never.png"}]
    await clerk.ask(
        "POST", "/admin/v1/products", {"title": "Vase", "variants": [{}], "media": media}
    )
    file = await clerk.ask("POST", "/admin/v1/imports/files?name=orders.csv", PAST.read_bytes())
    await clerk.ask("POST", "/admin/v1/imports", {"file_id": file["file_id"]})
    for _ in range(600):
        past = (await clerk.ask("GET", "/admin/v1/orders?filter[is_past]=true"))["items"]
        pictures = (await clerk.ask("GET", "/admin/v1/pictures"))["items"]
        if past and pictures:
            return {
                "past_order_id": [each["order_id"] for each in past],
                "picture_id": [each["picture_id"] for each in pictures],
            }
        await asyncio.sleep(0.05)
    raise AssertionError("the worker has taken in no order, or fetched no picture")
