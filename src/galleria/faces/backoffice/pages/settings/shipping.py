"""How parcels go out, and what shoppers pay for it: flat rates, the first form."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import orders
from galleria.commerce.orders import NewShippingMethod, ShippingMethodChanges
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.foundation.money import Money
from galleria.platform import tenants

PLACE = "/settings/shipping"


@get("/s/{slug:str}/settings/shipping", scope="settings:read")
async def show_methods(desk: NamedDependency[Desk]) -> Response[bytes]:
    """All rates, those not offered at present too."""
    return await _show(desk, forms.empty())


async def _show(desk: Desk, form: Form[Any], status: int = 200) -> Response[bytes]:
    channels = await tenants.list_channels(desk.ctx)
    return desk.show(
        "settings/shipping.html",
        status,
        form=form,
        methods=await orders.list_methods(desk.ctx),
        currencies=list(dict.fromkeys(channel.currency for channel in channels)),
        locales=[each for each in desk.shop.locales if each != desk.shop.default_locale],
        amount_text=forms.amount_text,
        section="shipping",
    )


def _words(desk: Desk) -> dict[str, str]:
    return {
        locale: desk.form.values[f"translations.{locale}"].strip()[:200]
        for locale in desk.shop.locales
        if desk.form.values.get(f"translations.{locale}", "").strip()
    }


def _countries(form: Form[Any]) -> list[str]:
    return [each.upper() for each in forms.listed(form.values.get("countries", ""))]


@post("/s/{slug:str}/settings/shipping", scope="settings:write")
async def create_method(desk: NamedDependency[Desk]) -> Response[bytes]:
    """One more rate."""
    form = desk.form
    currency = form.values.get("currency", "").strip().upper()
    try:
        price = forms.read_amount(form.values.get("price", ""), currency, "price")
        free_from = forms.read_amount(form.values.get("free_from", ""), currency, "free_from")
        if price is None:
            raise forms.refused("price", "required")
        fields = {
            "code": form.values.get("code", "").strip(),
            "name": form.values.get("name", "").strip(),
            "price": Money(price, currency),
            "free_from": None if free_from is None else Money(free_from, currency),
            "translations": _words(desk),
            "countries": _countries(form),
        }
        wanted = forms.convert(form, fields, NewShippingMethod)
        if wanted is None:
            return await _show(desk, form, 422)
        await orders.create_method(desk.ctx, wanted)
    except GalleriaError as error:
        forms.refuse(form, error)
        if error.code == "shipping_method_code_taken":
            form.errors["code"] = error.code
        return await _show(desk, form, error.status)
    return desk.go(desk.at(PLACE), Notice("saved", name=wanted.name[:80]))


@post("/s/{slug:str}/settings/shipping/{method_id:uuid}", scope="settings:write")
async def save_method(desk: NamedDependency[Desk], method_id: FromPath[UUID]) -> Response[bytes]:
    """The rate as its form has it; its code and currency stay."""
    form, prefix = desk.form, f"methods[{method_id}]"
    currency = form.values.get("currency", "").strip()
    try:
        price = forms.read_amount(form.values.get("price", ""), currency, "price")
        if price is None:
            raise forms.refused("price", "required")
        fields: dict[str, Any] = {
            "name": form.values.get("name", "").strip(),
            "price_minor": price,
            "free_from_minor": forms.read_amount(
                form.values.get("free_from", ""), currency, "free_from"
            ),
            "translations": _words(desk),
            "countries": _countries(form),
            "is_active": "is_active" in form.values,
        }
        changes = forms.convert(form, fields, ShippingMethodChanges)
        if changes is not None:
            version = forms.read_whole(form.values.get("version", "") or "0", "version", most=2**53)
            await orders.update_method(desk.ctx, method_id, changes, version)
            return desk.go(desk.at(PLACE), Notice("saved", name=fields["name"]))
    except GalleriaError as error:
        forms.refuse(form, error)
    shown = forms.empty()
    shown.message = form.message
    shown.errors = {f"{prefix}.{name}": code for name, code in form.errors.items()}
    shown.values |= {f"{prefix}.{name}": text for name, text in form.values.items()}
    return await _show(desk, shown, 422)


@post("/s/{slug:str}/settings/shipping/{method_id:uuid}/remove", scope="settings:write")
async def remove_method(desk: NamedDependency[Desk], method_id: FromPath[UUID]) -> Response[bytes]:
    """The rate is gone; orders keep its name."""
    await orders.delete_method(desk.ctx, method_id)
    return desk.go(desk.at(PLACE), Notice("removed"))


ROUTES = [show_methods, create_method, save_method, remove_method]
