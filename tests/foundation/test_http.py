"""What comes in over the wire: exactly what is meant, or a refusal that says where and why."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from galleria.foundation import http
from galleria.foundation.errors import Conflict, FieldError, InvalidInput
from galleria.foundation.http import MAX_INT53, WireInput, decode_json, refuse_deep_json

# Strings full of what the scan looks for: brackets, quotes, backslashes and digits.
TRICKY = st.text(alphabet=list('[]{}"\\u0n ,:9-é\x01'), max_size=12)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INT53, MAX_INT53) | st.floats(-1e9, 1e9) | TRICKY,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TRICKY, inner, max_size=3),
    max_leaves=25,
)


def depth(value: Any) -> int:
    """How deep arrays and objects lie inside one another, by definition."""
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


def refusal(raw: bytes, type: Any) -> FieldError:
    """The one field at fault when `raw` is refused as a `type`."""
    with pytest.raises(InvalidInput) as refused:
        decode_json(raw, type)
    (field,) = refused.value.errors
    assert field.message in refused.value.detail
    return field


class Colour(Enum):
    RED = "red"


class Line(WireInput):
    quantity: http.Quantity
    note: http.ShortText = ""


class Order(WireInput, kw_only=True):
    name: http.Name = "n"
    lines: list[Line] = msgspec.field(default_factory=list)
    weights: dict[str, int] = msgspec.field(default_factory=dict)
    even: Annotated[int, msgspec.Meta(multiple_of=2)] = 0
    ratio: Annotated[float, msgspec.Meta(gt=0, lt=1)] = 0.5
    colour: Colour = Colour.RED
    size: Literal["s", "m"] = "s"
    order_id: UUID | None = None
    placed_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    placed_on: date | None = None
    pair: tuple[int, int] = (1, 2)
    tags: Annotated[list[str], msgspec.Meta(min_length=1, max_length=2)] | None = None
    codes: Annotated[str, msgspec.Meta(min_length=2, max_length=3, pattern="^[A-Z]+$")] = "AB"

    def __post_init__(self) -> None:
        if self.name == "forbidden":
            raise ValueError("this name is taken")
        if self.name == "conflicting":
            raise Conflict("somebody else has it")


def test_a_sound_body_becomes_its_struct() -> None:
    order = decode_json(b'{"name":"A \\u00e9","lines":[{"quantity":2}]}', Order)
    assert order == Order(name="A é", lines=[Line(quantity=2)])


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        ('{"lines":[{"quantity":1},{"quantity":0}]}', "lines[1].quantity", "too_small"),
        ('{"lines":[{"quantity":10001}]}', "lines[0].quantity", "too_large"),
        ('{"lines":[{"quantity":"1"}]}', "lines[0].quantity", "wrong_type"),
        ('{"lines":[{"quantity":1.5}]}', "lines[0].quantity", "wrong_type"),
        ('{"lines":[{"note":""}]}', "lines[0].quantity", "required"),
        ('{"lines":[{"quantity":1,"x":1}]}', "lines[0].x", "unknown_field"),
        ('{"nmae":"x"}', "nmae", "unknown_field"),
        ('{"name":""}', "name", "too_short"),
        (f'{{"name":"{"x" * 201}"}}', "name", "too_long"),
        ('{"name":"  "}', "name", "pattern_mismatch"),
        ('{"codes":"ab"}', "codes", "pattern_mismatch"),
        ('{"weights":{"a":"b"}}', "weights[...]", "wrong_type"),
        ('{"even":3}', "even", "not_a_multiple"),
        ('{"ratio":0}', "ratio", "too_small"),
        ('{"ratio":1.0}', "ratio", "too_large"),
        ('{"ratio":1e400}', "ratio", "out_of_range"),
        ('{"colour":"blue"}', "colour", "unknown_value"),
        ('{"size":"xl"}', "size", "unknown_value"),
        ('{"order_id":"7"}', "order_id", "invalid_format"),
        ('{"placed_at":"2026-01-01"}', "placed_at", "invalid_format"),
        ('{"placed_at":"2026-01-01T00:00:00"}', "placed_at", "time_zone"),
        ('{"placed_on":"2026-02-30"}', "placed_on", "invalid_format"),
        ('{"pair":[1]}', "pair", "wrong_length"),
        ('{"tags":[]}', "tags", "too_short"),
        ('{"tags":["a","b","c"]}', "tags", "too_long"),
        ('{"name":"forbidden"}', "", "invalid_value"),
        ("[]", "", "wrong_type"),
        ("", "", "malformed_json"),
        ("{", "", "malformed_json"),
        ('{"name":"x"} {}', "", "malformed_json"),
        ('{"name":"\\ud800"}', "", "malformed_json"),
        ('{"name":"\\u0000"}', "", "nul_character"),
        ('{"x":9007199254740992}', "", "integer_too_large"),
        ("[" * 33 + "]" * 33, "", "too_deep"),
    ],
)
def test_a_refusal_names_the_field_and_a_stable_code(body: str, path: str, code: str) -> None:
    field = refusal(body.encode(), Order)
    assert (field.path, field.code) == (path, code)
    assert " - at `" not in field.message


@pytest.mark.parametrize(
    ("raw", "type", "path", "code"),
    [
        (b'{"a":1}', dict[int, int], "", "wrong_type"),
        (b"[[1]]", list[list[str]], "[0][0]", "wrong_type"),
        (b'"a"', Annotated[str, msgspec.Meta(min_length=2)], "", "too_short"),
    ],
)
def test_a_body_need_not_be_an_object(raw: bytes, type: Any, path: str, code: str) -> None:
    field = refusal(raw, type)
    assert (field.path, field.code) == (path, code)
    assert " - at `" not in field.message


def test_the_sentence_of_a_refusal_begins_with_the_place() -> None:
    with pytest.raises(InvalidInput, match=r"^lines\[0\]\.quantity: Expected `int` >= 1$"):
        decode_json(b'{"lines":[{"quantity":0}]}', Order)
    with pytest.raises(InvalidInput, match=r"^Expected `object`"):
        decode_json(b"1", Order)


def test_a_rule_of_the_struct_may_raise_an_error_of_its_own() -> None:
    with pytest.raises(Conflict):
        decode_json(b'{"name":"conflicting"}', Order)


def test_bytes_that_are_not_utf_8_are_refused() -> None:
    assert refusal(b'{"name":"\xff"}', Order).code == "malformed_json"


@given(JSON)
def test_any_json_within_the_limits_decodes_to_what_it_says(value: Any) -> None:
    raw = json.dumps(value, ensure_ascii=False).encode()
    assert decode_json(raw, object) == value  # type: ignore[arg-type, unused-ignore]


@given(JSON, st.integers(0, 6), st.booleans())
@example(["[", "]"], 1, True)
@example({'"': ["\\", '\\"[']}, 1, True)
def test_json_is_refused_exactly_when_it_is_deeper_than_allowed(
    value: Any, max_depth: int, ascii_only: bool
) -> None:
    raw = json.dumps(value, ensure_ascii=ascii_only).encode()
    if depth(value) <= max_depth:
        refuse_deep_json(raw, max_depth)
    else:
        with pytest.raises(InvalidInput) as refused:
            refuse_deep_json(raw, max_depth)
        assert refused.value.errors[0].code == "too_deep"


def test_thirty_two_levels_pass_and_one_more_does_not() -> None:
    assert decode_json(b'{"a":' * 32 + b"1" + b"}" * 32, dict)
    assert refusal(b'{"a":' * 33 + b"1" + b"}" * 33, dict).code == "too_deep"


@given(st.binary() | st.text(alphabet='[]{}"\\u0,:1 ').map(str.encode))
@example(b"[" * 100_000)
@example(b'{"a":' * 100_000)
@example(b"]" * 50 + b"[" * 50)
@example(b"[[}" * 40)
def test_whatever_comes_is_decoded_or_refused_and_nothing_else(raw: bytes) -> None:
    try:
        value = decode_json(raw, object)
    except InvalidInput as refused:
        assert len(refused.errors) == 1
    else:
        assert value == json.loads(raw)


@pytest.mark.parametrize("number", [MAX_INT53, -MAX_INT53, 0, 10**15])
@pytest.mark.parametrize("body", ["%d", "[1,%d]", '{"a":%d}', '[ %d ,"x"]'])
def test_an_integer_within_53_bits_is_kept_to_the_last_digit(number: int, body: str) -> None:
    raw = (body % number).encode()
    assert decode_json(raw, object) == json.loads(raw)


@pytest.mark.parametrize(
    "digits",
    [
        "9007199254740992",
        "-9007199254740992",
        pytest.param("1" + "0" * 16, id="17 digits"),
        pytest.param("1" + "0" * 5000, id="more digits than Python reads"),
    ],
)
@pytest.mark.parametrize("body", ["%s", "[1,%s]", '{"a":%s}', '["1","2",%s ,"x"]'])
def test_an_integer_beyond_53_bits_is_refused_wherever_it_stands(digits: str, body: str) -> None:
    assert refusal((body % digits).encode(), object).code == "integer_too_large"


@pytest.mark.parametrize(
    "body",
    [
        '"12345678901234567890"',
        '{"12345678901234567890":1}',
        '["\\"12345678901234567890"]',
        "0.12345678901234567",
        "1234567890.12345678901234567",
        "12345678901234567.5",
        "1234567890123456789e2",
        "1.5e+0000000000000000001",
        '["1234567890","1234567890"]',
    ],
)
def test_long_digits_that_are_no_integer_pass(body: str) -> None:
    assert decode_json(body.encode(), object) == json.loads(body)


@pytest.mark.parametrize("body", [b'"\x00"', b'"\\u0000"', b'{"\\u0000":1}', b'"\\\\\\u0000"'])
def test_the_character_nul_is_refused_however_it_is_written(body: bytes) -> None:
    assert refusal(body, object).code == "nul_character"


def test_an_escaped_backslash_before_u0000_is_no_nul() -> None:
    assert decode_json(b'"\\\\u0000"', str) == "\\u0000"


def fastest_s(run: Callable[[bytes], object], body: bytes) -> float:
    """Seconds that `run` takes at best, of five times; the rest is the machine's business."""
    taken_s = []
    for _ in range(5):
        start = time.perf_counter()
        with suppress(InvalidInput):
            run(body)
        taken_s.append(time.perf_counter() - start)
    return min(taken_s)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            b'{"products":[' + b'{"name":"a \\"good\\" name","price":700},' * 25_000 + b"{}]}",
            id="products",
        ),
        pytest.param(b"[" * 500_000 + b"]" * 500_000, id="a bomb"),
        pytest.param(b"[" * 1_000_000, id="an open bomb"),
        pytest.param(b'["' + b"[" * 1_000_000 + b'"]', id="one long text"),
    ],
)
def test_a_megabyte_is_scanned_without_a_loop_over_its_bytes(body: bytes) -> None:
    def loop(body: bytes) -> int:
        return sum(1 for byte in body if byte in b"[{")

    # Compared with a loop on the same machine: a bound in milliseconds would hold on one only.
    assert fastest_s(refuse_deep_json, body) < fastest_s(loop, body) / 2


@pytest.mark.parametrize(
    "body",
    [
        pytest.param((b"[" * 32 + b"]" * 32) * 15_000, id="just not too deep"),
        pytest.param(
            b'{"a":[' + b'{"k":"v [\\"x\\"]","n":7},' * 40_000 + b"{}]}",
            id="a bracket in every text",
        ),
        pytest.param(b"[" + b"[]," * 330_000 + b"[]]", id="wide"),
    ],
)
def test_the_worst_megabyte_costs_less_than_a_few_loops_over_its_bytes(body: bytes) -> None:
    assert fastest_s(refuse_deep_json, body) < 3 * fastest_s(
        lambda body: list(map(int, body)), body
    )


WIRE_TYPES: list[tuple[Any, list[object], list[object]]] = [
    (http.Name, ["a", " a b ", "é" * 200], ["", " ", "a" * 201, "a\nb", "a\n", "a\x00", 1]),
    (http.ShortText, ["", "a\nb", "x" * 500], ["x" * 501, "\x00", None]),
    (http.LongText, ["", "x" * 50_000], ["x" * 50_001, "a\x00b"]),
    (http.Handle, ["a", "a-1", "x" * 120], ["", "A", "-a", "a-", "a--b", "a\n", "é", "x" * 121]),
    (http.Sku, ["A/1", "x" * 100], ["", "x" * 101, "a\n", "a\x00"]),
    (
        http.Email,
        ["a@b", "ä.b+c@exämple.com"],
        ["", "a@", "@b", "a@b@c", "a b@c", "a@b\n", "<a@b>", "a" * 250 + "@abc.d"],
    ),
    (http.CurrencyCode, ["EUR"], ["", "eur", "EU", "EURO", "EUR\n"]),
    (http.CountryCode, ["DE"], ["", "de", "DEU", "DE\n"]),
    (
        http.LocaleCode,
        ["de", "de-CH", "zh-Hant-TW", "es-419"],
        ["", "DE", "de_CH", "de\n", "german"],
    ),
    (http.Quantity, [1, 10_000], [0, 10_001, 1.5, "1", True]),
    (http.AmountMinor, [0, MAX_INT53], [-1, MAX_INT53 + 1]),
    (http.SignedInt53, [-MAX_INT53, MAX_INT53], [-MAX_INT53 - 1, MAX_INT53 + 1]),
    (http.PageLimit, [1, 100], [0, 101]),
    (
        http.HttpUrl,
        ["http://a", "https://a.b:8/c?d=e#f", "https://a?x"],
        ["", "ftp://a", "https://", "https:///a", "https://a b", "https://a\n", "javascript:1"],
    ),
]


@pytest.mark.parametrize(("type", "accepted", "refused"), WIRE_TYPES)
def test_a_wire_type_accepts_its_range_and_nothing_beyond(
    type: Any, accepted: list[object], refused: list[object]
) -> None:
    for value in accepted:
        assert msgspec.convert(value, type) == value
    for value in refused:
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(value, type)


def test_a_hostile_value_costs_no_more_than_its_length() -> None:
    start = time.process_time()
    for type in (http.Name, http.Email, http.HttpUrl, http.Handle, http.LocaleCode, http.Sku):
        for hostile in ("a" * 10**6, "http://" + "a" * 1980 + "\x01", "a-" * 59 + "!", "a@" * 120):
            with pytest.raises(msgspec.ValidationError):
                msgspec.convert(hostile + "\x01", type)
    # A millisecond each at worst; one that backtracks over a megabyte takes hours.
    assert time.process_time() - start < 2
