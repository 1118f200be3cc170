"""Orders: found, sent, cancelled, given back, and noted about."""

import re
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import downloads, orders
from galleria.commerce.orders import (
    Cancellation,
    Entry,
    NewFulfillment,
    NewRefund,
    OrderDetail,
    OrderFilter,
    Pieces,
    TrackingInput,
)
from galleria.engines.context import Context
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages import metafields
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.foundation.ids import new_id
from galleria.foundation.money import Money
from galleria.foundation.pagination import InvalidCursor
from galleria.platform import access

PAGE = 50
MOST_MEMBERS = 100
# The views of the list: what most people look for, each one click.
VIEWS: dict[str, OrderFilter] = {
    "all": OrderFilter(),
    "to_send": OrderFilter(status="placed", fulfillment_status="unfulfilled"),
    "begun": OrderFilter(status="placed", fulfillment_status="partly_fulfilled"),
    "sent": OrderFilter(status="placed", fulfillment_status="fulfilled"),
    "unpaid": OrderFilter(status="pending_payment"),
    "refunded": OrderFilter(payment_status="refunded"),
    "cancelled": OrderFilter(status="cancelled"),
    "past": OrderFilter(is_past=True),
}
_MINOR = re.compile(r"(\d{1,16}) ([A-Z]{3}) \(minor units\)")
_PIECES = re.compile(r"\d+ pieces ?")
_NUMBER = re.compile(r"#?\d{1,20}")


class Happening(msgspec.Struct, frozen=True):
    """A line of the order's history, with the person's name in place of their id."""

    entry: Entry
    who: str
    note: str
    amount: Money | None


@get("/s/{slug:str}/orders", scope="orders:read")
async def show_orders(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Orders, newest first."""
    view = desk.question("view") if desk.question("view") in VIEWS else "all"
    words, cursor = desk.question("q"), desk.question("cursor", 4_000) or None
    wanted = VIEWS[view]
    if words:
        is_number = _NUMBER.fullmatch(words) is not None
        found = {"number": words.lstrip("#")} if is_number else {"email": words}
        wanted = msgspec.structs.replace(wanted, **found)
    query = {"view": view if view != "all" else "", "q": words}
    query = {name: text for name, text in query.items() if text}
    try:
        page = await orders.list_orders(desk.ctx, wanted, cursor, PAGE)
    except InvalidCursor:
        return desk.go(desk.at("/orders"))
    return desk.show(
        "orders/list.html",
        page=page,
        view=view,
        views=list(VIEWS),
        words=words,
        next_page="?" + urlencode({**query, "cursor": page.next_cursor or ""}),
        first_page="?" + urlencode(query) if cursor else None,
    )


@get("/s/{slug:str}/orders/{order_id:uuid}", scope="orders:read")
async def show_order(desk: NamedDependency[Desk], order_id: FromPath[UUID]) -> Response[bytes]:
    """One order with all that can be done about it."""
    return await _show(desk, order_id, forms.empty())


@get("/s/{slug:str}/orders/past/{order_id:uuid}", scope="orders:read")
async def show_past_order(desk: NamedDependency[Desk], order_id: FromPath[UUID]) -> Response[bytes]:
    """An order of another system, to be read."""
    order = await orders.get_past_order(desk.ctx, order_id)
    currency = order.total.currency
    prices = [Money(line.price_minor, currency) for line in order.details.lines]
    return desk.show("orders/past.html", order=order, prices=prices)


async def _show(desk: Desk, order_id: UUID, form: Form[Any], status: int = 200) -> Response[bytes]:
    order = await orders.get_order(desk.ctx, order_id)
    # A refund is asked for once, however often its button is pressed.
    form.values["attempt"] = str(new_id())
    definitions = await metafields.definitions_of(desk.ctx, "order")
    kept = metafields.form_of(definitions, order.metafields, order.version).values
    form.values = {**kept, **form.values}
    return desk.show(
        "orders/order.html",
        status,
        order=order,
        form=form,
        history=await _history(desk.ctx, order),
        definitions=definitions,
        can_send=order.status == "placed" and any(line.open_quantity for line in order.lines),
        can_cancel=order.status == "placed"
        and not any(line.fulfilled_quantity for line in order.lines if line.is_shippable),
        downloads=await downloads.downloads_of(desk.ctx, order_id),
        can_refund=order.refundable.amount_minor > 0,
    )


async def _history(ctx: Context, order: OrderDetail) -> list[Happening]:
    """Newest first. Amounts come out of the notes that machines wrote."""
    members = (await access.list_members(ctx, None, MOST_MEMBERS)).items
    names = {f"person:{member.person_id}": member.name for member in members}
    history = []
    for entry in reversed(order.entries):
        amount = _MINOR.match(entry.note) if entry.kind.startswith("refund") else None
        note = entry.note[amount.end() :].strip() if amount else entry.note
        if entry.kind == "fulfilled":
            note = _PIECES.sub("", note)
        history.append(
            Happening(
                entry,
                names.get(entry.actor, entry.actor.partition(":")[0]),
                note,
                Money(int(amount[1]), amount[2]) if amount else None,
            )
        )
    return history


def _pieces(form: Form[Any], prefix: str) -> tuple[Pieces, ...]:
    """Pieces by line, those above none.

    Raises:
        InvalidInput: a field holds no number.
    """
    row = re.compile(rf"{prefix}\[({forms.ID})\]$")
    found = []
    for name, text in form.values.items():
        match = row.match(name)
        quantity = forms.read_whole(text, name, most=10_000) if match else None
        if match and quantity:
            found.append(Pieces(line_id=UUID(match[1]), quantity=quantity))
    return tuple(found[:100])


async def _refused(desk: Desk, order_id: UUID, error: GalleriaError) -> Response[bytes]:
    forms.refuse(desk.form, error)
    # What the order says about its own state is more to the point than any general sentence.
    if error.status == 409 and error.detail:
        desk.form.errors["order"] = error.detail
    return await _show(desk, order_id, desk.form, error.status)


@post("/s/{slug:str}/orders/{order_id:uuid}/fulfil", scope="orders:write")
async def fulfil_order(desk: NamedDependency[Desk], order_id: FromPath[UUID]) -> Response[bytes]:
    """A parcel leaves: with all that is left, or with the pieces that were named."""
    form = desk.form
    try:
        pieces = _pieces(form, "send")
        if not pieces and form.values.get("which") != "all":
            raise forms.refused("send", "nothing_chosen")
        tracking = forms.convert(form, _tracking(form), TrackingInput)
        if tracking is None:
            return await _show(desk, order_id, form, 422)
        lines = () if form.values.get("which") == "all" else pieces
        version = forms.read_whole(form.values.get("version", "") or "0", "version", most=2**53)
        parcel = NewFulfillment(lines=lines, tracking=tracking)
        await orders.fulfil_order(desk.ctx, order_id, parcel, version)
    except GalleriaError as error:
        return await _refused(desk, order_id, error)
    return desk.go(desk.at(f"/orders/{order_id}"), Notice("order_sent"))


@post("/s/{slug:str}/orders/{order_id:uuid}/downloads/send", scope="orders:write")
async def send_downloads(desk: NamedDependency[Desk], order_id: FromPath[UUID]) -> Response[bytes]:
    """The buyer has a letter with fresh links."""
    try:
        await orders.send_downloads(desk.ctx, order_id)
    except GalleriaError as error:
        return await _refused(desk, order_id, error)
    return desk.go(desk.at(f"/orders/{order_id}"), Notice("downloads_sent"))


@post("/s/{slug:str}/orders/{order_id:uuid}/downloads/{grant_id:uuid}", scope="orders:write")
async def change_download(
    desk: NamedDependency[Desk], order_id: FromPath[UUID], grant_id: FromPath[UUID]
) -> Response[bytes]:
    """The file can be fetched anew, or no more."""
    change = downloads.revoke if desk.form.values.get("verb") == "revoke" else downloads.renew
    try:
        await change(desk.ctx, grant_id)
    except GalleriaError as error:
        return await _refused(desk, order_id, error)
    return desk.go(desk.at(f"/orders/{order_id}"), Notice("saved"))


def _tracking(form: Form[Any]) -> dict[str, str]:
    names = ("carrier", "tracking_number", "tracking_url")
    typed = {name: form.values.get(name, "").strip() for name in names}
    return {name: text for name, text in typed.items() if text}


@post("/s/{slug:str}/orders/{order_id:uuid}/refund", scope="orders:write")
async def refund_order(desk: NamedDependency[Desk], order_id: FromPath[UUID]) -> Response[bytes]:
    """Money goes back: all that is left, for pieces, or an amount."""
    form = desk.form
    try:
        order = await orders.get_order(desk.ctx, order_id)
        wanted = _refund(form, order)
        key = form.values.get("attempt", "")[:100] or str(new_id())
        refund = await orders.refund_order(desk.ctx, order_id, wanted, key)
    except GalleriaError as error:
        return await _refused(desk, order_id, error)
    keys = {"succeeded": "refunded", "requested": "refund_requested", "failed": "refund_failed"}
    return desk.go(desk.at(f"/orders/{order_id}"), Notice(keys[refund.state]))


def _refund(form: Form[Any], order: OrderDetail) -> NewRefund:
    """What the form asks to give back. Only "all" gives all back: an empty form gives nothing.

    Raises:
        InvalidInput: nothing was named, or what was named is no number or amount.
    """
    way, currency = form.values.get("way", ""), order.currency
    reason = form.values.get("reason", "").strip()[:500]
    restock = "restock" in form.values
    if way == "all":
        return NewRefund(reason=reason, restock=restock)
    if way == "amount":
        amount_minor = forms.read_amount(form.values.get("amount", ""), currency, "amount")
        if not amount_minor:
            raise forms.refused("amount", "required")
        # Money without pieces brings nothing back on the shelf.
        return NewRefund(amount=Money(amount_minor, currency), reason=reason)
    pieces = _pieces(form, "refund")
    shipping_text = form.values.get("shipping_amount", "")
    shipping_minor = forms.read_amount(shipping_text, currency, "shipping_amount") or 0
    if not pieces and not shipping_minor:
        raise forms.refused("refund", "nothing_chosen")
    return NewRefund(lines=pieces, shipping_minor=shipping_minor, restock=restock, reason=reason)


@post("/s/{slug:str}/orders/{order_id:uuid}/cancel", scope="orders:write")
async def cancel_order(desk: NamedDependency[Desk], order_id: FromPath[UUID]) -> Response[bytes]:
    """The order will not be sent; the money goes back."""
    form = desk.form
    wanted = Cancellation(
        reason=form.values.get("reason", "").strip()[:500], restock="restock" in form.values
    )
    try:
        version = forms.read_whole(form.values.get("version", "") or "0", "version", most=2**53)
        await orders.cancel_order(desk.ctx, order_id, wanted, version)
    except GalleriaError as error:
        return await _refused(desk, order_id, error)
    return desk.go(desk.at(f"/orders/{order_id}"), Notice("order_cancelled"))


@post("/s/{slug:str}/orders/{order_id:uuid}/notes", scope="orders:write")
async def add_note(desk: NamedDependency[Desk], order_id: FromPath[UUID]) -> Response[bytes]:
    """A remark in the order's history, for our own people."""
    note = desk.form.values.get("note", "").strip()[:5_000]
    if not note:
        desk.form.errors["note"] = "required"
        return await _show(desk, order_id, desk.form, 422)
    await orders.add_note(desk.ctx, order_id, note)
    return desk.go(desk.at(f"/orders/{order_id}") + "#history", Notice("noted"))


@post("/s/{slug:str}/orders/{order_id:uuid}/metafields", scope="orders:write")
async def save_metafields(desk: NamedDependency[Desk], order_id: FromPath[UUID]) -> Response[bytes]:
    """What is kept beside the order is as the form says."""
    definitions = await metafields.definitions_of(desk.ctx, "order")
    try:
        changes, version = metafields.read(desk.form, definitions)
        await orders.change_metafields(desk.ctx, order_id, changes, version)
    except GalleriaError as error:
        return await _refused(desk, order_id, error)
    return desk.go(desk.at(f"/orders/{order_id}") + "#kept", Notice("saved"))


ROUTES = [
    show_orders,
    show_order,
    show_past_order,
    fulfil_order,
    send_downloads,
    change_download,
    refund_order,
    cancel_order,
    add_note,
    save_metafields,
]
