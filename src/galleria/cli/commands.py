"""All commands but `demo`, which `galleria.cli.demo` adds here for the list of commands."""

import typer

from galleria.cli import backups, demo, events, keys, letters, products, running, shops
from galleria.cli.checking import doctor

EPILOG = """Examples:

  galleria demo                                  run three example shops on port 8000

  galleria shop open mug-shop --name "Mug Shop"  open a shop

  galleria import products.csv --shop mug-shop   fill it from a file

  galleria key create --shop mug-shop --name app --scope products:read

Settings come from GALLERIA_* in the environment; see docs/reference/settings.md.
"""

app = typer.Typer(
    name="galleria",
    help="Galleria: many shops under one roof.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("demo")(demo.demo)
app.command("serve")(running.serve_command)
app.command("worker")(running.worker_command)
app.command("migrate")(running.migrate_command)
app.command("doctor")(doctor)
app.add_typer(shops.app, name="shop")
app.command("import")(products.import_command)
app.command("export")(products.export_command)
app.add_typer(keys.app, name="key")
app.command("mail")(letters.mail_command)
app.command("backup")(backups.backup_command)
app.command("restore")(backups.restore_command)
app.add_typer(events.app, name="events")
app.command("prepare-demo", hidden=True)(running.prepare_demo_command)
