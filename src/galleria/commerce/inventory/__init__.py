"""The stockroom: how many there are of each variant, where, how many are promised, what is coming.

Tables `inventory.stock_location`, `stock`, `opening`, `stock_movement`, `reservation`, `incoming`,
`variant_policy`, `stock_setting` and `low_stock`: what is on hand is what a shelf opened with and
the sum of its movements. Events `inventory.stock_changed.v1` and `stock_low.v1`.
"""

from galleria.commerce.inventory.errors import (
    IncomingClosed,
    IncomingExceeded,
    IncomingNotFound,
    InvalidLevel,
    InvalidPolicy,
    InvalidTransfer,
    LastLocation,
    LocationCodeTaken,
    LocationNotFound,
    OutOfStock,
    ReservationLost,
    StockBusy,
    StockTooLow,
)
from galleria.commerce.inventory.events import StockChanged, StockLow
from galleria.commerce.inventory.model.arriving import Incoming, IncomingState
from galleria.commerce.inventory.model.counting import (
    MAX_COUNTED,
    CountedLine,
    CountLine,
    StockCount,
)
from galleria.commerce.inventory.model.levels import (
    LedgerCheck,
    LedgerFault,
    LedgerFilter,
    Level,
    LevelsSet,
    Movement,
    RefusedLevel,
    StockLevel,
    StockLocation,
)
from galleria.commerce.inventory.model.promising import Reservation, ReservationRequest
from galleria.commerce.inventory.model.selling import Availability, Offer, Policy, Selling, Terms
from galleria.commerce.inventory.model.undoing import KeptStock, StockUndone
from galleria.commerce.inventory.schemas import (
    AdjustStock,
    LocationChanges,
    NewIncoming,
    NewLocation,
    SetStock,
    StockPolicy,
    TransferLine,
    TransferStock,
)
from galleria.commerce.inventory.service.combining import reserve_soon
from galleria.commerce.inventory.service.counting import count_stock, transfer_stock
from galleria.commerce.inventory.service.incoming import (
    cancel_incoming,
    expect_incoming,
    list_incoming,
    receive_incoming,
)
from galleria.commerce.inventory.service.ledger import (
    check_ledger,
    list_ledger,
    list_movements,
    stock_as_csv,
    stocked_variants,
)
from galleria.commerce.inventory.service.levels import (
    adjust_stock,
    forget_variants,
    list_stock,
    refresh_statistics,
    set_stock,
    set_stock_levels,
    take_off_shelves,
)
from galleria.commerce.inventory.service.locations import (
    create_location,
    default_location,
    ensure_location,
    list_locations,
    update_location,
)
from galleria.commerce.inventory.service.reserving import (
    commit_reservation,
    release_expired,
    release_reservation,
    reservations_of,
    reserve_many,
    reserve_stock,
    restock,
)
from galleria.commerce.inventory.service.selling import set_policies, set_policy, terms_of
from galleria.commerce.inventory.service.undoing import ALL_MOVEMENTS, undo_imported
from galleria.commerce.inventory.service.watching import (
    availability,
    low_stock_at,
    set_low_stock_at,
    sweep_low,
)

__all__ = [
    "ALL_MOVEMENTS",
    "MAX_COUNTED",
    "AdjustStock",
    "Availability",
    "CountLine",
    "CountedLine",
    "Incoming",
    "IncomingClosed",
    "IncomingExceeded",
    "IncomingNotFound",
    "IncomingState",
    "InvalidLevel",
    "InvalidPolicy",
    "InvalidTransfer",
    "KeptStock",
    "LastLocation",
    "LedgerCheck",
    "LedgerFault",
    "LedgerFilter",
    "Level",
    "LevelsSet",
    "LocationChanges",
    "LocationCodeTaken",
    "LocationNotFound",
    "Movement",
    "NewIncoming",
    "NewLocation",
    "Offer",
    "OutOfStock",
    "Policy",
    "RefusedLevel",
    "Reservation",
    "ReservationLost",
    "ReservationRequest",
    "Selling",
    "SetStock",
    "StockBusy",
    "StockChanged",
    "StockCount",
    "StockLevel",
    "StockLocation",
    "StockLow",
    "StockPolicy",
    "StockTooLow",
    "StockUndone",
    "Terms",
    "TransferLine",
    "TransferStock",
    "adjust_stock",
    "availability",
    "cancel_incoming",
    "check_ledger",
    "commit_reservation",
    "count_stock",
    "create_location",
    "default_location",
    "ensure_location",
    "expect_incoming",
    "forget_variants",
    "list_incoming",
    "list_ledger",
    "list_locations",
    "list_movements",
    "list_stock",
    "low_stock_at",
    "receive_incoming",
    "refresh_statistics",
    "release_expired",
    "release_reservation",
    "reservations_of",
    "reserve_many",
    "reserve_soon",
    "reserve_stock",
    "restock",
    "set_low_stock_at",
    "set_policies",
    "set_policy",
    "set_stock",
    "set_stock_levels",
    "stock_as_csv",
    "stocked_variants",
    "sweep_low",
    "take_off_shelves",
    "terms_of",
    "transfer_stock",
    "undo_imported",
    "update_location",
]
