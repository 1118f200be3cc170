"""Devices of the shop that sell where the network is not to be relied on.

A kiosk takes the shop window along, signed and in parts, hears what has changed since, and hands in
what it sold while it was alone. Tables `kiosk.signing_key`, `pack`, `counter`, `changed_product`,
`sale`, `waiting_sale` and `taken_pack`; parts lie in the file store. Event
`kiosk.pack_requested.v1`. Sources: RFC 7515, RFC 8037.
"""

from galleria.faces.kiosk.errors import (
    KioskNotFound,
    KioskPlaceGone,
    OfflineCursorExpired,
    OfflineOrderInvalid,
    OfflinePriceChanged,
    PackNotFound,
    WaitingSaleNotFound,
)
from galleria.faces.kiosk.events import PackRequested
from galleria.faces.kiosk.model.changes import ChangePage
from galleria.faces.kiosk.model.packs import Edition, Jws, KioskSettings, Manifest, Part, Picture
from galleria.faces.kiosk.model.sales import Sale, WaitingSale
from galleria.faces.kiosk.model.signing import CHANGES_TYPE, Jwk, Jwks, payload_of
from galleria.faces.kiosk.model.watching import COUNTED, STANDARD_PROFILE, Figures, NewKiosk
from galleria.faces.kiosk.schemas import (
    CounterPayment,
    OfflineAnswer,
    OfflineOrder,
    OfflineOrders,
    SoldLine,
)
from galleria.faces.kiosk.service.keys import public_keys, rotate
from galleria.faces.kiosk.service.packs import make_pack, present_pack
from galleria.faces.kiosk.service.selling import take_in
from galleria.faces.kiosk.service.watching import (
    MOST_WAITING,
    Kiosk,
    get_kiosk,
    list_kiosks,
    sales_of,
    set_up,
    settle,
    waiting_of,
)

__all__ = [
    "CHANGES_TYPE",
    "COUNTED",
    "MOST_WAITING",
    "STANDARD_PROFILE",
    "ChangePage",
    "CounterPayment",
    "Edition",
    "Figures",
    "Jwk",
    "Jwks",
    "Jws",
    "Kiosk",
    "KioskNotFound",
    "KioskPlaceGone",
    "KioskSettings",
    "Manifest",
    "NewKiosk",
    "OfflineAnswer",
    "OfflineCursorExpired",
    "OfflineOrder",
    "OfflineOrderInvalid",
    "OfflineOrders",
    "OfflinePriceChanged",
    "PackNotFound",
    "PackRequested",
    "Part",
    "Picture",
    "Sale",
    "SoldLine",
    "WaitingSale",
    "WaitingSaleNotFound",
    "get_kiosk",
    "list_kiosks",
    "make_pack",
    "payload_of",
    "present_pack",
    "public_keys",
    "rotate",
    "sales_of",
    "set_up",
    "settle",
    "take_in",
    "waiting_of",
]
