"""Every operation is written out by curl, Python and JavaScript, in calls that can be made."""

import ast
import json
import shlex

import msgspec
import pytest

from galleria.app.http import api_app
from galleria.faces.headless.describing import METHODS, document_of
from galleria.faces.headless.snippets import (
    Asked,
    asked_of,
    curl_of,
    example_of,
    javascript_of,
    python_of,
)

DOCUMENT = document_of(api_app())
ASKED = {
    operation["operationId"]: asked_of(DOCUMENT, path, method, operation)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if method in METHODS
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_each_is_a_command_and_a_program(asked: Asked) -> None:
    words = shlex.split(curl_of(asked))
    assert words[:4] == ["curl", "-g", "-X", asked.method]
    assert "{" not in words[4]
    if asked.body_kind == "application/json":
        assert json.loads(words[words.index("--data") + 1]) == asked.body
    ast.parse(python_of(asked))
    assert f"{asked.operation_id[1:]}(" in javascript_of(asked)


def test_a_checkout_shows_what_it_takes() -> None:
    asked = ASKED["CheckOutCart"]
    assert asked.body["email"] == "ann@example.com"
    assert set(asked.body["payment"]) == {"method", "token"}
    assert "$GALLERIA_URL/store/v1/carts/$CART_ID/checkout" in curl_of(asked)
    assert "Idempotency-Key" in curl_of(asked)
    assert "X-Galleria-Shop" in curl_of(asked)
    assert "check_out_cart.sync, cart_id, body=Checkout.from_dict(" in python_of(asked)
    assert "path: { cart_id }" in javascript_of(asked)


def test_a_call_that_takes_a_key_names_one_and_never_holds_one() -> None:
    for asked in ASKED.values():
        assert ("$GALLERIA_KEY" in curl_of(asked)) == asked.needs_key
        assert "gal_key" not in curl_of(asked) + python_of(asked) + javascript_of(asked)
    assert "from galleria_client import Admin" in python_of(ASKED["ListOrders"])
    assert "'@galleria/client/admin'" in javascript_of(ASKED["ListOrders"])


def test_a_quote_in_an_example_does_not_end_the_command() -> None:
    body = {"name": "Ann's; rm -rf $HOME"}
    words = shlex.split(curl_of(msgspec.structs.replace(ASKED["CheckOutCart"], body=body)))
    assert json.loads(words[words.index("--data") + 1]) == body


def test_a_filter_is_given_by_the_names_that_clients_have_for_it() -> None:
    asked = ASKED["ListPriceChanges"]
    assert "filter[variant_id]=$VARIANT_ID" in curl_of(asked)
    assert "filtervariant_id=variant_id" in python_of(asked)
    assert "'filter[variant_id]': variant_id" in javascript_of(asked)


def test_a_schema_that_holds_itself_ends() -> None:
    node = {
        "type": "object",
        "required": ["next"],
        "properties": {"next": {"$ref": "#/components/schemas/Node"}},
    }
    document = {"components": {"schemas": {"Node": node}}}
    assert json.dumps(example_of(document, node)).count("next") == 6
