"""GraphQL over HTTP: a question by GET, which can be kept like any page, or by POST.

Source: GraphQL over HTTP (GraphQL Foundation, working draft of 2025).
"""

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody, QueryParameter

from galleria.engines.context import Context
from galleria.faces.graphql import registry_routes
from galleria.faces.graphql.answering import (
    Answer,
    Answered,
    Extensions,
    Face,
    Question,
    answer,
    refused,
)
from galleria.faces.graphql.errors import BatchRefused, InvalidVariables
from galleria.faces.graphql.faces import admin, storefront
from galleria.foundation.errors import GalleriaError, InvalidInput
from galleria.foundation.http import decode_json
from galleria.foundation.routing import requires

JSON = "application/json"
ERRORS = "application/graphql-response+json"
TAGS = ["graphql"]
Document = Annotated[
    str | None, QueryParameter(name="query", max_length=16_000, pattern=r"^[^\x00]*$")
]
Values = Annotated[str | None, QueryParameter(max_length=16_000, pattern=r"^[^\x00]*$")]
Name = Annotated[
    str | None, QueryParameter(name="operationName", max_length=200, pattern=r"^[^\x00]*$")
]
More = Annotated[
    str | None, QueryParameter(name="extensions", max_length=2_000, pattern=r"^[^\x00]*$")
]
Batch = list[Any]


def _documented() -> dict[int, ResponseSpec]:
    said = {
        200: "The answer; `errors` says which fields have none and why.",
        400: "Nothing was carried out: the document or its variables are refused.",
        403: "Nothing was carried out: this is not answered here.",
        404: "No document of this digest is known.",
        405: "A mutation came by GET.",
        503: "Answering took too long.",
    }
    return {
        status: ResponseSpec(
            Answered,
            generate_examples=False,
            description=text,
            media_type=JSON if status == 200 else ERRORS,
        )
        for status, text in said.items()
    }


def _sent(request: Request[Any, Any, Any], found: Answer, *, may_be_kept: bool) -> Response[bytes]:
    refusal = found.refusal
    if refusal is not None:
        return _sent_refusal(request, found, refusal)
    headers = {"cache-control": "private, no-store"}
    if may_be_kept and found.keep_s:
        headers = {
            "cache-control": f"public, max-age=0, s-maxage={found.keep_s}",
            "vary": "accept-language, authorization, cookie",
            "etag": found.etag,
        }
    return Response(found.body, status_code=200, media_type=JSON, headers=headers)


def _sent_refusal(
    request: Request[Any, Any, Any], found: Answer, refusal: GalleriaError
) -> Response[bytes]:
    """A client that knows the newer media type is told by the status as well."""
    is_new = ERRORS in request.headers.get("accept", "")
    headers = {"cache-control": "private, no-store"}
    if refusal.retry_after_s is not None:
        headers["retry-after"] = str(refusal.retry_after_s)
    return Response(
        found.body,
        status_code=refusal.status if is_new else 200,
        media_type=ERRORS if is_new else JSON,
        headers=headers,
    )


async def _by_get(
    ctx: Context, face: Face, request: Request[Any, Any, Any], texts: tuple[str | None, ...]
) -> Response[bytes]:
    query, variables, operation_name, extensions = texts
    try:
        question = Question(
            query=query,
            variables=decode_json(variables.encode(), dict[str, Any]) if variables else None,
            operation_name=operation_name,
            extensions=decode_json(extensions.encode(), Extensions) if extensions else None,
        )
    except InvalidInput as error:
        found = refused(InvalidVariables(error.detail, errors=error.errors))
        return _sent(request, found, may_be_kept=False)
    found = await answer(ctx, face, question, may_write=False)
    # What a key is answered is kept for nobody else.
    return _sent(request, found, may_be_kept=ctx.actor.kind == "anonymous")


async def _by_post(
    ctx: Context, face: Face, request: Request[Any, Any, Any], data: Question | Batch
) -> Response[bytes]:
    if not isinstance(data, Question):
        found = refused(BatchRefused("send one request at a time: a document may hold many fields"))
    else:
        found = await answer(ctx, face, data, may_write=True)
    return _sent(request, found, may_be_kept=False)


@get("/store/v1/graphql", operation_id="AskStoreGraphql", tags=TAGS, responses=_documented())
async def ask_store(
    ctx: NamedDependency[Context],
    request: Request[Any, Any, Any],
    document: Document = None,
    variables: Values = None,
    operation_name: Name = None,
    more: More = None,
) -> Response[bytes]:
    """A GraphQL question about the shop window; `variables` and `extensions` are JSON.

    With `extensions={"persistedQuery":{"version":1,"sha256Hash":…}}` a document that was sent once
    goes by its digest.
    """
    return await _by_get(ctx, storefront(), request, (document, variables, operation_name, more))


@post(
    "/store/v1/graphql",
    operation_id="DoStoreGraphql",
    tags=TAGS,
    status_code=200,
    responses=_documented(),
)
async def do_store(
    ctx: NamedDependency[Context],
    request: Request[Any, Any, Any],
    data: JSONBody[Question | Batch],
) -> Response[bytes]:
    """A GraphQL request to the shop: window, cart, checkout. One at a time: lists are refused."""
    return await _by_post(ctx, storefront(), request, data)


@post(
    "/admin/v1/graphql",
    operation_id="DoAdminGraphql",
    tags=TAGS,
    guards=[requires()],
    status_code=200,
    responses=_documented(),
)
async def do_admin(
    ctx: NamedDependency[Context],
    request: Request[Any, Any, Any],
    data: JSONBody[Question | Batch],
) -> Response[bytes]:
    """A GraphQL request to the shop's own side. Each field asks for the scopes its route asks for:
    one that the key lacks is null, and `errors` says so."""
    return await _by_post(ctx, admin(), request, data)


ROUTES = [ask_store, do_store, do_admin, *registry_routes.ROUTES]
