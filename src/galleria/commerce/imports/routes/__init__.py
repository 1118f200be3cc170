"""Product files over HTTP."""

from galleria.commerce.imports.routes import files_and_runs, mappings

ROUTES = [*mappings.ROUTES, *files_and_runs.ROUTES]
