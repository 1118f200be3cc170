"""The verbs of the work-bench."""

from galleria.commerce.workbench.service.acts import (
    get_act,
    list_acts,
    preview_prices,
    revive_acts,
    run_act,
    start_act,
    undo_act,
)
from galleria.commerce.workbench.service.entries import (
    count_by_category,
    count_products,
    entries_of,
    find_products,
    is_filled,
    rebuild,
    refresh,
)
from galleria.commerce.workbench.service.views import (
    list_views,
    remove_view,
    save_view,
    update_view,
)

__all__ = [
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
    "refresh",
    "remove_view",
    "revive_acts",
    "run_act",
    "save_view",
    "start_act",
    "undo_act",
    "update_view",
]
