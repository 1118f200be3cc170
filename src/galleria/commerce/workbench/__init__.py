"""The work-bench: any product found by anything said of it, on sale or not, and many changed at
once.

Tables `workbench.saved_view`, `act` and `act_step` (changes of many products, and what takes them
back). Event `workbench.act_requested.v1`. What products are found by lies in the index of records,
and can be made anew from the other rooms.
"""

from galleria.commerce.workbench.errors import (
    ActNotFound,
    ActNotUndoable,
    BenchNotFilled,
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
from galleria.commerce.workbench.model.entries import SORTS, Entry, Sort, Turned, Wanted
from galleria.commerce.workbench.model.views import NewView, SavedView, ViewChanges
from galleria.commerce.workbench.service import (
    count_by_category,
    count_products,
    entries_of,
    find_products,
    get_act,
    is_filled,
    list_acts,
    list_views,
    preview_prices,
    rebuild,
    remove_view,
    run_act,
    save_view,
    start_act,
    undo_act,
    update_view,
)

__all__ = [
    "MOST_CHOSEN",
    "SORTS",
    "Act",
    "ActNotFound",
    "ActNotUndoable",
    "ActRequested",
    "BenchNotFilled",
    "Delete",
    "Entry",
    "InvalidAct",
    "NewAct",
    "NewView",
    "Relabel",
    "Reprice",
    "SavedView",
    "Selection",
    "SetStatus",
    "Sort",
    "TooManyViews",
    "Turned",
    "ViewChanges",
    "ViewNotFound",
    "Wanted",
    "count_by_category",
    "count_products",
    "entries_of",
    "find_products",
    "get_act",
    "is_filled",
    "list_acts",
    "list_views",
    "preview_prices",
    "rebuild",
    "remove_view",
    "run_act",
    "save_view",
    "start_act",
    "undo_act",
    "update_view",
]
