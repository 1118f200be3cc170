"""The work-bench: any product found by anything said of it, on sale or not, and many changed at
once.

Tables `workbench.entry` (what each product comes to), `mark` and `mark_count` (which products are
so, and how many), `filling` (how far an older shop is taken in), `saved_view`, `act` and `act_step`
(changes of many products, and what takes them back). Event `workbench.act_requested.v1`. Entries
can be made anew from the other rooms.
"""

from galleria.commerce.workbench.errors import (
    ActNotFound,
    ActNotUndoable,
    InvalidAct,
    TooManyViews,
    ViewNotFound,
)
from galleria.commerce.workbench.events import ActRequested
from galleria.commerce.workbench.model.acts import (
    MOST_CHOSEN,
    Act,
    Delete,
    NewAct,
    Relabel,
    Reprice,
    Selection,
    SetStatus,
)
from galleria.commerce.workbench.model.entries import ORDERS, Entry, Order, Turned, Wanted
from galleria.commerce.workbench.model.views import NewView, SavedView, ViewChanges
from galleria.commerce.workbench.service import (
    count_at_most,
    count_by_category,
    entries_of,
    find_products,
    get_act,
    is_filled,
    list_acts,
    list_views,
    preview_prices,
    remove_view,
    run_act,
    save_view,
    start_act,
    undo_act,
    update_view,
)

__all__ = [
    "MOST_CHOSEN",
    "ORDERS",
    "Act",
    "ActNotFound",
    "ActNotUndoable",
    "ActRequested",
    "Delete",
    "Entry",
    "InvalidAct",
    "NewAct",
    "NewView",
    "Order",
    "Relabel",
    "Reprice",
    "SavedView",
    "Selection",
    "SetStatus",
    "TooManyViews",
    "Turned",
    "ViewChanges",
    "ViewNotFound",
    "Wanted",
    "count_at_most",
    "count_by_category",
    "entries_of",
    "find_products",
    "get_act",
    "is_filled",
    "list_acts",
    "list_views",
    "preview_prices",
    "remove_view",
    "run_act",
    "save_view",
    "start_act",
    "undo_act",
    "update_view",
]
