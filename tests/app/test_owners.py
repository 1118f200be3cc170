"""A shop opened by a command has an owner, who signs in; nobody takes a shop from its owner."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from galleria.app.house import open_house
from galleria.commerce import inventory
from galleria.engines.context import Context, Tenant
from galleria.platform import access, tenants
from galleria.settings import Settings
from tests.app.houses import SLUG
from tests.app.typing_commands import House, json_of

T = TypeVar("T")
ANA = "ana@example.com"
PASSWORD = "correct horse battery staple"
OPENING = ("shop", "open", "tea-house", "--owner")
GIVEN = "--password-stdin"


def inside(folder: Path, work: Callable[[Context], Awaitable[T]]) -> T:
    """What `work` returns in the house; as a command does it, with a loop of its own."""

    async def run() -> T:
        async with open_house(Settings(data=str(folder))) as opened:
            return await work(opened.context())

    return asyncio.run(run())


def shops_entered(folder: Path, email: str, password: str) -> dict[str, str]:
    """Signs in as at the back office; the person's shops with the role in each."""

    async def enter(ctx: Context) -> dict[str, str]:
        signed_in = await access.sign_in(ctx, email, password, None, "127.0.0.1")
        session = await access.session_of(ctx, signed_in.session_token)
        assert session is not None
        return {shop.slug: shop.role for shop in await access.shops_of(ctx, session.person_id)}

    return inside(folder, enter)


def test_an_owner_is_made_with_the_shop_and_signs_in(house: House) -> None:
    opened = house.ask(*OPENING, ANA, GIVEN, typed=f"{PASSWORD}\n")
    assert opened["owner"] == {"email": ANA, "sign_in": "http://admin.localhost:8000"}
    assert shops_entered(house.folder, ANA, PASSWORD) == {"tea-house": "owner"}
    shown = house.type("shop", "open", "pots", "--owner", ANA).stdout
    assert f"owner      {ANA}" in shown
    entered = shops_entered(house.folder, ANA, PASSWORD)
    assert entered == {"tea-house": "owner", "pots": "owner"}, "the same person, a second shop"


def test_the_same_command_again_changes_nothing(house: House) -> None:
    first = house.ask(*OPENING, ANA, GIVEN, typed=PASSWORD)
    again = house.ask(*OPENING, "ANA@Example.com", GIVEN, typed="another password, also long")
    assert again["shop"] == first["shop"]
    assert shops_entered(house.folder, ANA, PASSWORD) == {"tea-house": "owner"}
    with pytest.raises(access.SignInRefused):
        shops_entered(house.folder, ANA, "another password, also long")


def test_a_new_owner_is_asked_for_a_password_and_a_known_one_is_not(house: House) -> None:
    opened = house.type(*OPENING, ANA, "--json", typed=f"{PASSWORD}\n{PASSWORD}\n")
    # What is asked does not stand among the JSON.
    assert json_of(opened)["owner"]["email"] == ANA and ANA in opened.stderr
    assert PASSWORD not in opened.output
    assert shops_entered(house.folder, ANA, PASSWORD) == {"tea-house": "owner"}
    assert "Password" not in house.type(*OPENING, ANA, typed="").output
    refused = house.type("shop", "open", "pots", "--owner", "ben@example.com", typed="")
    assert refused.exit_code == 1, "nothing was typed"
    assert [shop["slug"] for shop in house.ask("shop", "list")] == [SLUG, "tea-house"]


def test_a_shop_without_people_gets_its_first_owner_and_stays_theirs(house: House) -> None:
    taking = ("shop", "open", SLUG, "--name", "Mine", "--owner")
    assert house.ask(*taking, ANA, GIVEN, typed=PASSWORD)["shop"]["name"] == "Small"
    refused = house.type(*taking, "ben@example.com", GIVEN, typed=PASSWORD)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "[slug_taken]" in refused.stderr
    with pytest.raises(access.SignInRefused):
        shops_entered(house.folder, "ben@example.com", PASSWORD)
    assert shops_entered(house.folder, ANA, PASSWORD) == {SLUG: "owner"}


def test_a_sandbox_is_opened_and_its_clock_moved_ahead(house: House) -> None:
    assert house.ask("shop", "open", "trial", "--sandbox")["shop"]["is_sandbox"]
    assert "a sandbox" in house.type("shop", "show", "trial").stdout
    before = house.ask("shop", "clock", "trial")
    after = house.ask("shop", "clock", "trial", "--advance", "30d")
    assert (before["ahead_s"], after["ahead_s"]) == (0, 30 * 86_400)
    assert "ahead by   30 days" in house.type("shop", "clock", "trial").stdout
    assert house.type("shop", "clock", "trial", "--advance", "soon").exit_code == 2
    live = house.type("shop", "clock", SLUG, "--advance", "1h")
    assert (live.exit_code, "shop_is_live" in live.stderr) == (1, True)


def test_an_opening_that_was_broken_off_is_completed(house: House) -> None:
    wanted = tenants.OpenShop(
        slug="tea-house", name="Tea", currency="EUR", locale="en", country="DE"
    )
    # As far as a process comes that is killed before any room has put its things in.
    shop = inside(house.folder, lambda ctx: tenants.open_shop(ctx, wanted))
    house.ask(*OPENING, ANA, GIVEN, typed=PASSWORD)
    tenant = Tenant(shop.tenant_id, shop.slug)
    places = inside(house.folder, lambda ctx: inventory.list_locations(ctx.for_tenant(tenant)))
    assert [place.code for place in places] == ["main"]


@pytest.mark.parametrize(
    ("slug", "email", "typed", "code"),
    [
        ("tea-house", "no address", PASSWORD, "[invalid_email]"),
        ("tea-house", ANA, "short", "[password_too_weak]"),
        ("tea-house", ANA, "", "[password_too_weak]"),
        ("house", ANA, PASSWORD, "[slug_taken]"),
        ("Tea House", ANA, PASSWORD, "[invalid_slug]"),
    ],
)
def test_what_cannot_be_opens_no_shop(
    house: House, slug: str, email: str, typed: str, code: str
) -> None:
    refused = house.type("shop", "open", slug, "--owner", email, GIVEN, typed=typed)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.startswith("galleria: ") and code in refused.stderr
    assert [shop["slug"] for shop in house.ask("shop", "list")] == [SLUG]


def test_a_password_belongs_to_an_owner_and_is_text(house: House) -> None:
    for words, typed in ((OPENING[:-1], PASSWORD), ((*OPENING, ANA), b"\xff" * 20)):
        refused = house.type(*words, GIVEN, typed=typed)
        assert refused.exit_code == 2, refused.output
        assert "password" in refused.stderr
