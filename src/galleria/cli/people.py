"""`galleria person`: who works in which shop, and help for whoever cannot get in any more."""

from typing import Annotated

import msgspec
import typer

from galleria.app.house import House, open_house
from galleria.app.shops import Newcomer, context_of_shop, person_or_new
from galleria.cli.output import (
    DataOption,
    JsonFlag,
    print_json,
    print_table,
    run,
    settings_for,
)
from galleria.cli.passwords import PasswordGiven, asked_password, given_password
from galleria.engines.context import HOUSE
from galleria.platform import access
from galleria.platform.access import Member, Person, PersonNotFound, ShopAccess
from galleria.settings import Settings

PEOPLE = typer.Typer(
    help="Let people into shops, and help those who cannot get in any more.", no_args_is_help=True
)
Email = Annotated[str, typer.Argument(help="The person's e-mail address.")]
ShopOption = Annotated[str, typer.Option("--shop", help="The shop's slug; house for the house.")]
A_PAGE = 100


class PersonShown(msgspec.Struct, frozen=True, kw_only=True):
    """A person as the operator sees them."""

    email: str
    name: str
    has_second_factor: bool
    is_operator: bool
    shops: list[ShopAccess]


@PEOPLE.command("list")
def list_command(shop: ShopOption, data: DataOption = None, as_json: JsonFlag = False) -> None:
    """Who works in a shop, and as what. Those of the house are its operators.

    Examples: galleria person list --shop mug-shop; galleria person list --shop house
    """
    members = run(_members(settings_for(data), shop))
    if as_json:
        print_json(members)
        return
    print_table(
        ["e-mail", "name", "role", "since"],
        [[each.email, each.name, each.role, f"{each.created_at:%Y-%m-%d}"] for each in members],
        "nobody yet; let somebody in with `galleria person grant EMAIL --shop SLUG --role ROLE`",
    )


async def _members(settings: Settings, slug: str) -> list[Member]:
    async with open_house(settings) as house:
        ctx = await context_of_shop(house.context(), slug)
        members: list[Member] = []
        cursor: str | None = None
        while True:
            page = await access.list_members(ctx, cursor, A_PAGE)
            members += page.items
            cursor = page.next_cursor
            if cursor is None:
                return members


@PEOPLE.command("show")
def show_command(email: Email, data: DataOption = None, as_json: JsonFlag = False) -> None:
    """One person: the shops they may enter, and whether they have a second factor.

    Example: galleria person show ana@example.com
    """
    _show(run(_person(settings_for(data), email)), as_json)


async def _person(settings: Settings, email: str) -> PersonShown:
    async with open_house(settings) as house:
        return await _shown(house, await _known(house, email))


async def _known(house: House, email: str) -> Person:
    person = await access.person_with_email(house.context(), email)
    if person is None:
        raise PersonNotFound(f"nobody here has the e-mail {email.strip()[:254]!r}")
    return person


async def _shown(house: House, person: Person) -> PersonShown:
    ctx = house.context()
    return PersonShown(
        email=person.email,
        name=person.name,
        has_second_factor=await access.has_second_factor(ctx, person.person_id),
        is_operator=await access.membership_of(ctx, person.person_id, HOUSE.tenant_id) is not None,
        shops=await access.shops_of(ctx, person.person_id),
    )


@PEOPLE.command("grant")
def grant_command(
    email: Email,
    shop: ShopOption,
    role: Annotated[
        str, typer.Option(help="owner, manager, clerk or viewer; operator in the house.")
    ],
    is_password_given: PasswordGiven = False,
    data: DataOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Let somebody into a shop, or give them another role there. Safe to repeat.

    Who is new is made, with a password that is asked for. Operators open shops and close them.

    Examples: galleria person grant ana@example.com --shop mug-shop --role manager;
    galleria person grant ana@example.com --shop house --role operator
    """
    settings = settings_for(data)
    password = given_password() if is_password_given else ""
    if not is_password_given and not run(_is_known(settings, email)):
        password = asked_password(f"Password for {email}, who is new")
    _show(run(_grant(settings, Newcomer(email=email, password=password), shop, role)), as_json)


async def _is_known(settings: Settings, email: str) -> bool:
    async with open_house(settings) as house:
        return await access.person_with_email(house.context(), email) is not None


async def _grant(settings: Settings, newcomer: Newcomer, slug: str, role: str) -> PersonShown:
    async with open_house(settings) as house:
        inside = await context_of_shop(house.context(), slug)
        access.check_role(inside, role)  # before anybody is made for it
        person = await person_or_new(house.context(), newcomer)
        await access.grant(inside, person.person_id, role)
        return await _shown(house, person)


@PEOPLE.command("end")
def end_command(
    email: Email, shop: ShopOption, data: DataOption = None, as_json: JsonFlag = False
) -> None:
    """Somebody works in a shop no more. The last owner stays.

    Example: galleria person end ana@example.com --shop mug-shop
    """
    _show(run(_end(settings_for(data), email, shop)), as_json)


async def _end(settings: Settings, email: str, slug: str) -> PersonShown:
    async with open_house(settings) as house:
        person = await _known(house, email)
        inside = await context_of_shop(house.context(), slug)
        await access.end_membership(inside, person.person_id)
        return await _shown(house, person)


@PEOPLE.command("password")
def password_command(
    email: Email,
    is_password_given: PasswordGiven = False,
    data: DataOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Give a new password to somebody who has forgotten theirs; wherever they are, they are out.

    Whoever asks you for it: make sure that it is them. A second factor stays as it is.

    Example: galleria person password ana@example.com
    """
    settings = settings_for(data)
    person = run(_person(settings, email))
    if is_password_given:
        password = given_password()
    else:
        password = asked_password(f"New password for {person.email}")
    _show(run(_set_password(settings, email, password)), as_json)


async def _set_password(settings: Settings, email: str, password: str) -> PersonShown:
    async with open_house(settings) as house:
        person = await _known(house, email)
        await access.reset_password(house.context(), person.person_id, password)
        return await _shown(house, person)


@PEOPLE.command("second-factor-off")
def second_factor_off_command(
    email: Email, data: DataOption = None, as_json: JsonFlag = False
) -> None:
    """Take the second factor from somebody who lost their device and their recovery codes.

    Whoever asks you for it: make sure that it is them. From then on the password alone opens.

    Example: galleria person second-factor-off ana@example.com
    """
    _show(run(_second_factor_off(settings_for(data), email)), as_json)


async def _second_factor_off(settings: Settings, email: str) -> PersonShown:
    async with open_house(settings) as house:
        person = await _known(house, email)
        await access.reset_second_factor(house.context(), person.person_id)
        return await _shown(house, person)


def _show(person: PersonShown, as_json: bool) -> None:
    if as_json:
        print_json(person)
        return
    typer.echo(f"{person.name} ({person.email}){', an operator' * person.is_operator}")
    typer.echo(f"  second factor  {'on' if person.has_second_factor else 'off'}")
    for shop in person.shops:
        typer.echo(f"  {shop.slug}  {shop.role}{', closed' * (shop.status != 'open')}")
    if not person.shops:
        typer.echo("  works in no shop")


def add_to(app: typer.Typer) -> None:
    """The commands of this module are part of `app`."""
    app.add_typer(PEOPLE, name="person")
