"""Kiosks over HTTP."""

from galleria.faces.kiosk.routes import packs, sales

ROUTES = [*packs.ROUTES, *sales.ROUTES]
