"""`galleria`, the command of the house: what an operator types.

`galleria demo` only supervises other processes, so it is started without loading any room; every
other command loads the house.
"""

import importlib
import sys
import warnings


def main() -> None:
    """Run the command named on the command line."""
    # A dependency of the job queue looks for a desktop's folder that servers do not have.
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
    module = "demo" if sys.argv[1:2] == ["demo"] else "commands"
    importlib.import_module(f"galleria.cli.{module}").app()
