"""The problems a caller receives."""

import json

import msgspec
import pytest

from galleria.foundation import errors
from galleria.foundation.errors import (
    FieldError,
    GalleriaError,
    InvalidInput,
    NotFound,
    RateLimited,
    problem_of,
)


class ProductNotFound(NotFound):
    code = "product_not_found"
    title = "No such product"


def test_a_problem_carries_the_rooms_code_and_title_and_its_bases_status() -> None:
    problem = problem_of(ProductNotFound("no product 7"), instance="/store/v1/products/7")

    assert msgspec.to_builtins(problem) == {
        "type": "urn:galleria:problem:product_not_found",
        "title": "No such product",
        "status": 404,
        "code": "product_not_found",
        "detail": "no product 7",
        "instance": "/store/v1/products/7",
    }


def test_a_problem_lists_the_refused_fields_in_order() -> None:
    refused = [FieldError("name", "too_long", "at most 200"), FieldError("sku", "required", "-")]

    wire = json.loads(msgspec.json.encode(problem_of(InvalidInput("two fields", errors=refused))))

    assert [(field["path"], field["code"]) for field in wire["errors"]] == [
        ("name", "too_long"),
        ("sku", "required"),
    ]
    assert "instance" not in wire


def test_an_error_reads_as_its_detail_and_keeps_when_to_come_back() -> None:
    error = RateLimited("5 a second", retry_after_s=3)

    assert str(error) == error.detail == "5 a second"
    assert error.retry_after_s == 3
    assert InvalidInput("x").retry_after_s is None


def test_a_problem_does_not_share_its_list_of_fields_with_others() -> None:
    problem_of(InvalidInput("one")).errors.append(FieldError("a", "b", "c"))
    assert problem_of(InvalidInput("two")).errors == []


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("InvalidInput", 422, "invalid_input"),
        ("NotFound", 404, "not_found"),
        ("Conflict", 409, "conflict"),
        ("Gone", 410, "gone"),
        ("Forbidden", 403, "forbidden"),
        ("Unauthenticated", 401, "unauthenticated"),
        ("PreconditionFailed", 412, "precondition_failed"),
        ("TooLarge", 413, "too_large"),
        ("UnsupportedMedia", 415, "unsupported_media"),
        ("RateLimited", 429, "rate_limited"),
        ("Unavailable", 503, "unavailable"),
    ],
)
def test_each_base_keeps_its_published_status_and_code(name: str, status: int, code: str) -> None:
    base = getattr(errors, name)

    assert issubclass(base, GalleriaError)
    assert (base.status, base.code) == (status, code)
    assert base.title != GalleriaError.title
