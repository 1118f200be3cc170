"""Mappings of tables over HTTP, for the back office and for programs."""

from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody

from galleria.commerce.imports import service
from galleria.commerce.imports.errors import (
    FileNotFound,
    MappingChanged,
    MappingNotFound,
    SuspiciousFile,
    UnreadableFile,
)
from galleria.commerce.imports.model.mappings import Mapping
from galleria.commerce.imports.schemas import KeepMapping
from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import (
    CursorQuery,
    LimitQuery,
    etag_of,
    expect_version,
    problems,
    requires,
)

TAGS = ["imports"]
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match")]


@get(
    "/admin/v1/imports/mappings",
    operation_id="ListImportMappings",
    tags=TAGS,
    guards=[requires("imports:read")],
    responses=problems(InvalidCursor),
)
async def list_mappings(
    ctx: NamedDependency[Context], cursor: CursorQuery = None, limit: LimitQuery = 50
) -> Page[Mapping]:
    """Mappings, newest first."""
    return await service.list_mappings(ctx, cursor, limit)


@post(
    "/admin/v1/imports/mappings",
    operation_id="CreateImportMapping",
    tags=TAGS,
    guards=[requires("imports:write")],
    responses=problems(InvalidInput),
)
async def create_mapping(
    ctx: NamedDependency[Context], data: JSONBody[KeepMapping]
) -> Response[Mapping]:
    """Say what the columns of a table mean, to read files by it from now on."""
    mapping = await service.create_mapping(ctx, data.name, data.document)
    return Response(mapping, status_code=201, headers={"ETag": etag_of(mapping.version)})


@get(
    "/admin/v1/imports/mappings/{mapping_id:uuid}",
    operation_id="GetImportMapping",
    tags=TAGS,
    guards=[requires("imports:read")],
    responses=problems(MappingNotFound),
)
async def get_mapping(
    ctx: NamedDependency[Context], mapping_id: FromPath[UUID]
) -> Response[Mapping]:
    """One mapping."""
    mapping = await service.get_mapping(ctx, mapping_id)
    return Response(mapping, headers={"ETag": etag_of(mapping.version)})


@put(
    "/admin/v1/imports/mappings/{mapping_id:uuid}",
    operation_id="UpdateImportMapping",
    tags=TAGS,
    guards=[requires("imports:write")],
    responses=problems(InvalidInput, MappingNotFound, MappingChanged),
)
async def update_mapping(
    ctx: NamedDependency[Context],
    mapping_id: FromPath[UUID],
    data: JSONBody[KeepMapping],
    if_match: IfMatch = None,
) -> Response[Mapping]:
    """The mapping says this; imports that were asked for go by what it said then."""
    version = expect_version(if_match)
    mapping = await service.update_mapping(ctx, mapping_id, data.name, data.document, version)
    return Response(mapping, headers={"ETag": etag_of(mapping.version)})


@delete(
    "/admin/v1/imports/mappings/{mapping_id:uuid}",
    operation_id="RemoveImportMapping",
    tags=TAGS,
    guards=[requires("imports:write")],
    responses=problems(MappingNotFound),
)
async def remove_mapping(ctx: NamedDependency[Context], mapping_id: FromPath[UUID]) -> None:
    """The mapping leaves the list; imports that were asked for by it go on."""
    await service.remove_mapping(ctx, mapping_id)


@get(
    "/admin/v1/imports/files/{file_id:uuid}/suggested-mapping",
    operation_id="SuggestImportMapping",
    tags=TAGS,
    guards=[requires("imports:read")],
    responses=problems(FileNotFound, UnreadableFile, SuspiciousFile),
)
async def suggest_mapping(
    ctx: NamedDependency[Context], file_id: FromPath[UUID]
) -> service.Suggestion:
    """A guess at a mapping for a file sent before, by its columns and first rows."""
    return await service.suggest_mapping_of(ctx, file_id)


ROUTES = [
    list_mappings,
    create_mapping,
    get_mapping,
    update_mapping,
    remove_mapping,
    suggest_mapping,
]
