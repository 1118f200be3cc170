"""The manifest of GraphQL."""

from galleria.engines.room import Room
from galleria.faces.graphql.routes import ROUTES
from galleria.faces.graphql.settings import GraphqlSettings

ROOM = Room(name="faces.graphql", routes=ROUTES, settings=GraphqlSettings)
