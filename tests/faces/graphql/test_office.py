"""Dictionary, files, prices, shelves, groups, webhooks and keys by GraphQL, as REST has them."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from graphql import GraphQLList, GraphQLNonNull, GraphQLObjectType

from galleria.faces.graphql.faces import admin
from galleria.faces.graphql.specs import spec_of
from tests.faces.gateway.door import Client, Door, ShopScene, open_shop_scene
from tests.faces.graphql.asking import ADMIN, ask, data

ADDRESS = {"name": "Ana", "line1": "A 1", "city": "Köln", "postalCode": "50667", "country": "DE"}
LINES = b'{"id": "bowl-1", "title": "Bowl", "sku": "bowl-9", "price_minor": 1200}\n'


@pytest.fixture(scope="module")
async def office(door: Door) -> ShopScene:
    """A shop of which all is made by mutations."""
    return await open_shop_scene(door)


@pytest.fixture
async def clerk(office: ShopScene) -> AsyncIterator[Client]:
    async with office.clerk() as clerk:
        yield clerk


async def act(clerk: Client, field: str, result: str, **args: Any) -> Any:
    """What a mutation answers; its arguments are typed as the schema has them."""
    mutation = admin().schema.mutation_type
    assert mutation is not None
    kinds = {name: mutation.fields[field].args[name].type for name in args}
    taken = ", ".join(f"${name}: {kind}" for name, kind in kinds.items())
    given = ", ".join(f"{name}: ${name}" for name in args)
    text = f"mutation({taken}) {{ {field}({given}) {{ {result} errors {{ code path }} }} }}"
    return (await data(clerk, text, ADMIN, **args))[field]


async def done(clerk: Client, field: str, result: str, **args: Any) -> Any:
    """The result of a mutation that has to succeed."""
    answer = await act(clerk, field, result, **args)
    assert answer.pop("errors") == [], (field, answer)
    (found,) = answer.values()
    return found


def inner(kind: Any) -> Any:
    while isinstance(kind, GraphQLNonNull | GraphQLList):
        kind = kind.of_type
    return kind


def read_off(kind: GraphQLObjectType) -> dict[str, Any]:
    """The fields that are the struct's own."""
    return {key: field for key, field in kind.fields.items() if spec_of(field).attribute}


def whole(kind: Any) -> str:
    """A selection of all there is to read off."""
    kind = inner(kind)
    if not isinstance(kind, GraphQLObjectType):
        return ""
    return "{ " + " ".join(k + whole(f.type) for k, f in read_off(kind).items()) + " }"


def refuse_difference(kind: Any, told: Any, rest: Any) -> None:
    """Pass when GraphQL tells what REST tells; what REST leaves out is as usual."""
    if isinstance(told, list):
        assert len(told) == len(rest)
        for one, other in zip(told, rest, strict=True):
            refuse_difference(kind, one, other)
    elif isinstance(inner(kind), GraphQLObjectType) and told is not None:
        for key, field in read_off(inner(kind)).items():
            attribute = spec_of(field).attribute
            if attribute in rest:
                refuse_difference(field.type, told[key], rest[attribute])
    else:
        assert told == rest


ALIKE = [
    ("attributes", "/admin/v1/attributes"),
    ("attributeSets", "/admin/v1/attribute-sets"),
    ("productTypes", "/admin/v1/product-types"),
    ("metafieldDefinitions", "/admin/v1/metafield-definitions"),
    ("baseAttributes", "/admin/v1/base-attributes"),
    ("importMappings", "/admin/v1/imports/mappings"),
    ("imports", "/admin/v1/imports"),
    ("exports", "/admin/v1/exports"),
    ("priceLists", "/admin/v1/price-lists"),
    ("priceEdits", "/admin/v1/price-edits"),
    ("costs", "/admin/v1/prices/costs"),
    ("stockLocations", "/admin/v1/stock-locations"),
    ("incomingStock", "/admin/v1/stock/incoming"),
    ("customerGroups", "/admin/v1/customer-groups"),
    ("webhooks", "/admin/v1/webhooks"),
    ("eventTypes", "/admin/v1/event-types"),
    ("keys", "/admin/v1/keys"),
]


async def test_lists_tell_field_by_field_what_rest_tells(clerk: Client, office: ShopScene) -> None:
    await fill_dictionary(clerk)
    await fill_files(clerk)
    await fill_shop(clerk, office.variant_ids[0])
    query = admin().schema.query_type
    assert query is not None
    for name, path in ALIKE:
        kind = inner(query.fields[name].type)
        is_paged = kind.name.endswith("Connection")
        node = inner(kind.fields["nodes"].type) if is_paged else kind
        asked = f"(first: 5) {{ nodes {whole(node)} }}" if is_paged else whole(node)
        found = (await data(clerk, f"{{ {name}{asked} }}", ADMIN))[name]
        told = found["nodes"] if is_paged else found
        rest = (await clerk.json("GET", path))["items"][: len(told)]
        assert told, name
        refuse_difference(node, told, rest)


async def fill_dictionary(clerk: Client) -> None:
    attribute = {"code": "glaze", "label": "Glaze", "kind": "select"}
    made = await done(clerk, "createAttribute", "attribute { code version }", input=attribute)
    changes: dict[str, Any] = {"code": "glaze", "expectedVersion": made["version"]}
    changes["input"] = {"label": "The glaze"}
    await done(clerk, "updateAttribute", "attribute { label }", **changes)
    stale = await act(clerk, "updateAttribute", "attribute { label }", **changes)
    assert stale["errors"] == [{"code": "dictionary_entry_changed", "path": None}]
    value_ids = []
    for word in ("Celadon", "Ash", "Tenmoku"):
        added = await done(
            clerk, "addAttributeValue", "attributeValue { valueId }", code="glaze",
            input={"word": word},
        )  # fmt: skip
        value_ids.append(added["valueId"])
    celadon, ash, tenmoku = value_ids
    turned = {"valueIds": [tenmoku, celadon]}
    assert await done(clerk, "orderAttributeValues", "valueIds", code="glaze", input=turned)
    merged = {"mergedIds": [ash], "valueId": celadon}
    await done(clerk, "mergeAttributeValues", "attributeValue { word }", code="glaze", input=merged)
    values = '{ attributeValues(code: "glaze") { nodes { word } } }'
    words = (await data(clerk, values, ADMIN))["attributeValues"]["nodes"]
    assert [each["word"] for each in words] == ["Tenmoku", "Celadon"]
    assert await done(clerk, "removeAttributeValue", "valueId", valueId=tenmoku) == tenmoku
    named = {"name": "Pots"}
    pots = await done(clerk, "createAttributeSet", "attributeSet { attributeSetId }", input=named)
    gone = await done(clerk, "removeAttributeSet", "attributeSetId", **pots)
    assert gone == pots["attributeSetId"]
    missing = await act(clerk, "removeAttributeSet", "attributeSetId", **pots)
    assert [each["code"] for each in missing["errors"]] == ["attribute_set_not_found"]
    await done(clerk, "createAttributeSet", "attributeSet { name }", input={"name": "Bowls"})
    pot = {"name": "Pot"}
    pot = await done(clerk, "createProductType", "productType { productTypeId }", input=pot)
    check = "query($id: ID!) { combinationCheck(productTypeId: $id, input: {selection: {}})"
    answer = await data(clerk, check + " { __typename } }", ADMIN, id=pot["productTypeId"])
    assert answer["combinationCheck"]
    field = {"ownerKind": "product", "namespace": "care", "code": "wash", "kind": "text"}
    definition = "metafieldDefinition { code }"
    await done(clerk, "createMetafieldDefinition", definition, input=field)
    await done(clerk, "adoptBaseAttributes", "attributes { code }", input={"codes": ["color"]})


async def fill_files(clerk: Client) -> None:
    rules = [{"field": "sku", "column": "handle"}, {"field": "title", "column": "title"}]
    mapping = {"name": "List", "document": {"rules": rules}}
    await done(clerk, "createImportMapping", "importMapping { name }", input=mapping)
    sent = await clerk.post("/admin/v1/imports/files?name=bowls", content=LINES)
    wanted = {"fileId": sent.json()["file_id"], "isDryRun": True}
    run = await done(clerk, "startImport", "import { runId isDryRun fileName }", input=wanted)
    assert (run["isDryRun"], run["fileName"]) == (True, "bowls")
    again = await done(clerk, "repeatImport", "import { runId isDryRun }", runId=run["runId"])
    assert again["runId"] != run["runId"] and not again["isDryRun"]
    held = await done(clerk, "pauseImport", "import { state }", runId=again["runId"])
    await done(clerk, "resumeImport", "import { state }", runId=again["runId"])
    gone = await done(clerk, "cancelImport", "import { state }", runId=again["runId"])
    assert (held["state"], gone["state"]) == ("paused", "cancelled")
    undone = await act(clerk, "undoImport", "import { state }", runId=again["runId"])
    assert [each["code"] for each in undone["errors"]] == ["import_not_undoable"]
    export = await done(clerk, "startExport", "export { exportId }", input={"format": "csv"})
    one = "query($id: ID!) { export(exportId: $id) { format file } }"
    told = await data(clerk, one, ADMIN, id=export["exportId"])
    assert told["export"] == {"format": "csv", "file": None}


async def fill_shop(clerk: Client, variant_id: str) -> None:
    sale = {"code": "summer", "name": "Summer", "kind": "sale", "currency": "EUR"}
    await done(clerk, "createPriceList", "priceList { code }", input=sale)
    cost = {"variantId": variant_id, "currency": "EUR", "amountMinor": 700}
    await done(clerk, "setCosts", "costs { __typename }", costs=[cost])
    raised = {"formula": {"steps": [{"do": "percent", "percent": "10"}]}}
    preview = "query($input: NewPriceEditInput!) { priceEditPreview(input: $input) { rows {"
    shown = await data(clerk, preview + " __typename } } }", ADMIN, input=raised)
    assert shown["priceEditPreview"]["rows"]
    edit = await done(clerk, "startPriceEdit", "priceEdit { editId state }", input=raised)
    assert edit["state"] == "waiting"
    why = "query($v: ID!) { priceExplanation(variantId: $v) { __typename } }"
    assert (await data(clerk, why, ADMIN, v=variant_id))["priceExplanation"]
    kiln = {"code": "kiln", "name": "Kiln"}
    place = await done(clerk, "createStockLocation", "stockLocation { locationId }", input=kiln)
    home = (await data(clerk, "{ stockLocations { locationId } }", ADMIN))["stockLocations"][0]
    lines = [{"variantId": variant_id, "quantity": 2}]
    carried = {"fromLocationId": home["locationId"], "toLocationId": place["locationId"]}
    moved = {**carried, "lines": lines}
    levels = await done(clerk, "transferStock", "stockLevels { onHand }", input=moved)
    assert 2 in [each["onHand"] for each in levels]
    due = {"variantId": variant_id, "quantity": 3}
    for _ in range(2):
        coming = await done(clerk, "expectIncoming", "incoming { incomingId }", input=due)
    some = await done(
        clerk, "receiveIncoming", "incoming { received }", **coming, input={"quantity": 1}
    )
    assert some == {"received": 1}
    members = {"code": "potters", "name": "Potters"}
    group = await done(clerk, "createCustomerGroup", "customerGroup { customerGroupId }",
                       input=members)  # fmt: skip
    ana = {"email": "ana.office@example.com"}
    who = await done(clerk, "createCustomer", "customer { customerId }", input=ana)
    joined = {"customerIds": [who["customerId"]]}
    assert await done(clerk, "addGroupMembers", "customerIds", **group, input=joined)
    listed = "query($g: ID!) { customerGroupMembers(customerGroupId: $g) { nodes { email } } }"
    found = await data(clerk, listed, ADMIN, g=group["customerGroupId"])
    assert found["customerGroupMembers"]["nodes"] == [ana]
    address = await done(clerk, "addCustomerAddress", "address { addressId }", **who,
                         input={"address": ADDRESS})  # fmt: skip
    assert await done(clerk, "removeCustomerAddress", "addressId", **who, **address)
    await tell(clerk)


async def tell(clerk: Client) -> None:
    """A webhook whose receiver is nowhere, made once however often it is asked for."""
    there = {"name": "Till", "url": "https://93.184.216.34/news",
             "subscriptions": [{"tag": "orders.order_placed.v1"}]}  # fmt: skip
    asked = {"input": there, "idempotencyKey": "till-1"}
    made = "createdWebhook { webhook { endpoint { endpointId } } }"
    first = await done(clerk, "createWebhook", made, **asked)
    assert await done(clerk, "createWebhook", made, **asked) == first
    endpoint = first["webhook"]["endpoint"]
    paused = await done(clerk, "pauseWebhook", "webhook { state }", **endpoint)
    again = await done(clerk, "enableWebhook", "webhook { state }", **endpoint)
    assert (paused["state"], again["state"]) == ("paused", "idle")
    wrong = await act(clerk, "testWebhook", "deliveryId", **endpoint, tag="nothing.such.v1")
    assert wrong["errors"]
    assert await done(clerk, "testWebhook", "deliveryId", **endpoint, tag="orders.order_placed.v1")
    sent = "query($e: ID!) { webhookDeliveries(endpointId: $e) { nodes { tag isTest } } }"
    told = await data(clerk, sent, ADMIN, e=endpoint["endpointId"])
    assert told["webhookDeliveries"]["nodes"] == [{"tag": "orders.order_placed.v1", "isTest": True}]


async def test_two_scopes_are_asked_for_where_rest_asks_for_two(office: ShopScene) -> None:
    why = "query($v: ID!) { priceExplanation(variantId: $v) { __typename } }"
    for scopes, is_told in ((("prices:read",), False), (("prices:read", "customers:read"), True)):
        async with office.clerk(await office.key_for(*scopes)) as clerk:
            answer = await ask(clerk, why, ADMIN, v=office.variant_ids[0])
            assert (answer["data"]["priceExplanation"] is not None) == is_told


async def test_inputs_are_held_to_what_rest_holds_them_to(clerk: Client) -> None:
    long = {"code": "x" * 200, "label": "", "kind": "select"}
    refused = await act(clerk, "createAttribute", "attribute { code }", input=long)
    assert refused["errors"] == [{"code": "invalid_input", "path": "input.code"}]
    none = await act(clerk, "adoptBaseAttributes", "attributes { code }", input={"codes": []})
    assert none["errors"] == [{"code": "invalid_input", "path": "input.codes"}]
    low = "{ priceList(priceListId: 0) { code } }"
    assert (await ask(clerk, low, ADMIN))["errors"][0]["extensions"]["code"] == "invalid_input"
