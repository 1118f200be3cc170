"""Registered documents over HTTP."""

from typing import Annotated

from litestar import delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, PathParameter

from galleria.engines.context import Context
from galleria.faces.graphql import service
from galleria.faces.graphql.errors import (
    DocumentNotRegistered,
    DocumentTooLarge,
    InvalidDocument,
    TooManyDocuments,
)
from galleria.faces.graphql.faces import documents_by_face
from galleria.faces.graphql.model import FaceName, RegisteredDocument, ShopGraphql
from galleria.faces.graphql.schemas import NewDocuments, NewShopGraphql
from galleria.foundation.errors import InvalidInput
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import CursorQuery, LimitQuery, problems, requires

TAGS = ["graphql"]
Digest = Annotated[str, PathParameter(max_length=64, pattern=r"^[0-9a-f]{64}$")]


@get(
    "/admin/v1/graphql-documents",
    operation_id="ListGraphqlDocuments",
    tags=TAGS,
    guards=[requires("settings:read")],
    responses=problems(InvalidCursor),
)
async def list_documents(
    ctx: NamedDependency[Context],
    face: FromQuery[FaceName] = "storefront",
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[RegisteredDocument]:
    """Registered documents by the SHA-256 of their texts."""
    return await service.list_documents(ctx, face, cursor, limit)


@put(
    "/admin/v1/graphql-documents",
    operation_id="RegisterGraphqlDocuments",
    tags=TAGS,
    guards=[requires("settings:write")],
    responses=problems(InvalidInput, InvalidDocument, DocumentTooLarge, TooManyDocuments),
)
async def register_documents(
    ctx: NamedDependency[Context], data: JSONBody[NewDocuments]
) -> Page[RegisteredDocument]:
    """Register up to 50 documents, all or none: each goes by the SHA-256 of its text from then on.
    Safe to repeat."""
    return Page(await service.register_documents(ctx, data.documents, documents_by_face()))


@delete(
    "/admin/v1/graphql-documents/{sha256:str}",
    operation_id="RemoveGraphqlDocument",
    tags=TAGS,
    guards=[requires("settings:write")],
    responses=problems(DocumentNotRegistered),
)
async def remove_document(
    ctx: NamedDependency[Context], sha256: Digest, face: FromQuery[FaceName] = "storefront"
) -> None:
    """The document is not registered any more."""
    await service.remove_document(ctx, face, sha256)


@get(
    "/admin/v1/graphql-settings",
    operation_id="GetGraphqlSettings",
    tags=TAGS,
    guards=[requires("settings:read")],
)
async def get_settings(ctx: NamedDependency[Context]) -> ShopGraphql:
    """Whether the shop answers registered documents only."""
    return await service.shop_settings(ctx)


@put(
    "/admin/v1/graphql-settings",
    operation_id="SetGraphqlSettings",
    tags=TAGS,
    guards=[requires("settings:write")],
    responses=problems(InvalidInput),
)
async def set_settings(
    ctx: NamedDependency[Context], data: JSONBody[NewShopGraphql]
) -> ShopGraphql:
    """Say whether the storefront's address answers registered documents only."""
    return await service.change_settings(ctx, ShopGraphql(data.only_registered))


ROUTES = [list_documents, register_documents, remove_document, get_settings, set_settings]
