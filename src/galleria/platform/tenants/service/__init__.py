"""What one can do with a shop, its domains and its sales channels."""

from galleria.platform.tenants.service.channels import (
    channel_of,
    create_channel,
    list_channels,
    update_channel,
)
from galleria.platform.tenants.service.domains import add_domain, list_domains, remove_domain
from galleria.platform.tenants.service.editing import shop_of, update_shop
from galleria.platform.tenants.service.opening import (
    close_shop,
    list_shops,
    open_shop,
    reopen_shop,
    shops_numbered,
)
from galleria.platform.tenants.service.sandbox import clock_of, move_clock

__all__ = [
    "add_domain",
    "channel_of",
    "clock_of",
    "close_shop",
    "create_channel",
    "list_channels",
    "list_domains",
    "list_shops",
    "move_clock",
    "open_shop",
    "remove_domain",
    "reopen_shop",
    "shop_of",
    "shops_numbered",
    "update_channel",
    "update_shop",
]
