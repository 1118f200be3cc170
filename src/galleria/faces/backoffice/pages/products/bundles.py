"""What variants of a product consist of when they are sold as sets of others."""

import re
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import assortment, catalog
from galleria.commerce.assortment import BundleView, NewBundle
from galleria.commerce.catalog import ProductTree
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.foundation.money import Money
from galleria.platform import tenants

MOST_CHOICES = 500  # variants to choose from in a list; further ones have the API and files
MOST_LINES = 50
_LINE = re.compile(r"(?:([0-9]{1,3})\s*[x\u00d7*]\s*)?(\S.*)")
_PERCENT = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,2}))?\s*%?")


@get("/s/{slug:str}/products/{product_id:uuid}/bundles", scope="products:read")
async def show_bundles(desk: NamedDependency[Desk], product_id: FromPath[UUID]) -> Response[bytes]:
    """The bundles of the product, and a form for the variant asked for, or the first."""
    bundles = await assortment.list_bundles(desk.ctx, product_id)
    product = await catalog.get_product(desk.ctx, product_id)
    asked = forms.read_id(desk.question("variant", 40))
    first = asked or (bundles[0].variant_id if bundles else product.variants[0].variant_id)
    chosen = next((each for each in bundles if each.variant_id == first), None)
    return await _show(desk, product, bundles, _form_of(first, chosen))


def _form_of(variant_id: UUID, bundle: BundleView | None) -> Form[Any]:
    form = forms.empty(variant_id=str(variant_id), pricing="own")
    if bundle is None:
        return form
    form.values["components"] = "\n".join(
        f"{each.quantity} x {each.sku or each.variant_id}" for each in bundle.components
    )
    form.values["pricing"] = bundle.pricing
    if bundle.discount_bp:
        whole, rest = divmod(bundle.discount_bp, 100)
        form.values["percent"] = f"{whole}.{rest:02}"
    for off in bundle.discounts:
        form.values[f"off.{off.currency}"] = forms.amount_text(off.amount_minor, off.currency)
    return form


async def _show(
    desk: Desk,
    product: ProductTree,
    bundles: list[BundleView],
    form: Form[Any],
    status: int = 200,
) -> Response[bytes]:
    names = {
        each.variant_id: " · ".join(each.option_values) or product.title
        for each in product.variants
    }
    return desk.show(
        "products/bundles.html",
        status,
        product=product,
        bundles=bundles,
        names=names,
        choices=[(str(key), name) for key, name in names.items()][:MOST_CHOICES],
        currencies=await _currencies(desk),
        form=form,
        tab="bundles",
    )


async def _currencies(desk: Desk) -> list[str]:
    """Those the shop sells in, each once."""
    channels = await tenants.list_channels(desk.ctx)
    return list(dict.fromkeys(each.currency for each in channels))


@post("/s/{slug:str}/products/{product_id:uuid}/bundles", scope="products:write")
async def save_bundle(desk: NamedDependency[Desk], product_id: FromPath[UUID]) -> Response[bytes]:
    """The variant consists of what was typed."""
    product = await catalog.get_product(desk.ctx, product_id)
    form = desk.form
    try:
        variant_id = _variant_of(product, form)
        fields = {
            "components": await _components(desk, form.values.get("components", "")),
            "pricing": form.values.get("pricing", "own"),
            "discount_bp": _percent(form.values.get("percent", "")),
            "discounts": _amounts(form, await _currencies(desk)),
        }
        wanted = forms.convert(form, fields, NewBundle)
        if wanted is not None:
            await assortment.set_bundle(desk.ctx, variant_id, wanted)
            return desk.go(_address(desk, product_id), Notice("saved", name=product.title[:80]))
        status = 422
    except GalleriaError as error:
        forms.refuse(form, error, {"discounts": "percent"})
        for each in error.errors:
            if each.path.startswith("components["):
                form.errors["components"] = form.errors[each.path]
        status = error.status
    return await _show(
        desk, product, await assortment.list_bundles(desk.ctx, product_id), form, status
    )


@post("/s/{slug:str}/products/{product_id:uuid}/bundles/remove", scope="products:write")
async def remove_bundle(desk: NamedDependency[Desk], product_id: FromPath[UUID]) -> Response[bytes]:
    """The variant chosen is sold as itself again."""
    product = await catalog.get_product(desk.ctx, product_id)
    await assortment.remove_bundle(desk.ctx, _variant_of(product, desk.form))
    return desk.go(_address(desk, product_id), Notice("removed"))


def _address(desk: Desk, product_id: UUID) -> str:
    return desk.at(f"/products/{product_id}/bundles")


def _variant_of(product: ProductTree, form: Form[Any]) -> UUID:
    """The variant the form is about; it must be one of the product's."""
    chosen = forms.read_id(form.values.get("variant_id", ""))
    if chosen is None or all(each.variant_id != chosen for each in product.variants):
        raise forms.refused("variant_id", "required")
    return chosen


async def _components(desk: Desk, text: str) -> list[dict[str, Any]]:
    """The variants named line by line, by SKU or id, with how many of each."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise forms.refused("components", "required")
    if len(lines) > MOST_LINES:
        raise forms.refused("components", "too_many")
    named = [match for line in lines if (match := _LINE.fullmatch(line[:200])) is not None]
    found = await catalog.variants_by_sku(desk.ctx, [match[2] for match in named])
    components = []
    for match in named:
        variant_id = found.get(match[2]) or forms.read_id(match[2])
        if variant_id is None:
            raise forms.refused("components", "unknown_component")
        components.append({"variant_id": variant_id, "quantity": int(match[1] or 1)})
    return components


def _percent(text: str) -> int:
    """Hundredths of a percent."""
    if not text.strip():
        return 0
    match = _PERCENT.fullmatch(text.strip())
    found = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0")) if match else -1
    if not 0 <= found <= 10_000:
        raise forms.refused("percent", "out_of_range")
    return found


def _amounts(form: Form[Any], currencies: list[str]) -> list[Money]:
    amounts = []
    for currency in currencies:
        name = f"off.{currency}"
        amount_minor = forms.read_amount(form.values.get(name, ""), currency, name)
        if amount_minor is not None:
            amounts.append(Money(amount_minor, currency))
    return amounts


ROUTES = [show_bundles, save_bundle, remove_bundle]
