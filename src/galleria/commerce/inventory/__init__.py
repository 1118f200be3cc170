"""The stockroom: how many there are of each variant, where, and how many are promised.

Tables `inventory.stock_location`, `stock`, `variant_policy`, `reservation` and `stock_movement`:
what is on hand is the sum of its movements. Event `inventory.stock_changed.v1`.
"""

from galleria.commerce.inventory.errors import (
    InvalidLevel,
    LastLocation,
    LocationCodeTaken,
    LocationNotFound,
    OutOfStock,
    ReservationLost,
    StockTooLow,
)
from galleria.commerce.inventory.events import StockChanged
from galleria.commerce.inventory.model import (
    Availability,
    Level,
    LevelsSet,
    Movement,
    Policy,
    RefusedLevel,
    Reservation,
    StockLevel,
    StockLocation,
)
from galleria.commerce.inventory.schemas import (
    AdjustStock,
    LocationChanges,
    NewLocation,
    SetStock,
    StockPolicy,
)
from galleria.commerce.inventory.service.levels import (
    adjust_stock,
    availability,
    list_movements,
    list_stock,
    refresh_statistics,
    set_policies,
    set_policy,
    set_stock,
    set_stock_levels,
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
    reserve_stock,
    restock,
)

__all__ = [
    "AdjustStock",
    "Availability",
    "InvalidLevel",
    "LastLocation",
    "Level",
    "LevelsSet",
    "LocationChanges",
    "LocationCodeTaken",
    "LocationNotFound",
    "Movement",
    "NewLocation",
    "OutOfStock",
    "Policy",
    "RefusedLevel",
    "Reservation",
    "ReservationLost",
    "SetStock",
    "StockChanged",
    "StockLevel",
    "StockLocation",
    "StockPolicy",
    "StockTooLow",
    "adjust_stock",
    "availability",
    "commit_reservation",
    "create_location",
    "default_location",
    "ensure_location",
    "list_locations",
    "list_movements",
    "list_stock",
    "refresh_statistics",
    "release_expired",
    "release_reservation",
    "reservations_of",
    "reserve_stock",
    "restock",
    "set_policies",
    "set_policy",
    "set_stock",
    "set_stock_levels",
    "update_location",
]
