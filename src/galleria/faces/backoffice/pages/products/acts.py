"""Many products changed at once: asked for, looked at before, watched, taken back."""

from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import catalog, pricing, workbench
from galleria.commerce.catalog import Labels
from galleria.commerce.pricing import PriceFormula
from galleria.commerce.workbench import (
    Act,
    Delete,
    NewAct,
    Relabel,
    Reprice,
    Selection,
    SetStatus,
    Wanted,
)
from galleria.engines.context import Context
from galleria.engines.search_index import SearchUnavailable
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.errors import ScopeMissing
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages.products.grid import Choices
from galleria.faces.backoffice.pages.products.places import categories_to_choose
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.platform import tenants

ROWS_SHOWN = 20
KINDS = (
    "publish",
    "unpublish",
    "archive",
    "add_tags",
    "remove_tags",
    "add_category",
    "remove_category",
    "prices",
    "delete",
)
_STATUS_OF: dict[str, Any] = {"publish": "active", "unpublish": "draft", "archive": "archived"}


class Progress(msgspec.Struct, frozen=True):
    """What the page asks for while an act is under way. `share` is 0 to 1."""

    state: str
    has_ended: bool
    share: float
    looked_at_count: int
    changed_count: int
    refused_count: int
    undone_count: int


def progress_of(act: Act) -> Progress:
    """How far an act is."""
    done, total = act.looked_at_count, act.at_most
    if act.state == "undoing":
        done, total = act.undone_count, act.changed_count
    share = 1.0 if act.has_ended else min(1.0, done / max(total, 1))
    names = [name for name in Progress.__struct_fields__ if name != "share"]
    return Progress(**{name: getattr(act, name) for name in names}, share=round(share, 4))


@post("/s/{slug:str}/products/acts/new", scope="products:write")
async def ask_for_act(desk: NamedDependency[Desk]) -> Response[bytes]:
    """What may be done with the products that were ticked, or all that fit."""
    form = desk.form
    form.values.setdefault("kind", "add_tags")
    form.values["scope"] = "ticked" if form.many.get("product_id") else "all"
    return await _show_new(desk, form)


async def _show_new(
    desk: Desk, form: Form[Any], status: int = 200, preview: "pricing.Preview | None" = None
) -> Response[bytes]:
    ctx = desk.ctx
    currency = (await tenants.channel_of(ctx)).currency
    ids = forms.chosen_ids(form.many.get("product_id", []))
    question = form.values.get("question", "")
    names: dict[UUID, catalog.VariantView] = {}
    if preview is not None:
        rows = [each.variant_id for each in preview.rows[:ROWS_SHOWN]]
        names = {each.variant_id: each for each in await catalog.variants_of(ctx, rows)}
    return desk.show(
        "products/act_new.html",
        status,
        form=form,
        product_ids=ids,
        question=question,
        at_most=await _at_most(ctx, _choices(question).wanted(currency)),
        categories=await categories_to_choose(ctx),
        kinds=[each for each in KINDS if each != "prices" or desk.may("prices:write")],
        preview=preview,
        rows_shown=ROWS_SHOWN,
        names=names,
        currency=currency,
        amount_text=forms.amount_text,
        is_looked_at="looked_at" in form.values,
    )


async def _at_most(ctx: Context, wanted: Wanted) -> int:
    """How many products may be concerned: all of the shop while the index cannot answer."""
    try:
        return await workbench.count_products(ctx, wanted)
    except SearchUnavailable:
        return sum((await catalog.count_products(ctx)).values())


def _choices(question: str) -> Choices:
    given = dict(parse_qsl(question[:4_000]))
    return Choices(**{k: v[:200] for k, v in given.items() if k in Choices.__struct_fields__})


@post("/s/{slug:str}/products/acts/look", scope="products:write")
async def look_at_act(desk: NamedDependency[Desk]) -> Response[bytes]:
    """What would be done, before it is."""
    form = desk.form
    form.values.pop("looked_at", None)
    try:
        wanted = await _act_in(desk)
        preview = None
        if isinstance(wanted.change, Reprice):
            preview = await workbench.preview_prices(desk.ctx, wanted)
    except GalleriaError as error:
        forms.refuse(form, error, {"formula.steps[0].percent": "percent"})
        return await _show_new(desk, form, error.status)
    form.values["looked_at"] = "1"
    return await _show_new(desk, form, preview=preview)


@post("/s/{slug:str}/products/acts", scope="products:write")
async def start_act(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The change is under way, and can be watched."""
    try:
        act = await workbench.start_act(desk.ctx, await _act_in(desk))
    except GalleriaError as error:
        forms.refuse(desk.form, error)
        return await _show_new(desk, desk.form, error.status)
    return desk.go(desk.at(f"/products/acts/{act.act_id}"))


async def _act_in(desk: Desk) -> NewAct:
    """What the form asks for.

    Raises:
        InvalidInput, InvalidAct: it cannot be done.
        ScopeMissing: it changes prices, which the person may not.
    """
    form = desk.form
    currency = (await tenants.channel_of(desk.ctx)).currency
    if form.values.get("scope") == "all":
        question = form.values.get("question", "")
        selection = Selection(wanted=_choices(question).wanted(currency))
    else:
        ids = forms.chosen_ids(form.many.get("product_id", []))
        if not ids:
            raise forms.refused("scope", "nothing_chosen")
        selection = Selection(product_ids=tuple(ids))
    return NewAct(change=_change_in(desk, currency), selection=selection)


def _change_in(desk: Desk, currency: str) -> SetStatus | Relabel | Reprice | Delete:
    values = desk.form.values
    kind = values.get("kind", "")
    if kind in _STATUS_OF:
        return SetStatus(status=_STATUS_OF[kind])
    if kind == "delete":
        return Delete()
    if kind == "prices":
        if not desk.may("prices:write"):
            raise ScopeMissing("this needs prices:write")
        return Reprice(formula=_formula_in(values, currency))
    if kind in ("add_tags", "remove_tags"):
        tags = tuple(tag[:255] for tag in forms.listed(values.get("tags", "")))[:50]
        if not tags:
            raise forms.refused("tags", "required")
        gains = kind == "add_tags"
        return Relabel(labels=Labels(add_tags=tags) if gains else Labels(remove_tags=tags))
    if kind in ("add_category", "remove_category"):
        category_id = forms.read_id(values.get("category", ""))
        if category_id is None:
            raise forms.refused("category", "required")
        if kind == "add_category":
            return Relabel(labels=Labels(add_category_ids=(category_id,)))
        return Relabel(labels=Labels(remove_category_ids=(category_id,)))
    raise forms.refused("kind", "unknown_value")


def _formula_in(values: dict[str, str], currency: str) -> PriceFormula:
    """The steps that the form names: by how much, and what the prices end in."""
    steps: list[dict[str, Any]] = []
    percent = values.get("percent", "").strip().replace(",", ".").replace("\u2212", "-")
    if values.get("keeps_before") == "true":
        steps.append({"do": "keep_as_compare_at"})
    if percent:
        steps.append({"do": "percent", "percent": percent.removeprefix("+")})
    added = values.get("amount", "").strip().replace("\u2212", "-")
    if added:
        amount = forms.read_amount(added.removeprefix("-"), currency, "amount") or 0
        steps.append({"do": "add", "amount_minor": -amount if added.startswith("-") else amount})
    if values.get("ending", "").strip():
        steps.append({"do": "end_in", "ending": values["ending"].strip().replace(",", ".")})
    if not percent and not added and len(steps) == 0:
        raise forms.refused("percent", "required")
    try:
        return msgspec.convert({"steps": steps}, PriceFormula)
    except msgspec.ValidationError:
        raise forms.refused("percent", "invalid_number") from None


@get("/s/{slug:str}/products/acts", scope="products:read")
async def show_acts(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The last changes of many products."""
    return desk.show(
        "products/acts.html", acts=await workbench.list_acts(desk.ctx), kind_of=kind_of
    )


@get("/s/{slug:str}/products/acts/{act_id:uuid}", scope="products:read")
async def show_act(desk: NamedDependency[Desk], act_id: FromPath[UUID]) -> Response[bytes]:
    """How far it is, and what it did."""
    return await _show_act(desk, act_id, forms.empty())


async def _show_act(
    desk: Desk, act_id: UUID, form: Form[Any], status: int = 200
) -> Response[bytes]:
    act = await workbench.get_act(desk.ctx, act_id)
    return desk.show(
        "products/act.html",
        status,
        act=act,
        kind=kind_of(act),
        progress=progress_of(act),
        form=form,
    )


def kind_of(act: Act) -> str:
    """Which of the kinds an act is."""
    change = act.change
    if isinstance(change, SetStatus):
        return next(kind for kind, status in _STATUS_OF.items() if status == change.status)
    if isinstance(change, Reprice):
        return "prices"
    if isinstance(change, Delete):
        return "delete"
    labels = change.labels
    if labels.add_tags or labels.remove_tags:
        return "add_tags" if labels.add_tags else "remove_tags"
    return "add_category" if labels.add_category_ids else "remove_category"


@get("/s/{slug:str}/products/acts/{act_id:uuid}/progress.json", scope="products:read")
async def show_progress(desk: NamedDependency[Desk], act_id: FromPath[UUID]) -> Response[bytes]:
    """How far it is, for the script that moves the bar."""
    act = await workbench.get_act(desk.ctx, act_id)
    return Response(
        msgspec.json.encode(progress_of(act)),
        media_type="application/json",
        headers={"cache-control": "no-store"},
    )


@post("/s/{slug:str}/products/acts/{act_id:uuid}/undo", scope="products:write")
async def undo_act(desk: NamedDependency[Desk], act_id: FromPath[UUID]) -> Response[bytes]:
    """It is taken back, as far as nobody has changed the products since."""
    act = await workbench.get_act(desk.ctx, act_id)
    if isinstance(act.change, Reprice) and not desk.may("prices:write"):
        raise ScopeMissing("this needs prices:write")
    try:
        await workbench.undo_act(desk.ctx, act_id)
    except workbench.ActNotUndoable as error:
        forms.refuse(desk.form, error)
        return await _show_act(desk, act_id, desk.form, error.status)
    return desk.go(desk.at(f"/products/acts/{act_id}"), Notice("act_undo"))


ROUTES = [
    ask_for_act,
    look_at_act,
    start_act,
    show_acts,
    show_act,
    show_progress,
    undo_act,
]
