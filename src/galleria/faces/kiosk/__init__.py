"""Devices of the shop that sell where the network is not to be relied on.

A kiosk takes the shop window along, signed and in parts, hears what has changed since, and hands in
what it sold while it was alone. Tables `kiosk.signing_key`, `pack`, `counter`, `changed_product`
and `sale`; parts lie in the file store. Event `kiosk.pack_requested.v1`. Sources: RFC 7515, RFC
8037.
"""

from galleria.faces.kiosk.errors import (
    KioskPlaceGone,
    OfflineCursorExpired,
    OfflineOrderInvalid,
    OfflinePriceChanged,
    PackNotFound,
)
from galleria.faces.kiosk.events import PackRequested
from galleria.faces.kiosk.model.changes import ChangePage
from galleria.faces.kiosk.model.packs import Edition, Jws, KioskSettings, Manifest, Part
from galleria.faces.kiosk.model.signing import CHANGES_TYPE, Jwk, Jwks, payload_of
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

__all__ = [
    "CHANGES_TYPE",
    "ChangePage",
    "CounterPayment",
    "Edition",
    "Jwk",
    "Jwks",
    "Jws",
    "KioskPlaceGone",
    "KioskSettings",
    "Manifest",
    "OfflineAnswer",
    "OfflineCursorExpired",
    "OfflineOrder",
    "OfflineOrderInvalid",
    "OfflineOrders",
    "OfflinePriceChanged",
    "PackNotFound",
    "PackRequested",
    "Part",
    "SoldLine",
    "make_pack",
    "payload_of",
    "present_pack",
    "public_keys",
    "rotate",
    "take_in",
]
