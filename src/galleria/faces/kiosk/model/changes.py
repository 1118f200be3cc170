"""What a kiosk is told of changes: pages that say whose they are and where in their order."""

from datetime import datetime

import msgspec

FORMAT = "galleria-offline-changes/1"


class ChangePage(msgspec.Struct, frozen=True, kw_only=True):
    """Products as they are now, or `{"product_id", "is_gone": true}` for those not shown any more.

    It is for whoever is at `since`, and leads to `next_cursor`: a kiosk that takes none but pages
    for the cursor it is at takes each in its order, once, and none of another shop, profile or
    place. When `is_last` there was nothing more at `told_at`. Prices in it hold until
    `prices_until`.
    """

    format: str
    shop: str
    profile: str
    channel: str
    locale: str
    location: str
    since: str
    next_cursor: str
    told_at: datetime
    prices_until: datetime
    is_last: bool
    items: list[msgspec.Raw]
