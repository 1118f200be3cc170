"""`galleria listen`: forwards a shop's events to a program on this machine, as webhooks would."""

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import Annotated

import msgspec
import typer

from galleria.app.house import open_house
from galleria.app.shops import context_of_shop
from galleria.cli.output import DataOption, run, settings_for
from galleria.engines.outbound import Outbound, OutboundRequest, parse_allowances
from galleria.foundation.errors import GalleriaError, InvalidInput, Unavailable
from galleria.platform import webhooks
from galleria.platform.webhooks import StreamedEvent
from galleria.settings import Settings

# Who types the command says where it leads, and it is their own machine.
ANYWHERE = "0.0.0.0/0, ::/0"
ASK_EACH_S = 0.5
FORWARD_WITHIN_S = 30.0
TRY_AGAIN_S = 2.0
USER_AGENT = "Galleria-Listen"


class _Page(msgspec.Struct):
    items: list[StreamedEvent]
    next_after: str
    is_last: bool


class _Source(msgspec.Struct, frozen=True):
    """Where events come from: a house by its API, or a shop of the house on this machine."""

    shop: str
    url: str = ""
    key: str = ""
    tags: tuple[str, ...] = ()


def listen_command(
    forward: Annotated[str, typer.Option(help="Where to send events, http://127.0.0.1:4000/hook.")],
    shop: Annotated[str, typer.Option("--shop", help="The shop's slug.")] = "",
    events: Annotated[str, typer.Option(help="Tags by commas; all events without.")] = "",
    url: Annotated[str, typer.Option(help="Address of a house elsewhere.")] = "",
    key: Annotated[
        str, typer.Option(help="A key of the shop there, with webhooks:read. [GALLERIA_KEY]")
    ] = "",
    most: Annotated[int, typer.Option(help="End after so many events, 0 for never.")] = 0,
    data: DataOption = None,
) -> None:
    """Forward live events to a program on this machine, signed with a secret that is printed.

    Examples: galleria listen --shop prints --forward http://127.0.0.1:4000/hook;
    galleria listen --url https://api.example.com --key gal_key_… --forward http://127.0.0.1:4000/
    """
    key = key or os.environ.get("GALLERIA_KEY", "")
    tags = tuple(each.strip() for each in events.split(",") if each.strip())
    if bool(url) == bool(shop) or (url and not key):
        typer.secho("galleria: name --shop, or --url and --key", fg="red", err=True)
        raise typer.Exit(1)
    run(_listen(settings_for(data), _Source(shop, url.rstrip("/"), key, tags), forward, most))


async def _listen(settings: Settings, source: _Source, forward: str, most: int) -> None:
    """Each event is forwarded as it comes; status and time of each answer are printed."""
    secret = os.urandom(32)
    async with AsyncExitStack() as stack:
        outbound = Outbound(parse_allowances(ANYWHERE))
        stack.push_async_callback(outbound.close)
        await outbound.check(forward)
        if source.url:
            pages = _pages_of_api(outbound, source)
        else:
            pages = await stack.enter_async_context(_pages_of_house(settings, source))
        typer.echo(f"secret: {webhooks.secret_text(secret)}")
        typer.echo(f"forwarding to {forward}; ctrl-c ends it")
        count = 0
        async with aclosing(pages) as following:
            async for page in following:
                for event in page:
                    typer.echo(await _forward(outbound, forward, secret, source.shop, event))
                    count += 1
                    if count == most:
                        return


@asynccontextmanager
async def _pages_of_house(
    settings: Settings, source: _Source
) -> AsyncIterator[AsyncGenerator[list[StreamedEvent], None]]:
    """What happens in a shop of this machine's house from now on."""
    async with open_house(settings) as house:
        ctx = await context_of_shop(house.context(), source.shop)
        tags = webhooks.tags_for(ctx, source.tags)

        async def pages() -> AsyncGenerator[list[StreamedEvent], None]:
            after = webhooks.NOW
            while True:
                page = await webhooks.read_events(ctx, tags, after, 100)
                after = page.next_after
                if page.items:
                    yield page.items
                if page.is_last:
                    await asyncio.sleep(ASK_EACH_S)

        # The first look fixes where "now" is, before anything is said.
        yield pages()


async def _pages_of_api(
    outbound: Outbound, source: _Source
) -> AsyncGenerator[list[StreamedEvent], None]:
    """What happens in the shop of a key from now on, asked for over the API."""
    after = webhooks.NOW
    while True:
        path = f"/admin/v1/events?after={after}&filter[tag]={','.join(source.tags)}"
        try:
            page = await _ask(outbound, source, path)
        except Unavailable:
            await asyncio.sleep(TRY_AGAIN_S)
            continue
        after = page.next_after
        if page.items:
            yield page.items
        if page.is_last:
            await asyncio.sleep(ASK_EACH_S)


async def _ask(outbound: Outbound, source: _Source, path: str) -> _Page:
    """A page of events.

    Raises:
        InvalidInput: the house there refuses, and says why.
        Unavailable: it cannot answer at present.
    """
    request = OutboundRequest(
        tenant_id=0,
        url=source.url + path,
        headers={"authorization": f"Bearer {source.key}"},
        max_redirects=0,
        has_breaker=False,
    )
    try:
        answer = await outbound.send(request)
    except InvalidInput:
        raise
    except GalleriaError as error:
        raise Unavailable(error.detail) from None
    if answer.status == 429 or answer.status >= 500:
        raise Unavailable(f"the house answers {answer.status}")
    if answer.status != 200:
        said = answer.body[:300].decode(errors="replace")
        raise InvalidInput(f"the house answers {answer.status}: {said}")
    return msgspec.json.decode(answer.body, type=_Page)


async def _forward(
    outbound: Outbound, forward: str, secret: bytes, shop: str, event: StreamedEvent
) -> str:
    """The event was sent to the program here; a line that says how that went."""
    body = webhooks.body_of_streamed(event, shop)
    headers = {
        "content-type": "application/json",
        "user-agent": USER_AGENT,
        **webhooks.signed_headers(str(event.id), datetime.now(UTC), body, [secret]),
    }
    began = monotonic()
    try:
        answer = await outbound.send(
            OutboundRequest(
                tenant_id=0,
                url=forward,
                method="POST",
                headers=headers,
                body=body,
                deadline_s=FORWARD_WITHIN_S,
                max_redirects=0,
                has_breaker=False,
            )
        )
        how = str(answer.status)
    except GalleriaError as error:
        how = error.code
    took_ms = round((monotonic() - began) * 1000)
    return f"{datetime.now(UTC):%H:%M:%S}  {how}  {took_ms} ms  {event.type}  {event.id}"


def add_to(app: typer.Typer) -> None:
    """The commands of this module are part of `app`."""
    app.command("listen")(listen_command)
