"""The document's parts have names that clients can bear, and a sentence each."""

import re

from galleria.app.http import api_app
from galleria.faces.headless.describing import document_of
from galleria.faces.headless.naming import clear_names, first_sentence
from tools.clients_documents import operations, problem_codes

DOCUMENT = document_of(api_app())


def test_every_schema_has_a_name_for_a_class_and_none_has_another_title() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert {"VariantViewPage", "Problem", "ImportsProblem", "OrdersEntry"} <= set(schemas)
    for name, schema in schemas.items():
        assert re.fullmatch(r"[A-Z][A-Za-z0-9]*", name), name
        assert schema.get("title", name) == name


def test_every_reference_leads_somewhere() -> None:
    named = set(re.findall(r"#/components/schemas/([^']+)'", str(DOCUMENT)))
    assert named <= set(DOCUMENT["components"]["schemas"])


def test_two_that_would_be_called_the_same_begin_with_their_rooms() -> None:
    old = ["Page_galleria.growth.search.model.Note_", "Page_galleria.commerce.orders.model.Note_"]
    document = {
        "components": {"schemas": {name: {"title": "Page[Note]"} for name in old}},
        "paths": {"/": {"$ref": f"#/components/schemas/{old[1]}"}},
    }
    cleared = clear_names(document)
    assert list(cleared["components"]["schemas"]) == ["SearchNotePage", "OrdersNotePage"]
    assert cleared["paths"]["/"]["$ref"] == "#/components/schemas/OrdersNotePage"


def test_a_summary_is_one_sentence() -> None:
    assert first_sentence("Buy the cart, once. 201: paid.") == "Buy the cart, once"
    assert first_sentence("By `limit`\nand\nhandle.") == "By `limit` and handle"
    assert first_sentence("At most 1.5 GB of it") == "At most 1.5 GB of it"
    for path, operation in operations(DOCUMENT):
        assert operation["summary"], path


def test_every_tag_is_explained() -> None:
    explained = {tag["name"] for tag in DOCUMENT["tags"] if tag["description"]}
    used = {tag for _, operation in operations(DOCUMENT) for tag in operation.get("tags", ())}
    assert used == explained


def test_the_codes_of_all_refusals_are_known() -> None:
    assert {"product_not_found", "payment_declined", "invalid_cursor"} <= set(problem_codes())
