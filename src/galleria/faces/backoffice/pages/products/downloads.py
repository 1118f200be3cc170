"""What variants of a product bring their buyers without a parcel: files, or licences of a pool."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import catalog, downloads
from galleria.commerce.catalog import ProductTree
from galleria.commerce.downloads import DigitalGoodNotFound, DigitalGoodView, NewDigitalGood
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError

MOST_CHOICES = 500  # variants to choose from in a list; further ones have the API
_NUMBERS = ("max_downloads", "valid_days", "low_at")
_FACTS = ("keeps_bought", "is_limited")


@get("/s/{slug:str}/products/{product_id:uuid}/downloads", scope="products:read")
async def show_downloads(
    desk: NamedDependency[Desk], product_id: FromPath[UUID]
) -> Response[bytes]:
    """Terms, files or pool of the variant asked for, or the first."""
    product = await catalog.get_product(desk.ctx, product_id)
    asked = forms.read_id(desk.question("variant", 40))
    chosen = _one_of(product, asked)
    return await _show(desk, product, chosen, _form_of(await _good(desk, chosen)))


def _one_of(product: ProductTree, asked: UUID | None) -> UUID:
    ids = [each.variant_id for each in product.variants]
    return asked if asked in ids else ids[0]


async def _good(desk: Desk, variant_id: UUID) -> DigitalGoodView | None:
    try:
        return await downloads.get_good(desk.ctx, variant_id)
    except DigitalGoodNotFound:
        return None


def _form_of(good: DigitalGoodView | None) -> Form[Any]:
    if good is None:
        return forms.empty(kind="", max_downloads="5")
    form = forms.empty(kind=good.kind)
    for name in _NUMBERS:
        number = getattr(good, name)
        form.values[name] = "" if number is None else str(number)
    for name in _FACTS:
        form.values[name] = "true" if getattr(good, name) else ""
    return form


async def _show(
    desk: Desk, product: ProductTree, chosen: UUID, form: Form[Any], status: int = 200
) -> Response[bytes]:
    return desk.show(
        "products/downloads.html",
        status,
        product=product,
        chosen=str(chosen),
        choices=[
            (str(each.variant_id), " · ".join(each.option_values) or product.title)
            for each in product.variants[:MOST_CHOICES]
        ],
        good=await _good(desk, chosen),
        form=form,
        tab="downloads",
    )


@post("/s/{slug:str}/products/{product_id:uuid}/downloads", scope="products:write")
async def save_terms(desk: NamedDependency[Desk], product_id: FromPath[UUID]) -> Response[bytes]:
    """The variant is had on these terms, or is sent."""
    product = await catalog.get_product(desk.ctx, product_id)
    form = desk.form
    chosen = _chosen(product, form.values)
    try:
        if not form.values.get("kind"):
            if await _good(desk, chosen) is not None:
                await downloads.remove_good(desk.ctx, chosen)
            return _go(desk, product, chosen, Notice("saved", name=product.title[:80]))
        fields: dict[str, Any] = {"kind": form.values["kind"]}
        for name in _NUMBERS:
            fields[name] = forms.read_whole(form.values.get(name, ""), name)
        for name in _FACTS:
            fields[name] = form.values.get(name) == "true"
        wanted = forms.convert(form, fields, NewDigitalGood)
        if wanted is None:
            return await _show(desk, product, chosen, form, 422)
        await downloads.set_good(desk.ctx, chosen, wanted)
    except GalleriaError as error:
        forms.refuse(form, error)
        return await _show(desk, product, chosen, form, error.status)
    return _go(desk, product, chosen, Notice("saved", name=product.title[:80]))


def _chosen(product: ProductTree, values: dict[str, str]) -> UUID:
    return _one_of(product, forms.read_id(values.get("variant_id", "")))


def _go(desk: Desk, product: ProductTree, chosen: UUID, notice: Notice) -> Response[bytes]:
    place = desk.at(f"/products/{product.product_id}/downloads?variant={chosen}")
    return desk.go(place, notice)


# Under an address of its own, so that the gateway lets more through than a form has.
@post(
    "/uploads/{slug:str}/products/{product_id:uuid}/downloads",
    scope="products:write",
    streams=True,
    request_max_body_size=None,
)
async def send_file(desk: NamedDependency[Desk], product_id: FromPath[UUID]) -> Response[bytes]:
    """The file is sold with the variant, in the place of another or beside the others."""
    upload = await desk.upload()
    product = await catalog.get_product(desk.ctx, product_id)
    chosen = _chosen(product, upload.fields)
    replaces = forms.read_id(upload.fields.get("replaces", ""))
    added = 0
    try:
        async for name, content in upload.files():
            await downloads.add_file(desk.ctx, chosen, name, content, replaces=replaces)
            added += 1
            break
        if not added:
            raise forms.refused("file", "file_needed")
    except GalleriaError as error:
        form = _form_of(await _good(desk, chosen))
        forms.refuse(form, error)
        form.errors.setdefault("file", form.message)
        return await _show(desk, product, chosen, form, error.status)
    return _go(desk, product, chosen, Notice("saved", name=product.title[:80]))


@post(
    "/s/{slug:str}/products/{product_id:uuid}/downloads/files/{download_file_id:uuid}/retire",
    scope="products:write",
)
async def retire_file(
    desk: NamedDependency[Desk], product_id: FromPath[UUID], download_file_id: FromPath[UUID]
) -> Response[bytes]:
    """The file is sold no longer."""
    product = await catalog.get_product(desk.ctx, product_id)
    chosen = _chosen(product, desk.form.values)
    await downloads.retire_file(desk.ctx, download_file_id)
    return _go(desk, product, chosen, Notice("removed"))


@post("/s/{slug:str}/products/{product_id:uuid}/downloads/licences", scope="products:write")
async def add_licences(desk: NamedDependency[Desk], product_id: FromPath[UUID]) -> Response[bytes]:
    """The licences typed are in the pool."""
    product = await catalog.get_product(desk.ctx, product_id)
    form = desk.form
    chosen = _chosen(product, form.values)
    lines = [each.strip() for each in form.values.get("licences", "").splitlines()]
    try:
        wanted = msgspec.convert(
            {"licences": [each for each in lines if each]}, downloads.NewLicences
        )
        brought = await downloads.add_licences(desk.ctx, chosen, wanted.licences)
    except msgspec.ValidationError:
        again = _form_of(await _good(desk, chosen))
        again.message = again.errors["licences"] = "invalid_licences"
        return await _show(desk, product, chosen, again, 422)
    except GalleriaError as error:
        again = _form_of(await _good(desk, chosen))
        forms.refuse(again, error)
        return await _show(desk, product, chosen, again, error.status)
    return _go(desk, product, chosen, Notice("licences_added", count=brought.added_count))


ROUTES = [show_downloads, save_terms, send_file, retire_file, add_licences]
