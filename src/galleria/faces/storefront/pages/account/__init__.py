"""A shopper's account: coming in, what is theirs, and what keeps it safe."""

from galleria.faces.storefront.pages.account import entering, owning, passkeys, security

ROUTES = [*entering.ROUTES, *passkeys.ROUTES, *owning.ROUTES, *security.ROUTES]
