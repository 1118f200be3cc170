"""What can go wrong with a kiosk."""

from galleria.foundation.errors import Conflict, Gone, InvalidInput, NotFound


class PackNotFound(NotFound):
    """There is no such pack for this key, or no more: ask for the present one."""

    code = "offline_pack_not_found"
    title = "No such pack"


class OfflineCursorExpired(Gone):
    """What changed since is not known for sure. Take a new pack: `GET /store/v1/offline-pack`."""

    code = "offline_cursor_expired"
    title = "Take a new pack: this cursor is too old, or of another edition"


class KioskPlaceGone(Conflict):
    """The key names a stock location that the shop does not use any more; bind it to another."""

    code = "kiosk_place_gone"
    title = "The kiosk stands nowhere"


class OfflineOrderInvalid(InvalidInput):
    """It cannot have been sold like this: correct it, or settle it by hand."""

    code = "offline_order_invalid"
    title = "This cannot have been sold like this"


class OfflinePriceChanged(Conflict):
    """A price was not the shop's, or had run out when it was sold at, and is another today."""

    code = "offline_price_changed"
    title = "It was sold at a price that does not hold"


class KioskNotFound(NotFound):
    """The shop has no kiosk with this key: look at the list of kiosks."""

    code = "kiosk_not_found"
    title = "No such kiosk"


class WaitingSaleNotFound(NotFound):
    """It was taken in or settled meanwhile: look at the kiosk's list again."""

    code = "waiting_sale_not_found"
    title = "This sale waits no more"
