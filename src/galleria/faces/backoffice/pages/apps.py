"""Apps: brought in, looked at, approved, shown, uninstalled."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.visits import Desk, Visit, provide_desk
from galleria.faces.backoffice.words import PROBLEMS
from galleria.faces.stationery import Form, see_other
from galleria.foundation.errors import GalleriaError
from galleria.foundation.http import decode_json
from galleria.platform import access, apps
from galleria.platform.apps import (
    MOST_GRACE_HOURS,
    App,
    Approval,
    Manifest,
    NewManifest,
    NewSecret,
    Question,
    ReplaceSecret,
)

PLACE = "/apps"
GRACES_HOURS = (0, 1, 24, 72, 168)
_FIELDS = ("manifest", "manifest_url")
_QUESTION = Question.__struct_fields__
_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self' {forms_to}; frame-src {frames_of}"
)


@get("/s/{slug:str}/apps", scope="apps:read")
async def show_apps(desk: NamedDependency[Desk]) -> Response[bytes]:
    """All apps of the shop."""
    return desk.show("apps/list.html", items=await apps.list_apps(desk.ctx))


@get("/s/{slug:str}/apps/new", scope="apps:write")
async def show_new(desk: NamedDependency[Desk]) -> Response[bytes]:
    """An empty form for a manifest."""
    return desk.show("apps/new.html", form=forms.empty())


@post("/s/{slug:str}/apps/new", scope="apps:write")
async def add_app(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The shop has one more app, and its secret is shown this once."""
    try:
        made = await apps.add_app(desk.ctx, _sent(desk.form))
    except GalleriaError as error:
        _refuse(desk.form, error)
        return desk.show("apps/new.html", error.status, form=desk.form)
    return await _show(desk, made.app, secret=made.client_secret)


@get("/s/{slug:str}/apps/{app_id:uuid}", scope="apps:read")
async def show_app(desk: NamedDependency[Desk], app_id: FromPath[UUID]) -> Response[bytes]:
    """What an app may do, and how it does it."""
    return await _show(desk, await apps.get_app(desk.ctx, app_id))


@post("/s/{slug:str}/apps/{app_id:uuid}/manifest", scope="apps:write")
async def update_app(desk: NamedDependency[Desk], app_id: FromPath[UUID]) -> Response[bytes]:
    """The app has another manifest, at once or once that is approved."""
    try:
        after = await apps.update_app(desk.ctx, app_id, _sent(desk.form))
    except GalleriaError as error:
        _refuse(desk.form, error)
        present = await apps.get_app(desk.ctx, app_id)
        return await _show(desk, present, error.status, form=desk.form)
    key = "app_waits" if after.pending else "saved"
    return desk.go(desk.at(f"{PLACE}/{app_id}"), Notice(key, name=after.manifest.name[:80]))


@post("/s/{slug:str}/apps/{app_id:uuid}/secrets", scope="apps:write")
async def replace_secret(desk: NamedDependency[Desk], app_id: FromPath[UUID]) -> Response[bytes]:
    """The app has a new secret, which is shown this once."""
    values = desk.form.values
    try:
        grace = forms.read_whole(values.get("grace_hours", ""), "grace_hours", 0, MOST_GRACE_HOURS)
        is_signing = values.get("which") == "signing_secret"
        wanted = ReplaceSecret(
            which="signing_secret" if is_signing else "client_secret", grace_hours=grace or 0
        )
        fresh = await apps.replace_secret(desk.ctx, app_id, wanted)
    except GalleriaError as error:
        forms.refuse(desk.form, error)
        present = await apps.get_app(desk.ctx, app_id)
        return await _show(desk, present, error.status, form=desk.form)
    return await _show(desk, await apps.get_app(desk.ctx, app_id), fresh=fresh)


@get("/s/{slug:str}/apps/{app_id:uuid}/uninstall", scope="apps:write")
async def show_uninstall(desk: NamedDependency[Desk], app_id: FromPath[UUID]) -> Response[bytes]:
    """What ends with the app, before it does."""
    return desk.show("apps/uninstall.html", app=await apps.get_app(desk.ctx, app_id))


@post("/s/{slug:str}/apps/{app_id:uuid}/uninstall", scope="apps:write")
async def uninstall_app(desk: NamedDependency[Desk], app_id: FromPath[UUID]) -> Response[bytes]:
    """The app may do nothing any more."""
    name = (await apps.get_app(desk.ctx, app_id)).manifest.name[:80]
    keeps_metafields = desk.form.values.get("metafields") != "remove"
    await apps.uninstall(desk.ctx, app_id, keeps_metafields=keeps_metafields)
    return desk.go(desk.at(PLACE), Notice("app_uninstalled", name=name))


@get("/s/{slug:str}/apps/{app_id:uuid}/pages/{number:int}", scope="apps:read")
async def show_page(
    desk: NamedDependency[Desk], app_id: FromPath[UUID], number: FromPath[int]
) -> Response[bytes]:
    """A page of the app's own, in a frame that can do nothing outside of itself."""
    app = await apps.get_app(desk.ctx, app_id)
    page = await apps.open_page(desk.ctx, app_id, number, desk.shell.settings.admin_address)
    shown = desk.show("apps/page.html", app=app, page=page, number=number)
    return _bounded(shown, frames_of=page.origin)


@get("/oauth/authorize", scope="apps:write")
async def show_consent(visit: NamedDependency[Visit]) -> Response[bytes]:
    """What an app asks for, in plain words, for the merchant to agree to or not."""
    asked = _asked({name: str(visit.request.query_params.get(name, "")) for name in _QUESTION})
    desk, app = await _client(visit, asked)
    try:
        apps.check_question(app.wanted, asked)
    except apps.OAuthRefused as error:
        return see_other(apps.refusal(asked, error, _issuer(visit)))
    return _consent(desk, app, asked, forms.empty())


@post("/oauth/authorize", scope="apps:write")
async def decide(visit: NamedDependency[Visit]) -> Response[bytes]:
    """The browser is on its way back to the app, with a code or with a refusal."""
    values = visit.form.values
    asked = _asked({name: values.get(name, "") for name in _QUESTION})
    desk, app = await _client(visit, asked)
    if values.get("decision") != "approve":
        return see_other(apps.refusal(asked, None, _issuer(visit)))
    try:
        apps.check_question(app.wanted, asked)
        version = forms.read_whole(values.get("version", ""), "version")
        given = Approval(
            version=version or 0,
            redirect_uri=asked.redirect_uri,
            code_challenge=asked.code_challenge,
            state=asked.state,
        )
        approved = await apps.approve(desk.ctx, app.app_id, given, _issuer(visit))
    except apps.OAuthRefused as error:
        return see_other(apps.refusal(asked, error, _issuer(visit)))
    except GalleriaError as error:
        forms.refuse(visit.form, error)
        if error.status == 412:
            visit.form.message = "app_asks_otherwise"
        present = await apps.get_app(desk.ctx, app.app_id)
        return _consent(desk, present, asked, visit.form, error.status)
    return see_other(approved.redirect_to)


async def _client(visit: Visit, asked: Question) -> tuple[Desk, App]:
    """The desk in the shop that the client's id names, and the app there.

    Raises:
        AppNotFound, OAuthRefused: whoever led the browser here is not told anything.
        NoSuchDesk, ScopeMissing: see `provide_desk`.
    """
    tenant = await apps.shop_of_client(visit.ctx, asked.client_id)
    if tenant is None:
        raise apps.AppNotFound("there is no such client_id")
    desk = await provide_desk(visit, visit.request, tenant.slug)
    return desk, await apps.app_of_client(desk.ctx, asked.client_id, asked.redirect_uri)


def _asked(values: dict[str, str]) -> Question:
    return Question(**{name: value[:2_000] for name, value in values.items()})


def _consent(
    desk: Desk, app: App, asked: Question, form: Form[Any], status: int = 200
) -> Response[bytes]:
    shown = desk.show(
        "apps/consent.html",
        status,
        app=app,
        wanted=app.wanted,
        asked=msgspec.structs.asdict(asked),
        missing=[scope for scope in app.wanted.scopes if not desk.may(scope)],
        back=apps.origin_of(asked.redirect_uri),
        form=form,
    )
    # A browser that follows a form's redirect asks this policy too.
    return _bounded(shown, forms_to=apps.origin_of(asked.redirect_uri))


def _bounded(
    shown: Response[bytes], *, forms_to: str = "", frames_of: str = "'none'"
) -> Response[bytes]:
    policy = _POLICY.format(forms_to=forms_to, frames_of=frames_of)
    shown.headers["content-security-policy"] = policy
    return shown


def _issuer(visit: Visit) -> str:
    return visit.shell.settings.admin_address


async def _show(
    desk: Desk,
    app: App,
    status: int = 200,
    *,
    form: Form[Any] | None = None,
    secret: str = "",
    fresh: NewSecret | None = None,
) -> Response[bytes]:
    keys = await access.keys_with_ids(desk.ctx, app.key_ids)
    return desk.show(
        "apps/one.html",
        status,
        app=app,
        keys=list(keys.values()),
        form=form or forms.empty(manifest_url=app.manifest_url or ""),
        secret=secret,
        fresh=fresh,
        graces=GRACES_HOURS,
        authorize=f"{desk.shell.settings.admin_address}/oauth/authorize",
    )


def _sent(form: Form[Any]) -> NewManifest:
    """The manifest that was pasted, else its address.

    Raises:
        InvalidInput: it cannot be read.
    """
    pasted, url = (form.values.get(name, "").strip() for name in _FIELDS)
    if pasted:
        return NewManifest(manifest=decode_json(pasted.encode(), Manifest))
    if not url:
        raise forms.refused("manifest", "required")
    return NewManifest(manifest_url=url[:2_000])


def _refuse(form: Form[Any], error: GalleriaError) -> None:
    """The form tells what is wrong with the manifest, as one with its place."""
    forms.refuse(form, error)
    if error.code not in PROBLEMS and error.errors:
        form.message = ""
    inside = [each for each in error.errors if each.path not in _FIELDS]
    for each in inside:
        form.errors.pop(each.path, None)
    if inside:
        form.errors["manifest"] = "; ".join(
            f"{each.path}: {each.message}" if each.path else each.message for each in inside[:5]
        )


ROUTES = [
    show_apps,
    show_new,
    add_app,
    show_app,
    update_app,
    replace_secret,
    show_uninstall,
    uninstall_app,
    show_page,
    show_consent,
    decide,
]
