"""Keys over HTTP: their administration, and what anybody may ask of a text."""

from typing import Any

from galleria.platform.access.routes import keys, public, rotation

ROUTES: list[Any] = [*keys.ROUTES, *rotation.ROUTES, *public.ROUTES]
