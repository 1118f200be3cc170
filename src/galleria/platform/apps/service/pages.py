"""Pages of apps among those of the back office, each opened for one person for a minute."""

from uuid import UUID

from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from galleria.platform.apps.errors import AppPageNotFound
from galleria.platform.apps.model.manifest import origin_of
from galleria.platform.apps.model.tokens import (
    PageSession,
    ShownPage,
    session_times,
    signed,
    with_token,
)
from galleria.platform.apps.service import telling
from galleria.platform.apps.service.adding import get_app


async def open_page(ctx: Context, app_id: UUID, number: int, issuer: str) -> ShownPage:
    """A page of an installed app, with a token that says who looks at it: the actor.

    Args:
        ctx: the shop, with the person at work as the actor.
        app_id: the app.
        number: the place among the app's pages, from 0.
        issuer: the address of the back office, which the token names.

    Raises:
        AppNotFound: this shop has none with this id.
        AppPageNotFound: it is not installed, or has no such page.
    """
    app = await get_app(ctx, app_id)
    if app.status != "installed" or not 0 <= number < len(app.manifest.pages):
        raise AppPageNotFound(f"{app.handle} shows no page {number}")
    page = app.manifest.pages[number]
    made_at, ends_at = session_times(ctx.now)
    session = PageSession(
        iss=issuer,
        aud=app.client_id,
        sub=ctx.actor.actor_id,
        shop=ctx.tenant.slug,
        page=number,
        locale=ctx.locale,
        iat=made_at,
        exp=ends_at,
        jti=new_id(),
    )
    # A token has one signature. The oldest secret is the one that the app knows for certain.
    *_, key = await telling.signing_keys(ctx, app_id)
    token = signed(session, key)
    return ShownPage(
        title=page.title, source=with_token(page.url, token), origin=origin_of(page.url)
    )
