"""Views of the list of products that people keep."""

import pytest

from galleria.commerce import workbench
from galleria.commerce.workbench import NewView, TooManyViews, ViewChanges, ViewNotFound
from galleria.engines.context import Actor, Context


def as_person(ctx: Context, name: str) -> Context:
    """Somebody at work in the shop."""
    return ctx.as_actor(Actor("person", name))


async def test_a_view_is_its_owners_until_it_is_shared(ctx: Context) -> None:
    mia, ben = as_person(ctx, "mia"), as_person(ctx, "ben")
    view = await workbench.save_view(mia, NewView(name="Sold out", question="shelf=out"))
    assert [each.name for each in await workbench.list_views(mia)] == ["Sold out"]
    assert await workbench.list_views(ben) == []

    await workbench.update_view(mia, view.view_id, ViewChanges(is_shared=True, name="Gone"))
    assert [each.name for each in await workbench.list_views(ben)] == ["Gone"]
    with pytest.raises(ViewNotFound):
        await workbench.update_view(ben, view.view_id, ViewChanges(name="Mine"))
    with pytest.raises(ViewNotFound):
        await workbench.remove_view(ben, view.view_id)
    await workbench.remove_view(mia, view.view_id)
    assert await workbench.list_views(ben) == []


async def test_only_one_view_is_where_the_list_begins(ctx: Context) -> None:
    mia = as_person(ctx, "mia")
    for name in ("One", "Two"):
        view = await workbench.save_view(mia, NewView(name=name, question="sort=title"))
        await workbench.update_view(mia, view.view_id, ViewChanges(is_default=True))
    found = {each.name: each.is_default for each in await workbench.list_views(mia)}
    assert found == {"One": False, "Two": True}


async def test_nobody_keeps_more_views_than_can_be_looked_through(ctx: Context) -> None:
    mia = as_person(ctx, "mia")
    for number in range(50):
        await workbench.save_view(mia, NewView(name=f"View {number}", question=""))
    with pytest.raises(TooManyViews):
        await workbench.save_view(mia, NewView(name="One more", question=""))
