"""Accounts over HTTP: `/store/v1/account` for shoppers, and what the shop's people do."""

from galleria.commerce.accounts.routes import admin, entering, owning, passkeys

ROUTES = [*entering.ROUTES, *passkeys.ROUTES, *owning.ROUTES, *admin.ROUTES]
