"""The counter for programs that say exactly what they want: GraphQL over the same rooms as REST.

Types are made of the rooms' structs, fields ask their services: nothing is decided here. Tables
`graphql.document` (what a shop has registered) and `graphql.setting`.
"""

from galleria.faces.graphql.faces import admin, documents_by_face, storefront
from galleria.faces.graphql.model import RegisteredDocument, ShopGraphql
from galleria.faces.graphql.schemas import NewDocument
from galleria.faces.graphql.service import change_settings, register_documents

__all__ = [
    "NewDocument",
    "RegisteredDocument",
    "ShopGraphql",
    "admin",
    "change_settings",
    "documents_by_face",
    "register_documents",
    "storefront",
]
