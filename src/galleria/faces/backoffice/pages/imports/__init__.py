"""Product files in and out: sent, looked at, mapped, taken in, taken back; and taken out."""

from typing import Any

from galleria.faces.backoffice.pages.imports import exports, files, mappings, runs

ROUTES: list[Any] = [*runs.ROUTES, *files.ROUTES, *mappings.ROUTES, *exports.ROUTES]
