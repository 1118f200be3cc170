"""The verbs of the pricing."""

from galleria.commerce.pricing.service.asking import answers
from galleria.commerce.pricing.service.costs import (
    costs_of,
    list_costs,
    merge_costs,
    set_costs,
    undo_merged_costs,
)
from galleria.commerce.pricing.service.editing import (
    get_edit,
    list_edit_rows,
    list_edits,
    preview_edit,
    start_edit,
    undo_edit,
)
from galleria.commerce.pricing.service.history import list_price_changes, lowest_in_days
from galleria.commerce.pricing.service.lists import (
    create_list,
    ensure_base_list,
    get_list,
    list_price_lists,
    lists_of_group,
    update_list,
)
from galleria.commerce.pricing.service.merging import (
    forget_variants,
    merge_prices,
    priced_variants,
    refresh_statistics,
    remove_prices,
    set_prices,
)
from galleria.commerce.pricing.service.resolving import (
    Explanation,
    explain_price,
    list_prices,
    price_spans,
    prices_for,
    prices_of,
)
from galleria.commerce.pricing.service.undoing import take_away_prices, undo_merged
from galleria.commerce.pricing.service.windows import announce_windows
from galleria.commerce.pricing.service.working import forget_old_rows, revive_edits, run_edit

__all__ = [
    "Explanation",
    "announce_windows",
    "answers",
    "costs_of",
    "create_list",
    "ensure_base_list",
    "explain_price",
    "forget_old_rows",
    "forget_variants",
    "get_edit",
    "get_list",
    "list_costs",
    "list_edit_rows",
    "list_edits",
    "list_price_changes",
    "list_price_lists",
    "list_prices",
    "lists_of_group",
    "lowest_in_days",
    "merge_costs",
    "merge_prices",
    "preview_edit",
    "price_spans",
    "priced_variants",
    "prices_for",
    "prices_of",
    "refresh_statistics",
    "remove_prices",
    "revive_edits",
    "run_edit",
    "set_costs",
    "set_prices",
    "start_edit",
    "take_away_prices",
    "undo_edit",
    "undo_merged",
    "undo_merged_costs",
    "update_list",
]
