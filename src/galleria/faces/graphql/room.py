"""The manifest of GraphQL."""

from galleria.engines.room import Room
from galleria.faces.graphql.routes import ROUTES
from galleria.faces.graphql.service import erase_graphql, export_graphql
from galleria.faces.graphql.settings import GraphqlSettings

ROOM = Room(
    name="faces.graphql",
    routes=ROUTES,
    settings=GraphqlSettings,
    export=export_graphql,
    erase=erase_graphql,
)
