"""Apps over HTTP: their administration, and the exchange of codes."""

from galleria.platform.apps.routes import apps, oauth

ROUTES = [*apps.ROUTES, *oauth.ROUTES]
