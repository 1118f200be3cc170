"""Scopes, roles, e-mails, passwords, limits, codes and keys, without a database."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.foundation.ids import mint_token, token_hash
from galleria.platform.access.errors import (
    InvalidEmail,
    KeyExpiryInPast,
    PasswordTooWeak,
    ScopeNotHeld,
    UnknownRole,
    UnknownScope,
)
from galleria.platform.access.model import attempts, keys, people, scopes, second_factor, sessions

RFC_SECRET = b"12345678901234567890"  # RFC 6238, appendix B
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def test_every_scope_of_a_role_exists() -> None:
    for role, held in scopes.SHOP_ROLES.items():
        scopes.check_scopes(sorted(held), is_house=False)
        assert scopes.scopes_of_role(role, is_house=False) == held
    scopes.check_scopes(sorted(scopes.HOUSE_ROLES["operator"]), is_house=True)


def test_a_viewer_writes_nothing_and_a_clerk_no_prices() -> None:
    assert all(scope.endswith(":read") for scope in scopes.SHOP_ROLES["viewer"])
    assert "prices:write" not in scopes.SHOP_ROLES["clerk"]
    assert {"orders:write", "stock:write", "products:read"} <= scopes.SHOP_ROLES["clerk"]
    assert not {"keys:write", "settings:write"} & scopes.SHOP_ROLES["manager"]


@pytest.mark.parametrize(
    ("role", "is_house"), [("operator", False), ("owner", True), ("boss", False), ("", True)]
)
def test_a_role_belongs_to_the_house_or_to_shops(role: str, is_house: bool) -> None:
    with pytest.raises(UnknownRole):
        scopes.scopes_of_role(role, is_house=is_house)


def test_each_unknown_scope_is_named_by_its_place() -> None:
    with pytest.raises(UnknownScope) as refused:
        scopes.check_scopes(["products:read", "products:burn", "shops:write"], is_house=False)
    assert [error.path for error in refused.value.errors] == ["scopes[1]", "scopes[2]"]
    with pytest.raises(UnknownScope):
        scopes.check_scopes([], is_house=False)


def test_only_what_is_held_can_be_given_away() -> None:
    scopes.check_held({"a", "b"}.__contains__, ["a"])
    with pytest.raises(ScopeNotHeld, match="c"):
        scopes.check_held({"a", "b"}.__contains__, ["a", "c"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ana@Example.com", "ana@example.com"),
        (" ana@example.com ", "ana@example.com"),
        ("ana@bücher.example", "ana@xn--bcher-kva.example"),
    ],
)
def test_spellings_of_one_address_have_one_key(one: str, other: str) -> None:
    assert people.email_key(one) == people.email_key(other)


@pytest.mark.parametrize(
    "text", ["", "ana", "@example.com", "ana@", "a b@example.com", "ana@a..b", "a@b\n", "a\x00@b.c",
             "x" * 250 + "@b.c", "x" * 65 + "@example.com", "ana@exa mple.com"]
)  # fmt: skip
def test_what_is_no_address_has_no_key(text: str) -> None:
    if text.strip() == "a@b":
        assert people.email_key(text) == "a@b"
        return
    with pytest.raises(InvalidEmail):
        people.email_key(text)


@given(st.emails())
def test_a_key_of_a_key_is_the_key(email: str) -> None:
    try:
        key = people.email_key(email)
    except InvalidEmail:
        return
    assert people.email_key(key) == key


@pytest.mark.parametrize(
    "password", ["", "short", "elevenchars", "aaaaaaaaaaaaaaaa", "121212121212", "x" * 257,
                 "ana@example.com", "ANA@example.com"]
)  # fmt: skip
def test_a_password_that_would_be_guessed_is_refused(password: str) -> None:
    with pytest.raises(PasswordTooWeak):
        people.check_password(password, "Ana@example.com")


@pytest.mark.parametrize(
    "password", ["correct horse", "x1y2z3w4v5u6", "пароль-из-слов", "q" * 9 + "wert" * 61]
)
def test_length_is_what_counts(password: str) -> None:
    people.check_password(password, "ana@example.com")


def test_two_keyboards_type_one_password() -> None:
    assert people.normal_password("caf\u00e9 latte macchiato") == people.normal_password(
        "cafe\u0301 latte macchiato"
    )


@pytest.mark.parametrize(
    ("address", "subject"),
    [
        ("203.0.113.9", "address:203.0.113.9"),
        ("::ffff:203.0.113.9", "address:203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "address:2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "address:2001:db8:1:2::/64"),
        ("nonsense", "address:unknown"),
        ("", "address:unknown"),
    ],
)
def test_attempts_are_counted_by_address_and_for_ipv6_by_network(
    address: str, subject: str
) -> None:
    assert attempts.by_address(address).subject == subject


def test_what_was_typed_as_an_e_mail_is_not_kept_in_clear() -> None:
    subject = attempts.by_email("my secret password@example.com").subject
    assert subject.startswith("email:")
    assert "secret" not in subject


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ],
)
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    instant = datetime.fromtimestamp(seconds, UTC)
    assert second_factor.code_at_step(RFC_SECRET, second_factor.step_at(instant)) == code


@pytest.mark.parametrize(
    ("drift", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_code_is_taken_one_step_early_or_late_and_no_more(drift: int, is_taken: bool) -> None:
    step = second_factor.step_at(NOW) + drift
    code = second_factor.code_at_step(RFC_SECRET, step)
    found = second_factor.matching_step(RFC_SECRET, code, NOW, last_step=0)
    assert found == (step if is_taken else None)


def test_a_code_is_not_taken_again_nor_is_an_older_one() -> None:
    step = second_factor.step_at(NOW)
    for used in (step, step - 1):
        code = second_factor.code_at_step(RFC_SECRET, used)
        assert second_factor.matching_step(RFC_SECRET, code, NOW, last_step=step) is None
    following = second_factor.code_at_step(RFC_SECRET, step + 1)
    assert second_factor.matching_step(RFC_SECRET, following, NOW, last_step=step) == step + 1


def test_a_code_may_be_typed_with_a_space_and_is_told_from_a_recovery_code() -> None:
    code = second_factor.code_at_step(RFC_SECRET, second_factor.step_at(NOW))
    spaced = f"{code[:3]} {code[3:]}"
    assert second_factor.matching_step(RFC_SECRET, spaced, NOW, 0) is not None
    assert second_factor.is_totp_code(spaced)
    assert not second_factor.is_totp_code("4v8d-0hzy-q2mm-71kt")
    assert not second_factor.is_totp_code("\u0661\u0662\u0663\u0664\u0665\u0666")
    assert second_factor.matching_step(RFC_SECRET, "sëcret", NOW, 0) is None


def test_an_enrolment_reads_as_authenticator_apps_read_it() -> None:
    enrolment = second_factor.enrolment_of(RFC_SECRET, "ana+shop@example.com")
    assert enrolment.secret == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert enrolment.uri == (
        "otpauth://totp/Galleria:ana%2Bshop%40example.com"
        "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Galleria&digits=6&period=30"
    )


def test_recovery_codes_differ_and_forgive_case_hyphens_and_look_alikes() -> None:
    codes = second_factor.new_recovery_codes()
    person_id = uuid4()
    assert len({second_factor.recovery_hash(person_id, code) for code in codes}) == 10
    spelt = {
        "4v8d-0hzy-q2mm-71kt",
        "4V8D 0HZY Q2MM 71KT",
        "4v8dohzyq2mm7ikt",
        " 4v8d-0hzy-q2mm-7lkt",
    }
    assert len({second_factor.recovery_hash(person_id, code) for code in spelt}) == 1
    assert second_factor.recovery_hash(uuid4(), codes[0]) != second_factor.recovery_hash(
        person_id, codes[0]
    )


def test_a_csrf_token_belongs_to_one_session_and_does_not_tell_it() -> None:
    token = mint_token("session", 0)
    csrf = sessions.csrf_token_of(token)
    assert sessions.csrf_matches(token, csrf)
    assert not sessions.csrf_matches(mint_token("session", 0), csrf)
    assert not sessions.csrf_matches(token, "ü" + csrf)
    assert token not in csrf
    assert csrf.encode() != token_hash(token)


def a_key(**wanted: object) -> keys.Key:
    fields: dict[str, object] = {
        "key_id": UUID(int=1), "name": "n", "prefix": "p", "last4": "abcd", "scopes": ["*"],
        "created_at": NOW, "created_by": "system:x", "expires_at": None, "revoked_at": None,
        "last_used_at": None, **wanted,
    }  # fmt: skip
    return keys.Key(**fields)  # type: ignore[arg-type]


def test_a_key_is_dead_from_the_very_instant_of_its_expiry() -> None:
    key = a_key(expires_at=NOW)
    assert key.status_at(NOW - timedelta(microseconds=1)) == "active"
    assert key.status_at(NOW) == "expired"
    assert a_key(expires_at=NOW, revoked_at=NOW).status_at(NOW) == "revoked"
    assert a_key().status_at(NOW) == "active"
    with pytest.raises(KeyExpiryInPast):
        keys.check_expiry(NOW, NOW)
    keys.check_expiry(None, NOW)


def test_what_is_shown_of_a_key_leaves_most_of_it_unknown() -> None:
    token = mint_token("key", 5)
    prefix, last4 = keys.shown_parts(token)
    assert token.startswith(prefix)
    assert token.endswith(last4)
    assert (prefix[:10], len(prefix), len(last4)) == ("gal_key_5_", 14, 4)
