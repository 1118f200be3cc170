"""The counter for programs: how the API is described, and how the house says that it is well.

Owns no table. The routes themselves live in the rooms.
"""

from galleria.faces.headless.describing import REFUSALS, Refusals
from galleria.faces.headless.openapi import OPENAPI
from galleria.faces.headless.reading import StrictRequest
from galleria.faces.headless.routes import API_ROUTES

__all__ = ["API_ROUTES", "OPENAPI", "REFUSALS", "Refusals", "StrictRequest"]
