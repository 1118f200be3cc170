"""Product files over HTTP."""

from galleria.commerce.imports.routes import files_and_runs, mappings, undoing

ROUTES = [*mappings.ROUTES, *files_and_runs.ROUTES, *undoing.ROUTES]
