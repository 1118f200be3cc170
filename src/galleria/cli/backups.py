"""`galleria backup` and `galleria restore`."""

from pathlib import Path
from typing import Annotated

import typer

from galleria.app.backups import adopt, back_up, restore
from galleria.cli.output import DataOption, JsonFlag, print_json, run, settings_for


def backup_command(
    archive: Annotated[Path, typer.Argument(help="The archive to write, a .tar file.")],
    data: DataOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Write database, files and secret into one archive, while the house goes on serving.

    Whoever has the archive can read everything in it: keep it where secrets belong.

    Example: galleria backup /backups/galleria-monday.tar
    """
    manifest = run(back_up(settings_for(data), archive))
    size_bytes = archive.stat().st_size
    if as_json:
        print_json({"archive": str(archive), "size_bytes": size_bytes, "manifest": manifest})
    else:
        typer.echo(f"{archive}: {size_bytes / 1e6:.1f} MB")


def restore_command(
    archive: Annotated[Path | None, typer.Argument(help="An archive of `galleria backup`.")] = None,
    data: DataOption = None,
    is_adopting: Annotated[
        bool, typer.Option("--adopt", help="Take over a database copied by other means.")
    ] = False,
) -> None:
    """Put a house back into an empty folder, or adopt a copied database where it stands.

    The indexes are made anew by the worker; events go on after those of the old house.

    Examples: galleria restore /backups/galleria-monday.tar --data /srv/galleria;
    galleria restore --adopt
    """
    if is_adopting and archive is not None:
        raise typer.BadParameter(
            "--adopt takes no archive: it takes over the database that is there already. "
            "To put an archive back say `galleria restore ARCHIVE`"
        )
    settings = settings_for(data)
    if is_adopting:
        run(adopt(settings))
        typer.echo("adopted")
        return
    if archive is None:
        raise typer.BadParameter("name an archive, or say --adopt")
    manifest = run(restore(settings, archive))
    typer.echo(f"restored the house of {manifest.made_at:%Y-%m-%d %H:%M} UTC")
    typer.echo(f"start it with `galleria serve --data {settings.data}` and `galleria worker`")


def add_to(app: typer.Typer) -> None:
    """The commands of this module are part of `app`."""
    app.command("backup")(backup_command)
    app.command("restore")(restore_command)
