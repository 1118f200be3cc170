"""The document says of every operation who may call it and how it may be refused."""

from typing import Any

from galleria.app.http import api_app
from galleria.faces.headless.describing import METHODS, document_of

DOCUMENT = document_of(api_app())


def operation(path: str, method: str) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][path][method]
    return found


def answers(path: str, method: str) -> dict[str, str]:
    """What each status means, references followed."""
    kept = DOCUMENT["components"]["responses"]
    return {
        status: kept[response["$ref"].rsplit("/", 1)[-1]]["description"]
        if "$ref" in response
        else response["description"]
        for status, response in operation(path, method)["responses"].items()
    }


def test_an_operation_names_the_scopes_that_its_caller_needs() -> None:
    assert operation("/admin/v1/orders", "get")["security"] == [{"key": ["orders:read"]}]
    assert "security" not in operation("/store/v1/products", "get")
    open_to_all = [
        path
        for path, item in DOCUMENT["paths"].items()
        for method in METHODS
        if path.startswith("/admin/") and method in item and "security" not in item[method]
    ]
    assert open_to_all == []


def test_the_refusals_of_the_door_stand_beside_those_of_the_room() -> None:
    said = answers("/admin/v1/products", "post")
    assert {"400", "401", "403", "409", "413", "415", "421", "422", "500", "503"} <= set(said)
    assert "`json_expected`" in said["415"] and "`body_too_large`" in said["413"]
    assert "415" not in answers("/admin/v1/products", "get")
    assert set(answers("/healthz", "get")) == {"200", "500"}


OF_GRAPHQL = "application/graphql-response+json"


def test_every_failure_is_a_problem() -> None:
    for name, response in DOCUMENT["components"]["responses"].items():
        assert list(response["content"]) == ["application/problem+json"], name
    for path, item in DOCUMENT["paths"].items():
        for method in item:
            for status, response in item[method]["responses"].items():
                # GraphQL tells its own refusals in its own form as well.
                is_graphql = path.endswith("/graphql") and OF_GRAPHQL in response.get("content", {})
                is_told = "$ref" in response or is_graphql
                assert status[0] in "23" or is_told, (path, method, status)


def test_a_body_that_is_no_json_says_what_it_is() -> None:
    assert list(operation("/admin/v1/images", "post")["requestBody"]["content"]) == ["image/*"]


def test_headers_that_matter_are_named() -> None:
    def header(path: str, method: str, name: str) -> dict[str, Any]:
        (found,) = (each for each in operation(path, method)["parameters"] if each["name"] == name)
        return dict(found)

    assert "304" in answers("/media/{media_id}", "get")
    assert not header("/media/{media_id}", "get", "If-None-Match")["required"]
    assert header("/store/v1/carts/{cart_id}/checkout", "post", "Idempotency-Key")["required"]


def test_a_value_of_several_kinds_may_be_of_two_at_once() -> None:
    """350 is an integer and a number: `oneOf` would have it neither."""
    values = DOCUMENT["components"]["schemas"]["ProductTree"]["properties"]["attributes"]
    kinds = [each["type"] for each in values["additionalProperties"]["anyOf"]]
    assert {"integer", "number"} <= set(kinds)
    assert "oneOf" not in str(DOCUMENT)
