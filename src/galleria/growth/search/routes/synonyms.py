"""Synonyms over HTTP, kept by the back office."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.response import Stream

from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import CursorQuery, LimitQuery, problems, requires
from galleria.growth.search.errors import InvalidSynonyms, SynonymsNotFound, TooManySynonyms
from galleria.growth.search.model.synonyms import SynonymSet
from galleria.growth.search.schemas import NewSynonyms
from galleria.growth.search.service import synonyms

TAGS = ["search"]
Prefix = Annotated[str, QueryParameter(name="filter[prefix]", max_length=200)]


@get(
    "/admin/v1/search/synonyms",
    operation_id="ListSynonyms",
    tags=TAGS,
    guards=[requires("products:read")],
    responses=problems(InvalidCursor),
)
async def list_synonyms(
    ctx: NamedDependency[Context],
    prefix: Prefix = "",
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[SynonymSet]:
    """Sets of synonyms by their first words; `filter[prefix]` is how those begin."""
    return await synonyms.list_synonyms(ctx, prefix, cursor, limit)


@post(
    "/admin/v1/search/synonyms",
    operation_id="CreateSynonyms",
    tags=TAGS,
    guards=[requires("products:write")],
    responses=problems(InvalidInput, InvalidSynonyms, TooManySynonyms),
)
async def create_synonyms(ctx: NamedDependency[Context], data: JSONBody[NewSynonyms]) -> SynonymSet:
    """Let words mean the same to the shop's search."""
    return await synonyms.create_synonyms(ctx, data.draft())


@get(
    "/admin/v1/search/synonyms/{synonym_id:uuid}",
    operation_id="GetSynonyms",
    tags=TAGS,
    guards=[requires("products:read")],
    responses=problems(SynonymsNotFound),
)
async def get_synonyms(ctx: NamedDependency[Context], synonym_id: FromPath[UUID]) -> SynonymSet:
    """One set of synonyms."""
    return await synonyms.get_synonyms(ctx, synonym_id)


@put(
    "/admin/v1/search/synonyms/{synonym_id:uuid}",
    operation_id="ReplaceSynonyms",
    tags=TAGS,
    guards=[requires("products:write")],
    responses=problems(InvalidInput, InvalidSynonyms, SynonymsNotFound),
)
async def replace_synonyms(
    ctx: NamedDependency[Context], synonym_id: FromPath[UUID], data: JSONBody[NewSynonyms]
) -> SynonymSet:
    """Say a set anew, all of it. Safe to repeat."""
    return await synonyms.replace_synonyms(ctx, synonym_id, data.draft())


@delete(
    "/admin/v1/search/synonyms/{synonym_id:uuid}",
    operation_id="RemoveSynonyms",
    tags=TAGS,
    guards=[requires("products:write")],
    responses=problems(SynonymsNotFound),
)
async def remove_synonyms(ctx: NamedDependency[Context], synonym_id: FromPath[UUID]) -> None:
    """Let the words mean the same no longer."""
    if not await synonyms.remove_synonyms(ctx, [synonym_id]):
        raise SynonymsNotFound(f"no synonyms {synonym_id}")


@get(
    "/admin/v1/search/synonyms.csv",
    operation_id="ExportSynonyms",
    tags=TAGS,
    guards=[requires("products:read")],
    media_type="text/csv",
)
async def export_synonyms(ctx: NamedDependency[Context]) -> Response[Any]:
    """All synonyms as a table."""
    name = f"{ctx.tenant.slug}-synonyms.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    rows = synonyms.export_synonyms(ctx)
    return Stream(rows, media_type="text/csv; charset=utf-8", headers=headers)


ROUTES = [
    list_synonyms,
    create_synonyms,
    get_synonyms,
    replace_synonyms,
    remove_synonyms,
    export_synonyms,
]
