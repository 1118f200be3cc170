"""The shops under this roof: who they are, which domains lead to them, where they sell.

Tables `tenants.tenant` (one row a shop) and `tenants.channel`; slugs and hosts live in the
engines' directory. Events: shop opened, closed, reopened and updated, channel changed, domains
changed.
"""

from galleria.platform.tenants.errors import (
    ChannelCodeTaken,
    ChannelNotFound,
    DomainNotFound,
    HostTaken,
    HouseOnly,
    InvalidHost,
    LocaleInUse,
    ShopNotFound,
    SlugTaken,
)
from galleria.platform.tenants.events import (
    ChannelChanged,
    DomainsChanged,
    ShopClosed,
    ShopOpened,
    ShopReopened,
    ShopUpdated,
)
from galleria.platform.tenants.model import ALLOWED_ORIGINS, Channel, Domain, Shop
from galleria.platform.tenants.schemas import (
    AddDomain,
    ChangeChannel,
    ChangeShop,
    NewChannel,
    OpenShop,
)
from galleria.platform.tenants.service import (
    add_domain,
    channel_of,
    close_shop,
    create_channel,
    list_channels,
    list_domains,
    list_shops,
    open_shop,
    remove_domain,
    reopen_shop,
    shop_of,
    shops_numbered,
    update_channel,
    update_shop,
)

__all__ = [
    "ALLOWED_ORIGINS",
    "AddDomain",
    "ChangeChannel",
    "ChangeShop",
    "Channel",
    "ChannelChanged",
    "ChannelCodeTaken",
    "ChannelNotFound",
    "Domain",
    "DomainNotFound",
    "DomainsChanged",
    "HostTaken",
    "HouseOnly",
    "InvalidHost",
    "LocaleInUse",
    "NewChannel",
    "OpenShop",
    "Shop",
    "ShopClosed",
    "ShopNotFound",
    "ShopOpened",
    "ShopReopened",
    "ShopUpdated",
    "SlugTaken",
    "add_domain",
    "channel_of",
    "close_shop",
    "create_channel",
    "list_channels",
    "list_domains",
    "list_shops",
    "open_shop",
    "remove_domain",
    "reopen_shop",
    "shop_of",
    "shops_numbered",
    "update_channel",
    "update_shop",
]
