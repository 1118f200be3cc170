"""The rule of a collection as rows of conditions; every button works without scripts."""

import re
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import attributes, catalog, collections
from galleria.commerce.collections import Collection, CollectionChanges, Group, Preview
from galleria.engines.context import Context
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages.collections import rule_rows
from galleria.faces.backoffice.pages.collections.rule_rows import Facts
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.platform import tenants

_ACTION = re.compile(r"(add|drop):([0-9]{1,3})")


@get("/s/{slug:str}/collections/{collection_id:uuid}/rule", scope="products:read")
async def show_rule(desk: NamedDependency[Desk], collection_id: FromPath[UUID]) -> Response[bytes]:
    """The rule, or an empty row to begin one."""
    collection = await collections.get_collection(desk.ctx, collection_id)
    rule = collection.rule or Group()
    form = forms.empty(rows="0", groups="0", match=rule.match)
    if rule_rows.fits(rule):
        form = rule_rows.rows_of(rule, await _facts(desk.ctx))
    if form.values["rows"] == "0":
        rule_rows.add_row(form, 0)
    return await _show(desk, collection, form)


async def _facts(ctx: Context) -> Facts:
    """What the rows need of the shop."""
    channel = await tenants.channel_of(ctx, None)
    return Facts(
        currency=channel.currency,
        categories=await catalog.all_categories(ctx),
        attributes=(await attributes.dictionary(ctx)).by_code,
    )


async def _show(
    desk: Desk,
    collection: Collection,
    form: Form[Any],
    status: int = 200,
    preview: Preview | None = None,
) -> Response[bytes]:
    facts = await _facts(desk.ctx)
    count = rule_rows.count_of(form, "rows", rule_rows.MOST_ROWS)
    groups = rule_rows.count_of(form, "groups", rule_rows.MOST_GROUPS)
    rows: list[list[int]] = [[] for _ in range(groups + 1)]
    for at in range(count):
        number = rule_rows.count_of(form, f"rows[{at}].group", rule_rows.MOST_GROUPS)
        rows[min(number, groups)].append(at)
    return desk.show(
        "collections/rule.html",
        status,
        collection=collection,
        form=form,
        kinds=rule_rows.KINDS,
        rows=rows,
        may_add=count < rule_rows.MOST_ROWS,
        may_group=groups < rule_rows.MOST_GROUPS,
        currency=facts.currency,
        categories=facts.categories[:400],
        is_deep=collection.rule is not None and not rule_rows.fits(collection.rule),
        preview=preview,
    )


@post("/s/{slug:str}/collections/{collection_id:uuid}/rule", scope="products:write")
async def change_rule(
    desk: NamedDependency[Desk], collection_id: FromPath[UUID]
) -> Response[bytes]:
    """What the pressed button asks for: a row more or less, a look at what it gives, or to save."""
    collection = await collections.get_collection(desk.ctx, collection_id)
    form = desk.form
    action = form.values.get("action", "")
    if action == "by_hand":
        by_hand = CollectionChanges(rule=None)
        await collections.update_collection(desk.ctx, collection_id, by_hand)
        return desk.go(desk.at(f"/collections/{collection_id}"), Notice("rule_gone"))
    if _reshape(form, action):
        return await _show(desk, collection, form)
    names: dict[str, str] = {}
    try:
        rule, names = rule_rows.rule_of(form, await _facts(desk.ctx))
        if action == "preview":
            preview = await collections.preview_rule(desk.ctx, rule)
            return await _show(desk, collection, form, preview=preview)
        changes = CollectionChanges(rule=rule)
        await collections.update_collection(desk.ctx, collection_id, changes)
    except GalleriaError as error:
        rule_rows.refuse(form, error, names)
        return await _show(desk, collection, form, error.status)
    return desk.go(desk.at(f"/collections/{collection_id}"), Notice("rule_saved"))


def _reshape(form: Form[Any], action: str) -> bool:
    """The form has another row or group, or one less, if the button was one for that."""
    match = _ACTION.fullmatch(action)
    if match is not None and match[1] == "add":
        rule_rows.add_row(form, int(match[2]))
    elif match is not None:
        rule_rows.drop_row(form, int(match[2]))
    elif action == "group":
        groups = rule_rows.count_of(form, "groups", rule_rows.MOST_GROUPS)
        form.values["groups"] = str(min(groups + 1, rule_rows.MOST_GROUPS))
        rule_rows.add_row(form, groups + 1)
    else:
        return False
    return True


ROUTES = [show_rule, change_rule]
