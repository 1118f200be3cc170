"""No minor unit is lost, made, or taken for another currency's."""

from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.foundation.errors import InvalidInput
from galleria.foundation.money import (
    CurrencyMismatch,
    Money,
    add,
    decimal_text,
    minor_exponent,
    multiply,
    parse_amount,
    split_by_weight,
    sum_money,
)

MAX_MINOR = 2**53 - 1
AMOUNTS = st.integers(-MAX_MINOR, MAX_MINOR)
CURRENCIES = st.sampled_from(["EUR", "USD", "JPY", "KWD", "CLF", "HUF"])
WEIGHTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any)


@pytest.mark.parametrize(
    ("currency", "exponent"),
    [("EUR", 2), ("JPY", 0), ("KRW", 0), ("BHD", 3), ("KWD", 3), ("CLF", 4), ("HUF", 2)],
)
def test_a_currency_has_the_decimals_iso_4217_gives_it(currency: str, exponent: int) -> None:
    assert minor_exponent(currency) == exponent


@pytest.mark.parametrize(
    ("text", "currency", "amount_minor"),
    [
        ("12.90", "EUR", 1290),
        ("12.9", "EUR", 1290),
        ("12", "EUR", 1200),
        ("-0.05", "EUR", -5),
        ("0", "EUR", 0),
        ("12.9000", "EUR", 1290),
        ("1290", "JPY", 1290),
        ("1290.00", "JPY", 1290),
        ("1.234", "KWD", 1234),
        ("90071992547409.91", "EUR", MAX_MINOR),
    ],
)
def test_an_amount_is_read_to_the_minor_unit(text: str, currency: str, amount_minor: int) -> None:
    assert parse_amount(text, currency) == Money(amount_minor, currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("12.905", "EUR"),
        ("0.5", "JPY"),
        ("1,290.00", "EUR"),
        ("12,90", "EUR"),
        ("", "EUR"),
        (".5", "EUR"),
        ("5.", "EUR"),
        ("+5", "EUR"),
        ("1e3", "EUR"),
        ("NaN", "EUR"),
        (" 5", "EUR"),
        ("5\n", "EUR"),
        ("٣", "EUR"),
        ("007", "EUR"),
        ("90071992547409.92", "EUR"),
        ("-90071992547409.92", "EUR"),
        ("9" * 5000, "EUR"),
        ("5", "eur"),
        ("5", "EURO"),
        ("5", ""),
    ],
)
def test_what_is_not_exactly_an_amount_is_refused(text: str, currency: str) -> None:
    with pytest.raises(InvalidInput):
        parse_amount(text, currency)


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(1290, "EUR"), "12.90"),
        (Money(5, "EUR"), "0.05"),
        (Money(-5, "EUR"), "-0.05"),
        (Money(0, "EUR"), "0.00"),
        (Money(-1290, "JPY"), "-1290"),
        (Money(1234, "KWD"), "1.234"),
    ],
)
def test_an_amount_is_written_with_all_its_decimals(money: Money, text: str) -> None:
    assert decimal_text(money) == text


@given(AMOUNTS, CURRENCIES)
def test_an_amount_written_and_read_again_is_the_same(amount_minor: int, currency: str) -> None:
    money = Money(amount_minor, currency)
    assert parse_amount(decimal_text(money), currency) == money


@given(AMOUNTS, CURRENCIES)
def test_the_written_amount_is_the_minor_units_scaled(amount_minor: int, currency: str) -> None:
    written = Decimal(decimal_text(Money(amount_minor, currency)))
    assert written == Decimal(amount_minor).scaleb(-minor_exponent(currency))


def test_amounts_add_up_within_a_currency() -> None:
    assert add(Money(1290, "EUR"), Money(-90, "EUR")) == Money(1200, "EUR")
    assert sum_money([Money(1, "EUR")] * 3, "EUR") == Money(3, "EUR")
    assert sum_money([], "JPY") == Money(0, "JPY")
    assert multiply(Money(1290, "EUR"), 3) == Money(3870, "EUR")


def test_amounts_of_two_currencies_never_add_up() -> None:
    with pytest.raises(CurrencyMismatch, match="USD cannot be added to EUR"):
        add(Money(1, "EUR"), Money(1, "USD"))
    with pytest.raises(CurrencyMismatch):
        sum_money([Money(1, "EUR")], "USD")


@given(total_minor=st.integers(0, 10**12), weights=WEIGHTS)
def test_no_minor_unit_is_lost_and_no_part_is_off_by_one(
    total_minor: int, weights: list[int]
) -> None:
    parts = split_by_weight(Money(total_minor, "EUR"), weights)

    assert sum_money(parts, "EUR") == Money(total_minor, "EUR")
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.amount_minor * sum(weights) - total_minor * weight) < sum(weights)


@given(total_minor=st.integers(0, 10**12), weights=WEIGHTS)
def test_a_part_without_weight_gets_nothing_and_equal_weights_differ_by_one_at_most(
    total_minor: int, weights: list[int]
) -> None:
    parts = [part.amount_minor for part in split_by_weight(Money(total_minor, "EUR"), weights)]

    for weight in set(weights):
        shares = [part for part, each in zip(parts, weights, strict=True) if each == weight]
        assert max(shares) - min(shares) <= (weight > 0)
        assert weight > 0 or max(shares) == 0


def test_the_largest_remainder_wins_and_the_earlier_part_a_tie() -> None:
    parts = split_by_weight(Money(100, "EUR"), [1, 1, 1])
    assert [part.amount_minor for part in parts] == [34, 33, 33]
    parts = split_by_weight(Money(10, "JPY"), [33, 33, 34])
    assert [part.amount_minor for part in parts] == [3, 3, 4]


@pytest.mark.parametrize(
    ("total_minor", "weights"), [(-1, [1]), (1, []), (1, [0, 0]), (1, [2, -1])]
)
def test_a_split_that_has_no_answer_is_refused(total_minor: int, weights: list[int]) -> None:
    with pytest.raises(InvalidInput):
        split_by_weight(Money(total_minor, "EUR"), weights)


def test_money_on_the_wire_is_exactly_the_struct() -> None:
    assert msgspec.json.encode(Money(1290, "EUR")) == b'{"amount_minor":1290,"currency":"EUR"}'


@pytest.mark.parametrize(
    "wire",
    [
        b'{"amount_minor":12.9,"currency":"EUR"}',
        b'{"amount_minor":1290,"currency":"eur"}',
        b'{"amount_minor":9007199254740992,"currency":"EUR"}',
        b'{"amount_minor":1290}',
        b'{"amount_minor":1290,"currency":"EUR","amount":1}',
    ],
)
def test_money_from_the_wire_is_whole_bounded_and_of_a_currency(wire: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(wire, type=Money)
