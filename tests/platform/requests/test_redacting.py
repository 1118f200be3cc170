"""What is never kept of a request: secrets and personal data, by their names and by their looks."""

import msgspec
import pytest

from galleria.platform.requests.model.heard import MOST_HELD_BYTES, Heard, HeardRequest
from galleria.platform.requests.model.kept import MOST_KEPT_BYTES, written_of
from galleria.platform.requests.model.redacting import REDACTED, Redactor, is_secret
from tests.platform.requests.asking import heard

PRODUCTS = "/admin/v1/products"
KEY = "gal_rk_5_" + "a" * 38


@pytest.mark.parametrize(
    "name",
    [
        *("password", "card_token", "billingAddress", "shipping-address", "email", "Authorization"),
        *("first_name", "lastName", "postal_code", "key", "customer", "webhook_secret", "phone"),
    ],
)
def test_fields_with_such_names_are_nobodys_business(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize(
    "name", ["title", "sku", "price", "cards", "customer_group_id", "keywords", "discarded_at"]
)
def test_fields_with_ordinary_names_are_kept(name: str) -> None:
    assert not is_secret(name)


@pytest.mark.parametrize(
    "text",
    [
        "write to ana.alves+shop@example.co.uk today",
        f"Authorization: {KEY}",
        "Bearer abcdefgh12345678",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "paid with 4242 4242 4242 4242",
    ],
)
def test_texts_that_look_like_secrets_are_redacted_wherever_they_stand(text: str) -> None:
    redactor = Redactor(PRODUCTS)
    raw = msgspec.json.encode({"description": ["x", {"deep": text}]})
    shown = redactor.json(raw)

    assert redactor.has_changed
    assert shown is not None and REDACTED.encode() in shown
    for part in ("ana", "aaaa", "abcdefgh", "MfKQ", "eyJ", "4242"):
        assert part.encode() not in shown


@pytest.mark.parametrize("text", ["4006381333931", "4242 4242 4242 4241", "50 % @ home", "a@b"])
def test_barcodes_and_ordinary_texts_stay_and_the_bytes_are_the_same(text: str) -> None:
    redactor = Redactor(PRODUCTS)
    raw = b'{ "barcode" : "' + text.encode() + b'", "n": 1.50 }'

    assert redactor.json(raw) == raw
    assert not redactor.has_changed


def test_names_are_redacted_only_where_people_stand() -> None:
    raw = b'{"name":"Ana Alves","note":"likes red"}'

    assert Redactor(PRODUCTS).json(raw) == raw
    shown = Redactor("/admin/v1/customers/1").json(raw)
    assert shown == msgspec.json.encode({"name": REDACTED, "note": REDACTED})


def test_a_query_and_a_path_are_redacted_too() -> None:
    redactor = Redactor(PRODUCTS)
    kept = "filter[status]=active&sort=-created_at"
    assert redactor.query(kept) == kept
    assert redactor.path("/admin/v1/products/caf%C3%A9") == "/admin/v1/products/caf%C3%A9"
    assert not redactor.has_changed

    assert redactor.query("filter[email]=ana&limit=5") == f"filter[email]={REDACTED}&limit=5"
    assert redactor.has_changed
    assert redactor.query("q=ana%40example.com") == f"q={REDACTED}"
    assert redactor.path(f"/store/v1/wishes/{KEY}") == f"/store/v1/wishes/{REDACTED}"


def test_what_is_no_json_or_too_long_is_not_kept_at_all() -> None:
    kept = written_of(heard(PRODUCTS, asked=b"not json"), "n")
    assert kept.parts.asked.state == "not_kept" and kept.parts.asked.text == ""
    long = b'"' + b"x" * MOST_HELD_BYTES + b'"'
    kept = written_of(heard(PRODUCTS, asked=long), "n")
    assert kept.parts.asked.state == "not_kept" and kept.request_bytes == len(long)
    typed = heard(PRODUCTS, answered=b'{"a": 1}')
    typed.content_type = "text/html"
    assert written_of(typed, "n").parts.answered.state == "not_kept"


def test_a_long_body_is_redacted_first_and_then_cut() -> None:
    rows = [{"title": "é" * 50, "email": f"shopper-{n}"} for n in range(150)]
    raw = msgspec.json.encode(rows)
    assert MOST_KEPT_BYTES < len(raw) <= MOST_HELD_BYTES
    body = written_of(heard(PRODUCTS, answered=raw), "n").parts.answered

    assert body.state == "cut"
    assert len(body.text.encode()) <= MOST_KEPT_BYTES
    assert "shopper-" not in body.text and REDACTED in body.text


@pytest.mark.parametrize(
    "path",
    [
        *("/store/v1/carts/x/checkout", "/store/v1/account", "/store/v1/orders/x"),
        *("/admin/v1/keys", "/admin/v1/webhooks"),
    ],
)
def test_nothing_said_where_shoppers_buy_or_keys_are_made_is_kept_but_problems(path: str) -> None:
    body = b'{"x": "y"}'
    parts = written_of(heard(path, asked=body, answered=body), "n").parts
    assert (parts.asked.state, parts.answered.state) == ("not_kept", "not_kept")

    failed = heard(path, asked=body, answered=b'{"code": "cart_not_found", "detail": "no"}')
    failed.begin_answer(404, [(b"content-type", b"application/problem+json")])
    written = written_of(failed, "n")
    assert written.code == "cart_not_found"
    assert written.parts.answered.state == "whole"


def test_answers_whose_fields_the_asker_names_are_not_kept() -> None:
    answer = b'{"data": {"x": "Alves"}}'
    parts = written_of(heard("/admin/v1/graphql", asked=b'{"query": "{a}"}', answered=answer), "n")

    assert parts.parts.asked.state == "whole"
    assert parts.parts.answered.state == "not_kept"


def test_what_was_kept_whole_can_be_sent_again_and_nothing_else() -> None:
    def replays(request: HeardRequest) -> str:
        return written_of(request, "n").replays

    assert replays(heard(PRODUCTS, method="GET")) == "read"
    assert replays(heard(PRODUCTS, asked=b'{"title": "Mug"}')) == "write"
    assert replays(heard(PRODUCTS, method="DELETE")) == "write"
    assert replays(heard(PRODUCTS, asked=b'{"email": "a"}')) == "no", "redacted"
    assert replays(heard(PRODUCTS, method="GET", query="email=a")) == "no", "redacted"
    assert replays(heard(PRODUCTS, method="GET", query="q=" + "x" * 1_000)) == "no", "cut"
    assert replays(heard("/store/v1/carts", asked=b"{}")) == "no", "not kept"
    stream = heard(PRODUCTS, method="GET")
    stream.content_type = "text/event-stream"
    assert replays(stream) == "no", "it never ends"
    passed = heard(PRODUCTS, method="GET")
    passed.is_by_pass = True
    assert replays(passed) == "no", "its key may do more than the pass"


def test_a_body_that_is_only_counted_is_not_held() -> None:
    body = Heard(is_held=False)
    body.add(b"abc")

    assert (body.size_bytes, body.whole) == (3, None)
