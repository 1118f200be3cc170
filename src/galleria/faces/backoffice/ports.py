"""What the back office asks of the roof."""

from typing import Protocol

from galleria.engines.context import Context
from galleria.platform.tenants import OpenShop, Shop


class OpenAndProvision(Protocol):
    """Opens a shop with all that every room puts into a new one."""

    async def __call__(self, ctx: Context, wanted: OpenShop) -> Shop:
        """The shop is open and can sell. `ctx` is the house's.

        Raises:
            SlugTaken, HostTaken, InvalidInput: see `tenants.open_shop`.
        """
        ...
