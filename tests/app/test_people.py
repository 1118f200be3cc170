"""Who works in which shop is typed by the operator, and so is help for who cannot get in."""

import asyncio

import pytest

from galleria.app.house import open_house
from galleria.platform import access
from galleria.settings import Settings
from tests.app.houses import SLUG
from tests.app.typing_commands import House

ANA, BEN = "ana@example.com", "ben@example.com"
PASSWORD, FRESH = "correct horse battery staple", "another correct horse battery"
GIVEN = "--password-stdin"


def grant(house: House, email: str, shop: str, role: str) -> object:
    words = ("person", "grant", email, "--shop", shop, "--role", role, GIVEN)
    return house.ask(*words, typed=f"{PASSWORD}\n")


def may_enter(house: House, email: str, password: str) -> bool:
    """Whether the back office would let them in."""

    async def enter() -> bool:
        async with open_house(Settings(data=str(house.folder))) as opened:
            try:
                await access.sign_in(opened.context(), email, password, None, "127.0.0.1")
            except access.SignInRefused:
                return False
            return True

    return asyncio.run(enter())


def test_somebody_new_is_let_in_and_gets_another_role(house: House) -> None:
    made = grant(house, ANA, SLUG, "owner")
    assert made == {
        "email": ANA,
        "name": "ana",
        "has_second_factor": False,
        "is_operator": False,
        "shops": [{**shop_of(made), "role": "owner"}],
    }
    assert may_enter(house, ANA, PASSWORD)
    grant(house, BEN, SLUG, "clerk")
    again = house.ask("person", "grant", BEN.upper(), "--shop", SLUG, "--role", "viewer")
    assert shop_of(again)["role"] == "viewer"
    listed = house.ask("person", "list", "--shop", SLUG)
    assert {each["email"]: each["role"] for each in listed} == {ANA: "owner", BEN: "viewer"}
    shown = house.type("person", "show", BEN).stdout
    assert f"{SLUG}  viewer" in shown and "second factor  off" in shown


def test_an_operator_is_made_and_the_last_one_stays(house: House) -> None:
    made = grant(house, ANA, "house", "operator")
    assert isinstance(made, dict) and made["is_operator"] and made["shops"] == []
    assert "an operator" in house.type("person", "show", ANA).stdout
    last = house.type("person", "end", ANA, "--shop", "house")
    assert (last.exit_code, "[last_owner]" in last.stderr) == (1, True)
    grant(house, BEN, "house", "operator")
    assert not house.ask("person", "end", ANA, "--shop", "house")["is_operator"]
    assert [each["email"] for each in house.ask("person", "list", "--shop", "house")] == [BEN]


def test_a_role_that_is_none_makes_nobody(house: House) -> None:
    for shop, role in ((SLUG, "operator"), ("house", "owner"), (SLUG, "king")):
        words = ("person", "grant", ANA, "--shop", shop, "--role", role, GIVEN)
        refused = house.type(*words, typed=PASSWORD)
        assert (refused.exit_code, "[unknown_role]" in refused.stderr) == (1, True)
    unknown = house.type("person", "show", ANA)
    assert (unknown.exit_code, "[person_not_found]" in unknown.stderr) == (1, True)


def test_a_forgotten_password_is_replaced(house: House) -> None:
    grant(house, ANA, SLUG, "owner")
    asked = house.type("person", "password", ANA, typed=f"{FRESH}\n{FRESH}\n")
    assert asked.exit_code == 0 and FRESH not in asked.output
    assert may_enter(house, ANA, FRESH) and not may_enter(house, ANA, PASSWORD)
    house.ask("person", "password", ANA, GIVEN, typed=f"{PASSWORD}\n")
    assert may_enter(house, ANA, PASSWORD)


@pytest.mark.parametrize(
    ("words", "typed", "code"),
    [
        (("password", ANA, GIVEN), "short", "[password_too_weak]"),
        (("password", BEN, GIVEN), PASSWORD, "[person_not_found]"),
        (("password", "no address", GIVEN), PASSWORD, "[invalid_email]"),
        (("second-factor-off", ANA), None, "[totp_is_off]"),
        (("end", ANA, "--shop", SLUG), None, "[last_owner]"),
        (("list", "--shop", "no-such-shop"), None, "[shop_not_found]"),
    ],
)
def test_what_cannot_be_says_why(
    house: House, words: tuple[str, ...], typed: str | None, code: str
) -> None:
    grant(house, ANA, SLUG, "owner")
    refused = house.type("person", *words, typed=typed)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert code in refused.stderr
    assert may_enter(house, ANA, PASSWORD)


def test_a_shop_without_people_says_how_to_let_some_in(house: House) -> None:
    assert "galleria person grant" in house.type("person", "list", "--shop", SLUG).stdout


def shop_of(person: object) -> dict[str, object]:
    assert isinstance(person, dict)
    (shop,) = person["shops"]
    return dict(shop)
