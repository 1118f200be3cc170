"""Webhooks and the event stream over HTTP."""

from galleria.platform.webhooks.routes import deliveries, endpoints, events

ROUTES = [*endpoints.ROUTES, *deliveries.ROUTES, *events.ROUTES]
