"""Views of the list of products that somebody keeps: saved, named, shared, dropped."""

from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import workbench
from galleria.commerce.workbench import NewView, ViewChanges
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages.products.grid import Choices
from galleria.faces.backoffice.visits import Desk

LONGEST_NAME = 80


def _question_in(text: str) -> str:
    """What of an address a view keeps: what narrows the list and how it is shown."""
    kept = set(Choices.__struct_fields__) - {"view", "edit"}
    return urlencode([(name, value) for name, value in parse_qsl(text[:4_000]) if name in kept])


def _name_in(desk: Desk) -> str:
    name = " ".join(desk.form.values.get("name", "").split())[:LONGEST_NAME]
    if not name:
        raise forms.refused("name", "required")
    return name


@post("/s/{slug:str}/products/views", scope="products:write")
async def save_view(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The list as it is shown is kept under a name."""
    view = await workbench.save_view(
        desk.ctx,
        NewView(
            name=_name_in(desk),
            question=_question_in(desk.form.values.get("question", "")),
            is_shared="is_shared" in desk.form.values,
        ),
    )
    notice = Notice("view_saved", name=view.name)
    return desk.go(f"{desk.at('/products')}?{view.question}&view={view.view_id}", notice)


@post("/s/{slug:str}/products/views/{view_id:uuid}", scope="products:write")
async def change_view(desk: NamedDependency[Desk], view_id: FromPath[UUID]) -> Response[bytes]:
    """The view has another name or another list, is shared or not, or is gone."""
    values = desk.form.values
    if values.get("action") == "remove":
        await workbench.remove_view(desk.ctx, view_id)
        return desk.go(f"{desk.at('/products')}?view=none", Notice("view_removed"))
    changes = ViewChanges(
        name=_name_in(desk),
        question=_question_in(values.get("question", "")),
        is_shared="is_shared" in values,
        is_default="is_default" in values,
    )
    view = await workbench.update_view(desk.ctx, view_id, changes)
    notice = Notice("view_saved", name=view.name)
    return desk.go(f"{desk.at('/products')}?{view.question}&view={view.view_id}", notice)


ROUTES = [save_view, change_view]
