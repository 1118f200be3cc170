"""The two schemas, made when they are first asked for."""

from functools import cache

from galleria.faces.graphql.admin import admin_schema
from galleria.faces.graphql.answering import Face
from galleria.faces.graphql.documents import Documents
from galleria.faces.graphql.model import FaceName
from galleria.faces.graphql.storefront import storefront_schema


@cache
def storefront() -> Face:
    """What anyone may do at a shop."""
    return Face("storefront", storefront_schema())


@cache
def admin() -> Face:
    """What a shop's programs may do."""
    return Face("admin", admin_schema())


def documents_by_face() -> dict[FaceName, Documents]:
    """The documents that are known to fit each schema."""
    return {"storefront": storefront().documents, "admin": admin().documents}
