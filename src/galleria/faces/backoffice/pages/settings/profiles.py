"""How each kind of client is answered: profiles, tried out and weighed before they hold."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.faces import profiles
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.visits import Desk
from galleria.faces.profiles import BUILT_IN, LEAVABLE, Preview, Profile, WantedProfile
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.platform import tenants

PLACE = "/settings/profiles"
_ALL = [f"{kind}.{name}" for kind, names in LEAVABLE.items() for name in names]
_NUMBERS = ("budget_bytes", "staleness_s")
_FIELDS_OF_PATHS = {
    "images.most": "pictures",
    "images.widths": "widths",
    "texts.most": "characters",
}


@get("/s/{slug:str}/settings/profiles", scope="settings:read")
async def show_profiles(desk: NamedDependency[Desk]) -> Response[bytes]:
    """All profiles side by side, with what they make of the shop's own answers."""
    known = await profiles.list_profiles(desk.ctx)
    weighed = [(each, await profiles.preview(desk.ctx, each.draft)) for each in known]
    return desk.show(
        "settings/profiles.html", weighed=weighed, built_in=BUILT_IN, section="profiles"
    )


@get("/s/{slug:str}/settings/profiles/new", scope="settings:write")
async def ask_for_profile(desk: NamedDependency[Desk]) -> Response[bytes]:
    """A form with what `web` says."""
    form = _form_of(BUILT_IN["web"])
    form.values |= {"name": "", "code": ""}
    return await _show(desk, form, None)


@get("/s/{slug:str}/settings/profiles/{code:str}", scope="settings:read")
async def show_profile(desk: NamedDependency[Desk], code: FromPath[str]) -> Response[bytes]:
    """One profile, to be changed."""
    found = await profiles.get_profile(desk.ctx, code)
    return await _show(desk, _form_of(found), found)


@post("/s/{slug:str}/settings/profiles/save", scope="settings:write")
async def save_profile(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The profile is as typed: a new one, or the one that is named."""
    form = desk.form
    before = await _named(desk)
    try:
        wanted = _wanted(form)
        if wanted is None:
            return await _show(desk, form, before, 422)
        expected = forms.read_whole(form.values.get("version", "") or "0", "version", most=2**31)
        code = form.values.get("profile_code") or _code(form)
        made = await profiles.put_profile(desk.ctx, wanted.draft(code), expected)
    except GalleriaError as error:
        forms.refuse(form, error)
        _by_own_names(form)
        return await _show(desk, form, before, error.status)
    return desk.go(desk.at(PLACE), Notice("saved", name=made.name[:80]))


@post("/s/{slug:str}/settings/profiles/try", scope="settings:write")
async def try_profile(desk: NamedDependency[Desk]) -> Response[bytes]:
    """What it would make of the shop's answers, and what they weigh; nothing is changed."""
    form = desk.form
    before = await _named(desk)
    try:
        wanted = _wanted(form)
        if wanted is None:
            return await _show(desk, form, before, 422)
        draft = wanted.draft(form.values.get("profile_code") or "new")
        found = await profiles.preview(desk.ctx, draft, with_bodies=True)
    except GalleriaError as error:
        forms.refuse(form, error)
        _by_own_names(form)
        return await _show(desk, form, before, error.status)
    return await _show(desk, form, before, found=found)


@post("/s/{slug:str}/settings/profiles/restore", scope="settings:write")
async def restore_profile(desk: NamedDependency[Desk]) -> Response[bytes]:
    """A built-in profile is as it came."""
    made = await profiles.restore_profile(desk.ctx, desk.form.values.get("profile_code", ""))
    return desk.go(desk.at(PLACE), Notice("saved", name=made.name[:80]))


@post("/s/{slug:str}/settings/profiles/remove", scope="settings:write")
async def remove_profile(desk: NamedDependency[Desk]) -> Response[bytes]:
    """It is gone."""
    await profiles.remove_profile(desk.ctx, desk.form.values.get("profile_code", ""))
    return desk.go(desk.at(PLACE), Notice("profile_removed"))


async def _show(
    desk: Desk,
    form: Form[Any],
    before: Profile | None,
    status: int = 200,
    found: Preview | None = None,
) -> Response[bytes]:
    return desk.show(
        "settings/profile.html",
        status,
        form=form,
        before=before,
        is_built_in=before is not None and before.code in BUILT_IN,
        leavable=LEAVABLE,
        left_out=set(form.many.get("left_out", ())),
        channel_pairs=[(e.code, e.name) for e in await tenants.list_channels(desk.ctx)],
        samples=[(each, _readable(each.body)) for each in found.samples] if found else None,
        section="profiles",
    )


def _readable(body: msgspec.Raw | None) -> str:
    return "" if body is None else msgspec.json.format(bytes(body), indent=2).decode()


async def _named(desk: Desk) -> Profile | None:
    code = desk.form.values.get("profile_code", "")
    return await profiles.get_profile(desk.ctx, code) if code else None


def _form_of(profile: Profile) -> Form[Any]:
    methods = profile.payment_methods
    form = forms.empty(
        name=profile.name,
        code=profile.code,
        version=str(profile.version),
        description=profile.texts.description,
        characters=_typed(profile.texts.most),
        pictures=_typed(profile.images.most),
        widths=", ".join(map(str, profile.images.widths)),
        lists=profile.lists,
        prices=profile.prices,
        stock=profile.stock,
        channel=profile.channel or "",
        payment_methods="" if methods is None else ", ".join(methods),
        budget_bytes=_typed(profile.budget_bytes),
        staleness_s=str(profile.staleness_s),
    )
    if profile.with_staff_notes:
        form.values["with_staff_notes"] = "true"
    form.many["left_out"] = list(profile.left_out)
    return form


def _typed(number: int | None) -> str:
    return "" if number is None else str(number)


def _code(form: Form[Any]) -> str:
    """The short name as typed. Raises InvalidInput when it can be none."""
    code = form.values.get("code", "").strip()
    if forms.convert(form, {"code": code}, _Coded) is None:
        raise forms.refused("code", "invalid_handle")
    return code


class _Coded(msgspec.Struct):
    code: profiles.Code


def _wanted(form: Form[Any]) -> WantedProfile | None:
    """The profile as typed; None when a field does not fit, and then the form says which."""
    typed = {name: text.strip() for name, text in form.values.items()}
    if not typed.get("name"):
        raise forms.refused("name", "required")
    numbers = {name: forms.read_whole(typed.get(name, ""), name) for name in _NUMBERS}
    methods = forms.listed(typed.get("payment_methods", ""))
    fields: dict[str, Any] = {
        "name": typed.get("name", ""),
        "left_out": [each for each in _ALL if each in form.many.get("left_out", ())],
        "images": {
            "most": forms.read_whole(typed.get("pictures", ""), "pictures"),
            "widths": [
                forms.read_whole(each, "widths") for each in forms.listed(typed.get("widths", ""))
            ],
        },
        "texts": {
            "description": typed.get("description", "html"),
            "most": forms.read_whole(typed.get("characters", ""), "characters"),
        },
        "lists": typed.get("lists", "whole"),
        "prices": typed.get("prices", "whole"),
        "stock": typed.get("stock", "few_left"),
        "channel": typed.get("channel") or None,
        "payment_methods": methods or None,
        "with_staff_notes": "with_staff_notes" in typed,
        "budget_bytes": numbers["budget_bytes"],
        "staleness_s": numbers["staleness_s"] or 0,
    }
    wanted = forms.convert(form, fields, WantedProfile)
    _by_own_names(form)
    return wanted


def _by_own_names(form: Form[Any]) -> None:
    """What is wrong stands beside the fields as the form calls them."""
    for path, name in _FIELDS_OF_PATHS.items():
        for told in [each for each in form.errors if each.startswith(path)]:
            form.errors[name] = form.errors.pop(told)


ROUTES = [
    show_profiles,
    ask_for_profile,
    show_profile,
    save_profile,
    try_profile,
    restore_profile,
    remove_profile,
]
