"""Who is at work: a person who is signed in, and the shop they are in at the moment.

A page for signed-in people takes a `Visit`, a page of a shop a `Desk`. Making one checks
everything that a page could forget: the session, that a form comes from our own page and from
this person, that the person works in the shop, and the scope that the handler names.
"""

from typing import Annotated, Any

from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import PathParameter

from galleria.engines.context import HOUSE, Actor, Context, tenant_of
from galleria.faces.backoffice import navigation, notices
from galleria.faces.backoffice.errors import NoSuchDesk, ScopeMissing, SignInNeeded
from galleria.faces.backoffice.notices import Notice, Undo
from galleria.faces.backoffice.shell import SESSION, Shell
from galleria.faces.stationery import (
    TOKEN_FIELD,
    Form,
    FormRefused,
    Upload,
    check_origin,
    html,
    read_form,
    see_other,
)
from galleria.platform import access, tenants
from galleria.platform.access import Session
from galleria.platform.tenants import Shop

# The variants of a page with prices and stock at several places make the longest form.
MOST_FIELDS = 3_000
# What a handler says about itself, beside its address.
SCOPE = "scope"  # needed in the shop, or in the house for its own pages; "" for every member
STREAMS = "streams"  # the handler reads the form itself, since files come with it


class Visit:
    """A person who is signed in, on one request."""

    def __init__(
        self, shell: Shell, request: Request[Any, Any, Any], ctx: Context, session: Session
    ) -> None:
        """Stand for this person; `ctx` is the house's, with the person as the actor."""
        self.shell = shell
        self.request = request
        self.ctx = ctx
        self.session = session
        self.locale = ctx.locale
        self._form: Form[Any] | None = None

    @property
    def form(self) -> Form[Any]:
        """The form that was sent, from our own page and by this person."""
        assert self._form is not None, "only a write has a form"
        return self._form

    @property
    def token(self) -> str:
        """The session's token, as the cookie holds it."""
        token = self.shell.cookies.read(self.request, SESSION)
        assert token is not None, "a session came from it"
        return token

    def question(self, name: str, most: int = 200) -> str:
        """A parameter of the address, empty without one."""
        return str(self.request.query_params.get(name, "")).strip()[:most]

    def here(self) -> str:
        """The address that was asked, with its question: a form sent there finds the same page."""
        query = self.request.scope.get("query_string", b"").decode()
        return str(self.request.url.path) + (f"?{query}" if query else "")

    async def check_form(self) -> None:
        """Pass when the form was sent from our page by this person.

        Raises:
            FormRefused: it was not.
        """
        check_origin(self.request)
        if self.request.route_handler.opt.get(STREAMS):
            return
        form: Form[Any] = await read_form(self.request, MOST_FIELDS)
        self._check_token(form.values.get(TOKEN_FIELD, ""))
        self._form = form

    async def upload(self) -> Upload:
        """The form with its files, fields read and checked; for handlers that stream.

        Raises:
            FormRefused, UploadBroken: it is not ours, or not whole.
        """
        upload = Upload(self.request)
        await upload.read_fields()
        self._check_token(upload.fields.get(TOKEN_FIELD, ""))
        return upload

    def _check_token(self, token: str) -> None:
        if not access.csrf_matches(self.token, token):
            raise FormRefused("the page is out of date; go back, reload it and try again")

    def show(self, template: str, status: int = 200, **values: Any) -> Response[bytes]:
        """A page. What was to be told is told now, and not again."""
        jar = self.shell.cookies
        notice = notices.read_notice(jar, self.request)
        page = self.shell.page(
            self.ctx, self.request, template, **{**self.shown(), "notice": notice, **values}
        )
        return html(page, status, cookies=[jar.forget(notices.NOTICE)] if notice else [])

    def shown(self) -> dict[str, Any]:
        """What every page of this person knows."""
        return {
            "person": self.session,
            "form_token": access.csrf_token_of(self.token),
            "navigation": [],
            "desk": None,
        }

    def go(
        self, path: str, notice: Notice | None = None, *, undo: Undo | None = None
    ) -> Response[bytes]:
        """Look there next; say this about what was done."""
        jar = self.shell.cookies
        cookies: list[Cookie] = []
        if notice is not None:
            cookies.append(notices.notice_cookie(jar, notice))
        if undo is not None:
            cookies.append(notices.undo_cookie(jar, undo))
        return see_other(path, *cookies)


class Desk(Visit):
    """A person at work in one shop. `ctx` is the shop's, with the person's role."""

    def __init__(self, visit: Visit, ctx: Context, shop: Shop, role: str) -> None:
        """Sit down in this shop."""
        super().__init__(visit.shell, visit.request, ctx, visit.session)
        self.house = visit.ctx
        self.shop = shop
        self.role = role
        self._form = visit._form

    def may(self, scope: str) -> bool:
        """True when the person's role includes the scope."""
        return self.ctx.actor.may(scope)

    def at(self, path: str = "") -> str:
        """The address of a page of this shop."""
        return f"/s/{self.shop.slug}{path}"

    def media(self, media_id: object, width: int) -> str:
        """The address of a picture of this shop, on this host, about `width` pixels wide."""
        return self.at(f"/media/{media_id}?w={width}")

    def shown(self) -> dict[str, Any]:
        """What every page of this shop knows."""
        return {
            **super().shown(),
            "desk": self,
            "shop": self.shop,
            "navigation": navigation.entries(self.ctx.actor, self.at(), self.request.url.path),
            "shop_address": self.shell.settings.shop_address(self.shop.slug),
        }


async def provide_visit(
    shell: NamedDependency[Shell], ctx: NamedDependency[Context], request: Request[Any, Any, Any]
) -> Visit:
    """Whoever is signed in; their form is checked when they sent one.

    Raises:
        SignInNeeded: nobody is.
        FormRefused: a form that is not ours.
    """
    token = shell.cookies.read(request, SESSION)
    session = await access.session_of(ctx, token) if token else None
    if session is None:
        raise SignInNeeded("sign in to go on")
    actor = Actor("person", str(session.person_id))
    ours = Context(ctx.engines, HOUSE, actor, ctx.request_id, shell.locale(ctx, request), ctx.now)
    visit = Visit(shell, request, ours, session)
    if request.method not in {"GET", "HEAD"}:
        await visit.check_form()
    return visit


async def provide_desk(
    visit: NamedDependency[Visit],
    request: Request[Any, Any, Any],
    slug: Annotated[str, PathParameter(max_length=63)],
) -> Desk:
    """The person in the shop that the address names, with the scope that the handler needs.

    Raises:
        NoSuchDesk: there is no such shop, or it is none of theirs.
        ScopeMissing: their role does not go so far.
    """
    entry = await visit.ctx.engines.sql.directory.by_slug(slug)
    if entry is None or entry.tenant_id == HOUSE.tenant_id:
        raise NoSuchDesk("there is no such shop, or you do not work there")
    membership = await access.membership_of(visit.ctx, visit.session.person_id, entry.tenant_id)
    if membership is None:
        raise NoSuchDesk("there is no such shop, or you do not work there")
    actor = access.actor_of_membership(membership)
    ctx = visit.ctx.for_tenant(tenant_of(entry)).as_actor(actor)
    desk = Desk(visit, ctx, await tenants.shop_of(ctx), membership.role)
    scope = request.route_handler.opt.get(SCOPE)
    assert scope is not None, f"{request.route_handler} names no scope"
    if scope and not desk.may(scope):
        raise ScopeMissing(f"this needs {scope}, which a {membership.role} does not have")
    return desk
