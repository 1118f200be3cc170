"""Which profile a request is answered by, without a statement for most of them."""

import time
from collections import OrderedDict

from galleria.engines.context import Context
from galleria.engines.sql import DatabaseUnavailable
from galleria.faces.profiles.errors import UnknownProfile
from galleria.faces.profiles.model.asking import Wish
from galleria.faces.profiles.model.profiles import WEB, Profile
from galleria.faces.profiles.service.keeping import list_profiles

KEPT_S = 5.0  # so late a process answers by a change of which it does not hear
LOOK_AGAIN_S = 0.5  # a name that is not known may be a minute old, or guessed by a thousand clients
_MOST_KEPT = 1_000  # shops: what they say takes some megabytes at most


class ProfileMemory:
    """The profiles of the shops asked for last, as this process knows them."""

    def __init__(self) -> None:
        """Empty."""
        self._kept: OrderedDict[int, tuple[float, dict[str, Profile]]] = OrderedDict()

    def remembered(self, tenant_id: int, wish: Wish) -> Profile | None:
        """The profile that a wish leads to, if the shop was asked for it a moment ago; None: see
        `wished`.
        """
        known = self._known(tenant_id, KEPT_S)
        return None if known is None else known.get(wish.code or WEB.code)

    def _known(self, tenant_id: int, oldest_s: float) -> dict[str, Profile] | None:
        kept = self._kept.get(tenant_id)
        if kept is None or time.monotonic() - kept[0] >= oldest_s:
            return None
        return kept[1]

    async def of(self, ctx: Context) -> dict[str, Profile]:
        """All of the shop's profiles by code."""
        return await self._read(ctx, KEPT_S)

    async def _read(self, ctx: Context, oldest_s: float) -> dict[str, Profile]:
        """As the tables had them at most so long ago."""
        tenant_id = ctx.tenant.tenant_id
        if (known := self._known(tenant_id, oldest_s)) is not None:
            return known
        read_at = time.monotonic()
        try:
            known = {each.code: each for each in await list_profiles(ctx)}
        except DatabaseUnavailable:
            if (kept := self._kept.get(tenant_id)) is not None:
                return kept[1]  # so that answers kept by them are shown on while it is away
            raise
        self._kept[tenant_id] = (read_at, known)
        self._kept.move_to_end(tenant_id)
        if len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return known

    async def wished(self, ctx: Context, wish: Wish) -> Profile:
        """The profile that a wish leads to; the shop's `web` where nothing is wished for.

        Raises:
            UnknownProfile: it is asked for by name, and the shop has none of this name.
        """
        code = wish.code or WEB.code
        found = (await self.of(ctx)).get(code)
        if found is None:
            known = await self._read(ctx, LOOK_AGAIN_S)
            found = known.get(code)
        if found is None:
            there = ", ".join(known)
            raise UnknownProfile(f"no profile {code[:60]!r}; there are {there}")
        return found

    def forget(self, tenant_id: int) -> None:
        """The next request of this shop asks the tables."""
        self._kept.pop(tenant_id, None)
