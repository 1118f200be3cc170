"""`galleria`, the command of the house: what an operator types.

Only the module of the command that was typed is loaded; `--help` alone loads them all.
"""

import importlib
import sys
import warnings

import typer

MODULES = {
    "demo": "demo",
    "serve": "running",
    "worker": "running",
    "migrate": "running",
    "prepare-demo": "running",
    "doctor": "checking",
    "shop": "shops",
    "import": "products",
    "export": "products",
    "key": "keys",
    "person": "people",
    "mail": "letters",
    "backup": "backups",
    "restore": "backups",
    "events": "events",
    "listen": "listening",
    "search": "searching",
    "bench": "measuring",
}
HELP = "Galleria: many shops under one roof."
EPILOG = """Examples:

  galleria demo                                  run three example shops on port 8000

  galleria shop open mug-shop --name "Mug Shop"  open a shop

  galleria import products.csv --shop mug-shop   fill it from a file

  galleria key create --shop mug-shop --name app --scope products:read

Settings come from GALLERIA_* in the environment; see docs/reference/settings.md.
"""


def command_line(*names: str) -> typer.Typer:
    """The application with the commands of these names, or with all of them."""
    app = typer.Typer(
        name="galleria",
        help=HELP,
        epilog=EPILOG,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    app.callback()(house)
    for module in dict.fromkeys(MODULES[name] for name in names or MODULES):
        importlib.import_module(f"galleria.cli.{module}").add_to(app)
    return app


def house() -> None:
    """Galleria: many shops under one roof."""


def main() -> None:
    """Run the command named on the command line."""
    # A dependency of the job queue looks for a desktop's folder that servers do not have.
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
    typed = sys.argv[1] if len(sys.argv) > 1 else ""
    command_line(*([typed] if typed in MODULES else []))()
