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
    count_at_most,
    count_by_category,
    entries_of,
    fill_step,
    find_products,
    is_filled,
    products_of,
    refresh,
    remove,
)
from galleria.commerce.workbench.service.views import (
    list_views,
    remove_view,
    save_view,
    update_view,
)

__all__ = [
    "count_at_most",
    "count_by_category",
    "entries_of",
    "fill_step",
    "find_products",
    "get_act",
    "is_filled",
    "list_acts",
    "list_views",
    "preview_prices",
    "products_of",
    "refresh",
    "remove",
    "remove_view",
    "revive_acts",
    "run_act",
    "save_view",
    "start_act",
    "undo_act",
    "update_view",
]
