"""`galleria demo`: three shops full of goods, on one machine, from one command."""

import asyncio
import shutil
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from galleria.app.supervisor import Child, Supervisor, child_environ, stop_signal
from galleria.cli.output import DataOption, JsonFlag, print_json, run, settings_for
from galleria.demo.stamp import DemoStamp, program_version, read_stamp
from galleria.engines.secrets import load_master_secret
from galleria.engines.sql.launcher import EmbeddedPostgres
from galleria.foundation.errors import Unavailable
from galleria.settings import Settings

READY_WITHIN_S = 120.0
ASK_EACH_S = 0.05


class DemoDidNotStart(Unavailable):
    code = "demo_did_not_start"
    title = "The demo did not start"


def demo(
    port: Annotated[int, typer.Option(help="Port of shops and back office.")] = 8000,
    data: DataOption = None,
    fresh: Annotated[bool, typer.Option(help="Forget an earlier demo in this folder.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Run three example shops and the back office; Ctrl-C stops them, a second start keeps all.

    Example: galleria demo --port 8000
    """
    run(_demo(settings_for(data, port=port), is_fresh=fresh, as_json=as_json))


async def _demo(settings: Settings, *, is_fresh: bool, as_json: bool) -> None:
    started_at = time.monotonic()
    stop = await stop_signal()
    folder = settings.data_folder
    if is_fresh:
        _forget(folder)
    database = None
    if not settings.database_url:
        secret = load_master_secret(folder, settings.secret)
        database = EmbeddedPostgres(folder, secret)
        _say(as_json, "starting the database")
        await database.start()
    environ = child_environ(data=str(folder), port=str(settings.port), host=settings.host)
    stamp = read_stamp(folder)
    if stamp is None or stamp.program != program_version():
        _say(as_json, "preparing shops, goods and pictures (the first time only)")
        if await Child("prepare", ["prepare-demo"], environ).run() != 0:
            if database is not None:
                await database.stop()
            raise DemoDidNotStart("preparing failed; what went wrong is printed above")
        stamp = read_stamp(folder)
        assert stamp is not None, "preparing wrote the stamp"
    answers = asyncio.Event()
    children = [
        Child("server", ["serve"], environ),
        # Two processes, so that an import and what follows from it each have a processor.
        Child("events", ["worker", "--only", "events"], environ, answers),
        Child("jobs", ["worker", "--only", "jobs", "--only", "webhooks"], environ, answers),
    ]
    supervising = asyncio.create_task(Supervisor(database, children).run(stop))
    try:
        if await _is_ready(settings, stop):
            answers.set()
            _announce(settings, stamp, time.monotonic() - started_at, as_json)
        await supervising
    finally:
        stop.set()
        await supervising


async def _is_ready(settings: Settings, stop: asyncio.Event) -> bool:
    """True once the server answers; False when told to stop before.

    Raises:
        DemoDidNotStart: it does not answer in time.
    """
    deadline = time.monotonic() + READY_WITHIN_S
    while not stop.is_set():
        if await _answers(settings):
            return True
        if time.monotonic() > deadline:
            raise DemoDidNotStart(
                f"no answer on port {settings.port} within {READY_WITHIN_S:.0f} s; is another "
                "program using it? Try `galleria demo --port 8001`"
            )
        await asyncio.sleep(ASK_EACH_S)
    return False


async def _answers(settings: Settings) -> bool:
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104
    try:
        reader, writer = await asyncio.open_connection(host, settings.port)
    except OSError:
        return False
    try:
        writer.write(b"GET /readyz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
        first = await asyncio.wait_for(reader.readline(), 5)
    except (OSError, TimeoutError):
        return False
    finally:
        writer.close()
    return b" 200 " in first


def _announce(settings: Settings, stamp: DemoStamp, took_s: float, as_json: bool) -> None:
    shops: list[dict[str, Any]] = [
        {
            "slug": shop.slug,
            "name": shop.name,
            "address": settings.shop_address(shop.slug),
            "key": shop.key,
        }
        for shop in stamp.shops
    ]
    if as_json:
        print_json(
            {
                "shops": shops,
                "admin": {
                    "address": settings.admin_address,
                    "email": stamp.email,
                    "password": stamp.password,
                },
                "api": f"{settings.public_scheme}://127.0.0.1:{settings.port}",
                "sample_file": stamp.sample_file,
                "started_in_s": round(took_s, 2),
            }
        )
        return
    typer.echo(f"\nGalleria is open ({took_s:.1f} s)\n")
    for shop in shops:
        typer.echo(f"  {shop['name']:<18} {shop['address']}")
    typer.echo(f"  {'back office':<18} {settings.admin_address}")
    typer.echo(f"  {'sign in':<18} {stamp.email}  {stamp.password}")
    typer.echo(f"  {'try importing':<18} {stamp.sample_file}")
    typer.echo(f"  {'API':<18} {settings.admin_address}/docs")
    for shop in shops:
        typer.echo(f"  {'key of ' + shop['slug']:<18} {shop['key']}")
    typer.echo("\nCtrl-C stops it; the data stays in " + str(settings.data_folder) + "\n")


def _say(as_json: bool, text: str) -> None:
    typer.echo(text + " …", err=as_json)


def _forget(folder: Path) -> None:
    """The folder of an earlier demo is gone; one that holds anything else is left alone.

    Raises:
        DemoDidNotStart: the folder is not one of ours.
    """
    if not folder.exists():
        return
    ours = {"pg", "files", "search", "records", "mail", "secret.key", "demo.json"}
    if any(folder.iterdir()) and not ours & {each.name for each in folder.iterdir()}:
        raise DemoDidNotStart(f"{folder} does not look like a house of Galleria; not removed")
    shutil.rmtree(folder)


def add_to(app: typer.Typer) -> None:
    """The commands of this module are part of `app`."""
    app.command("demo")(demo)
