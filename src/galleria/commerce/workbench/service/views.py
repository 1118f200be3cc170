"""Views of the list of products: kept, shared, changed and dropped by whoever is at work."""

from uuid import UUID

import msgspec
from msgspec import UNSET

from galleria.commerce.workbench.errors import TooManyViews, ViewNotFound
from galleria.commerce.workbench.model.views import MOST_VIEWS, NewView, SavedView, ViewChanges
from galleria.commerce.workbench.repository import views as repository
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.foundation.ids import new_id


def _owner(ctx: Context) -> str:
    return f"{ctx.actor.kind}:{ctx.actor.actor_id}"


async def list_views(ctx: Context) -> list[SavedView]:
    """The actor's own views of this shop and at most 50 that others share, oldest first."""
    return await repository.views_for(ctx, _owner(ctx), MOST_VIEWS)


async def save_view(ctx: Context, wanted: NewView) -> SavedView:
    """The actor has one view more.

    Raises:
        TooManyViews: there are 50.
    """
    owner = _owner(ctx)
    async with ctx.transaction() as tx:
        there = await repository.views_for(tx, owner, MOST_VIEWS)
        if sum(each.owner == owner for each in there) >= MOST_VIEWS:
            raise TooManyViews(f"there are {MOST_VIEWS} views; drop one that is not needed")
        view = SavedView(
            view_id=new_id(),
            owner=owner,
            name=wanted.name.strip(),
            question=wanted.question,
            is_shared=wanted.is_shared,
            is_default=False,
        )
        await repository.save_view(tx, view)
    return view


async def update_view(ctx: Context, view_id: UUID, changes: ViewChanges) -> SavedView:
    """The view with these changes.

    Raises:
        ViewNotFound: the actor has none such.
    """
    fields = {name: getattr(changes, name) for name in changes.__struct_fields__}
    fields = {name: value for name, value in fields.items() if value is not UNSET}
    async with ctx.transaction() as tx:
        view = msgspec.structs.replace(await _own(ctx, tx, view_id), **fields)
        await repository.save_view(tx, view)
    return view


async def remove_view(ctx: Context, view_id: UUID) -> None:
    """The view is gone, for everybody it was shared with as well.

    Raises:
        ViewNotFound: the actor has none such.
    """
    async with ctx.transaction() as tx:
        await _own(ctx, tx, view_id)
        await repository.delete_view(tx, view_id)


async def _own(ctx: Context, tx: Transaction, view_id: UUID) -> SavedView:
    view = await repository.lock_view(tx, view_id)
    if view is None or view.owner != _owner(ctx):
        raise ViewNotFound("there is no such view, or it is somebody else's")
    return view
