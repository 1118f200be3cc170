"""`galleria mail`: the letters in the outbox folder."""

from typing import Annotated
from uuid import UUID

import typer

from galleria.app.house import open_house
from galleria.app.shops import context_of_shop
from galleria.cli.output import (
    DataOption,
    JsonFlag,
    print_json,
    print_table,
    run,
    settings_for,
)
from galleria.engines.context import Context
from galleria.engines.mail import Mail
from galleria.engines.mail.outbox import Letter, OutboxMail
from galleria.foundation.errors import InvalidInput
from galleria.settings import Settings

MOST = 50


def mail_command(
    mail_id: Annotated[
        UUID | None, typer.Argument(help="A letter to open, as the list shows it.")
    ] = None,
    shop: Annotated[str | None, typer.Option("--shop", help="The shop's slug.")] = None,
    data: DataOption = None,
    as_json: JsonFlag = False,
) -> None:
    """The letters a shop has written, newest first, or one of them as it would have travelled.

    Without a mail server (GALLERIA_SMTP_URL) letters go into a folder; this shows them.

    Examples: galleria mail --shop prints; galleria mail 0199… --shop prints
    """
    settings = settings_for(data)
    if mail_id is not None:
        typer.echo(run(_open(settings, shop, mail_id)))
        return
    letters = run(_list(settings, shop))
    if as_json:
        print_json(letters)
        return
    print_table(
        ["mail_id", "sent", "to", "subject"],
        [
            [each.mail_id, f"{each.sent_at:%Y-%m-%d %H:%M}", each.to, each.subject]
            for each in letters
        ],
        "no letter yet",
    )


async def _list(settings: Settings, shop: str | None) -> list[Letter]:
    async with open_house(settings) as house:
        outbox = _outbox(house.engines.mail)
        return await outbox.letters(await _tenant_id(house.context(), shop), MOST)


async def _open(settings: Settings, shop: str | None, mail_id: UUID) -> str:
    async with open_house(settings) as house:
        outbox = _outbox(house.engines.mail)
        raw = await outbox.read(await _tenant_id(house.context(), shop), mail_id)
        return raw.decode(errors="replace")


async def _tenant_id(ctx: Context, shop: str | None) -> int:
    return 0 if shop is None else (await context_of_shop(ctx, shop)).tenant.tenant_id


def _outbox(mail: Mail) -> OutboxMail:
    if not isinstance(mail, OutboxMail):
        raise InvalidInput("letters go to GALLERIA_SMTP_URL; there is no outbox folder to look at")
    return mail


def add_to(app: typer.Typer) -> None:
    """The commands of this module are part of `app`."""
    app.command("mail")(mail_command)
