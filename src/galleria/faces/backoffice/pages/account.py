"""A person's own account: password, second factor, where they are signed in."""

from typing import Any

import segno
from litestar import Response, get, post
from litestar.di import NamedDependency

from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice, notice_cookie
from galleria.faces.backoffice.pages.sign_in import session_cookie
from galleria.faces.backoffice.shell import SESSION
from galleria.faces.backoffice.visits import Visit
from galleria.faces.stationery import Form, html, see_other
from galleria.foundation.errors import GalleriaError
from galleria.platform import access

_URI_START = "otpauth://totp/"
_LONGEST_URI = 600


@get("/account")
async def show_account(visit: NamedDependency[Visit]) -> Response[bytes]:
    """Who I am here, and what protects me."""
    return _show(visit, forms.empty())


def _show(visit: Visit, form: Form[Any], status: int = 200) -> Response[bytes]:
    return visit.show(
        "account/account.html",
        status,
        form=form,
        has_second_factor=visit.session.second_factor == "passed",
    )


def _refused(visit: Visit, error: GalleriaError) -> Response[bytes]:
    """The page again with what the room said; passwords are never sent back."""
    for name in ("password", "new_password", "new_password_again"):
        visit.form.values.pop(name, None)
    forms.refuse(visit.form, error, {"password": "new_password"})
    return _show(visit, visit.form, error.status)


@post("/account/password")
async def change_password(visit: NamedDependency[Visit]) -> Response[bytes]:
    """Another password; every other browser is signed out."""
    values = visit.form.values
    if values.get("new_password", "") != values.get("new_password_again", ""):
        visit.form.errors["new_password_again"] = "passwords_differ"  # noqa: S105 - a code
        return _show(visit, visit.form, 422)
    try:
        signed_in = await access.change_password(
            visit.ctx,
            visit.session,
            values.get("password", ""),
            values.get("new_password", ""),
            visit.shell.client_address(visit.request),
        )
    except access.SignInRefused:
        visit.form.errors["password"] = "password_not_right"  # noqa: S105 - a code
        return _show(visit, visit.form, 422)
    except GalleriaError as error:
        return _refused(visit, error)
    jar = visit.shell.cookies
    return see_other(
        "/account",
        session_cookie(visit.shell, signed_in),
        notice_cookie(jar, Notice("password_changed")),
    )


@post("/account/second-factor")
async def begin_second_factor(visit: NamedDependency[Visit]) -> Response[bytes]:
    """The secret for the device, told once: as a picture to scan and as text."""
    try:
        enrolment = await access.enrol_totp(visit.ctx, visit.session)
    except GalleriaError as error:
        return _refused(visit, error)
    form = forms.empty()
    form.values.update(uri=enrolment.uri, secret=enrolment.secret)
    return _show_enrolment(visit, form)


def _show_enrolment(visit: Visit, form: Form[Any], status: int = 200) -> Response[bytes]:
    """The page with the picture.

    The picture stands in the page itself, as data: the secret is in no address, so in no log and
    no history.
    """
    uri = form.values.get("uri", "")[:_LONGEST_URI]
    picture = ""
    if uri.startswith(_URI_START):
        picture = segno.make(uri, error="m").svg_data_uri(scale=5, border=3, light="#fff")
    return visit.show("account/second_factor.html", status, form=form, picture=picture)


@post("/account/second-factor/confirm")
async def confirm_second_factor(visit: NamedDependency[Visit]) -> Response[bytes]:
    """The second factor is on; the recovery codes are shown this once."""
    code = visit.form.values.pop("code", "").strip()
    try:
        confirmed = await access.confirm_totp(
            visit.ctx, visit.session, code, visit.shell.client_address(visit.request)
        )
    except GalleriaError as error:
        forms.refuse(visit.form, error)
        visit.form.errors["code"] = error.code
        return _show_enrolment(visit, visit.form, error.status)
    # The page belongs to the new session already: its forms carry that one's token.
    values = {**visit.shown(), "form_token": confirmed.signed_in.csrf_token}
    page = visit.shell.page(
        visit.ctx,
        visit.request,
        "account/recovery_codes.html",
        **values,
        codes=confirmed.recovery_codes,
    )
    return html(page, cookies=[session_cookie(visit.shell, confirmed.signed_in)])


@post("/account/second-factor/off")
async def end_second_factor(visit: NamedDependency[Visit]) -> Response[bytes]:
    """The second factor is off; a code has to prove whose it is.

    Sessions that have passed it end, so that each says truly what protects it.
    """
    code = visit.form.values.pop("off_code", "").strip()
    try:
        await access.disable_totp(visit.ctx, visit.session, code)
    except GalleriaError as error:
        visit.form.errors["off_code"] = error.code
        return _show(visit, visit.form, error.status)
    await access.sign_out_everywhere(visit.ctx, visit.session.person_id)
    jar = visit.shell.cookies
    notice = notice_cookie(jar, Notice("second_factor_off"))
    return see_other("/sign-in", jar.forget(SESSION), notice)


@post("/account/sign-out-everywhere")
async def sign_out_everywhere(visit: NamedDependency[Visit]) -> Response[bytes]:
    """Signed out on every device, this one too."""
    await access.sign_out_everywhere(visit.ctx, visit.session.person_id)
    return see_other("/sign-in", visit.shell.cookies.forget(SESSION))


ROUTES = [
    show_account,
    change_password,
    begin_second_factor,
    confirm_second_factor,
    end_second_factor,
    sign_out_everywhere,
]
