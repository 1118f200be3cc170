"""Where an app exchanges its code, in OAuth's own form; the consent page is the back office's."""

from typing import Any
from urllib.parse import parse_qsl

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency

from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from galleria.platform.apps.errors import ClientNotAccepted, OAuthRefused
from galleria.platform.apps.schemas import TokenRequest
from galleria.platform.apps.service import approving

FORM = "application/x-www-form-urlencoded"
MOST_FORM_BYTES = 16_384
MOST_FIELDS = 20
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


@post(
    "/oauth/token",
    include_in_schema=False,
    request_max_body_size=MOST_FORM_BYTES,
    status_code=200,
)
async def exchange_code(
    ctx: NamedDependency[Context], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Give an app its key for the code of its approval. Failures are told as RFC 6749, 5.2, has it.

    The client proves itself by its secret, which stands in the form.
    """
    try:
        token = await approving.exchange(ctx, await _asked(request))
    except ClientNotAccepted as error:
        return _refused(error.error, error.detail, 401)
    except OAuthRefused as error:
        return _refused(error.error, error.detail, 400)
    except InvalidInput as error:
        return _refused("invalid_request", error.detail, 400)
    return Response(token, headers=_NO_STORE)


def _refused(error: str, detail: str, status: int) -> Response[Any]:
    said = {"error": error, "error_description": detail}
    return Response(said, status_code=status, headers=_NO_STORE)


async def _asked(request: Request[Any, Any, Any]) -> TokenRequest:
    """The form that was sent.

    Raises:
        OAuthRefused: it is none, or names something twice or not at all.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != FORM:
        raise OAuthRefused(f"send {FORM}")
    try:
        pairs = parse_qsl(
            (await request.body()).decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS
        )
    except ValueError:
        raise OAuthRefused("the form cannot be read") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise OAuthRefused("the form names something twice")
    try:
        return msgspec.convert(
            {name: fields[name] for name in TokenRequest.__struct_fields__ if name in fields},
            TokenRequest,
        )
    except msgspec.ValidationError as error:
        raise OAuthRefused(str(error)) from None


ROUTES = [exchange_code]
