"""What anybody may ask who has the text of a key, or has found one."""

from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from galleria.foundation.routing import client_address, problems
from galleria.platform.access.errors import TooManyReports
from galleria.platform.access.model.keys import KeyAnswer
from galleria.platform.access.model.leaks import FoundToken, TokenVerdict
from galleria.platform.access.schemas import KeyText, ReportedToken
from galleria.platform.access.service import admitting, leaks


@post(
    "/keys/verify",
    operation_id="VerifyKey",
    tags=["keys"],
    responses=problems(InvalidInput, TooManyReports),
    status_code=200,
)
async def verify_key(
    ctx: NamedDependency[Context], request: Request[Any, Any, Any], data: JSONBody[KeyText]
) -> KeyAnswer:
    """What a key is, for whoever has its text: `VALID` and `GRACE` open; `DISABLED`, `EXPIRED`,
    `GRACE_ENDED`, `REVOKED` and `NOT_FOUND` do not."""
    await leaks.charge(ctx, client_address(request.scope), 1)
    return await admitting.answer_for_key(ctx, data.key)


@post(
    "/secret-scanning",
    operation_id="ReportLeakedTokens",
    tags=["keys"],
    responses=problems(InvalidInput, TooManyReports),
    status_code=200,
)
async def report_leaked_tokens(
    ctx: NamedDependency[Context],
    request: Request[Any, Any, Any],
    data: JSONBody[list[ReportedToken]],
) -> list[TokenVerdict]:
    """Tell of keys that were found in public: those that are ours are revoked, or end soon, as
    their shop wants. One answer for each text, of one shape whatever it was."""
    found = [
        FoundToken(token=each.token, type=each.type, url=each.url, source=each.source)
        for each in data
    ]
    return await leaks.take_reports(ctx, found, client_address(request.scope))


ROUTES = [verify_key, report_leaked_tokens]
