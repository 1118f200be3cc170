"""The price tags: what each variant costs, in which list, from how many pieces, and what it cost.

Tables `pricing.price_list`, `past_term` (when a list counted before), `price`, `price_change` (what
was charged before), `price_edit` and `price_edit_row` (bulk edits), `merged_price` (what an import
changed, as long as it can be undone). Events `pricing.prices_changed.v1`, `price_list_changed.v1`
and `edit_requested.v1`. Source of the lowest price before a reduction: directive 98/6/EC,
article 6a.
"""

from galleria.commerce.pricing.errors import (
    InvalidFormula,
    InvalidPrice,
    InvalidPriceList,
    PriceEditNotFound,
    PriceEditNotUndoable,
    PriceListChanged,
    PriceListCodeTaken,
    PriceListFixed,
    PriceListNotFound,
    TooManyPriceLists,
)
from galleria.commerce.pricing.events import EditRequested, PricesChanged
from galleria.commerce.pricing.model.edits import EditRow, Preview, PriceEdit, PriceSelection
from galleria.commerce.pricing.model.formulas import PriceFormula
from galleria.commerce.pricing.model.lists import PriceList
from galleria.commerce.pricing.model.prices import (
    Price,
    PriceChange,
    PriceListRow,
    PriceRow,
    PricesMerged,
    RefusedPrice,
)
from galleria.commerce.pricing.model.resolving import ResolvedPrice
from galleria.commerce.pricing.model.undoing import PricesUndone
from galleria.commerce.pricing.schemas import (
    AskedPrice,
    NamedPrice,
    NewPriceEdit,
    NewPriceList,
    PriceListChanges,
    SetPrice,
)
from galleria.commerce.pricing.service import (
    Explanation,
    create_list,
    ensure_base_list,
    explain_price,
    get_edit,
    get_list,
    list_edit_rows,
    list_edits,
    list_price_changes,
    list_price_lists,
    list_prices,
    lowest_in_days,
    merge_prices,
    preview_edit,
    prices_for,
    prices_of,
    refresh_statistics,
    remove_prices,
    run_edit,
    set_prices,
    start_edit,
    undo_edit,
    undo_merged,
    update_list,
)

__all__ = [
    "AskedPrice",
    "EditRequested",
    "EditRow",
    "Explanation",
    "InvalidFormula",
    "InvalidPrice",
    "InvalidPriceList",
    "NamedPrice",
    "NewPriceEdit",
    "NewPriceList",
    "Preview",
    "Price",
    "PriceChange",
    "PriceEdit",
    "PriceEditNotFound",
    "PriceEditNotUndoable",
    "PriceFormula",
    "PriceList",
    "PriceListChanged",
    "PriceListChanges",
    "PriceListCodeTaken",
    "PriceListFixed",
    "PriceListNotFound",
    "PriceListRow",
    "PriceRow",
    "PriceSelection",
    "PricesChanged",
    "PricesMerged",
    "PricesUndone",
    "RefusedPrice",
    "ResolvedPrice",
    "SetPrice",
    "TooManyPriceLists",
    "create_list",
    "ensure_base_list",
    "explain_price",
    "get_edit",
    "get_list",
    "list_edit_rows",
    "list_edits",
    "list_price_changes",
    "list_price_lists",
    "list_prices",
    "lowest_in_days",
    "merge_prices",
    "preview_edit",
    "prices_for",
    "prices_of",
    "refresh_statistics",
    "remove_prices",
    "run_edit",
    "set_prices",
    "start_edit",
    "undo_edit",
    "undo_merged",
    "update_list",
]
