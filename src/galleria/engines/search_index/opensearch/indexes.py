"""The indexes in the cluster: which one answers, and how a fresh one takes its place.

    NAME-v1             an alias: the index that answers and changes, of format 1
    NAME-v1-fresh       an alias: the one that a rebuild fills
    NAME-v1-000003      an index
    NAME-writer         who writes; see `lock`

Processes of an older format go on asking their own index until that of the newer is whole. What is
missing is noted in the index itself, for whichever process may rebuild it.
"""

import re
from typing import Any

import msgspec

from galleria.engines.search_index.errors import SearchUnavailable
from galleria.engines.search_index.model import IndexStatus
from galleria.engines.search_index.opensearch.address import SearchAddress
from galleria.engines.search_index.opensearch.schema import (
    FORMAT,
    NEEDS_REBUILD,
    POSITION,
    REACHED,
    durable,
    mapping,
    notes,
    settings,
)
from galleria.engines.search_index.opensearch.transport import Answer, Transport
from galleria.foundation.telemetry import logger

_log = logger(__name__)

ADMIN_TIMEOUT_S = 30.0  # a busy cluster takes its time to agree on a new index


class Indexes:
    """All indexes of one house."""

    def __init__(self, transport: Transport, address: SearchAddress) -> None:
        self._transport = transport
        self._address = address
        self.live = f"{address.name}-v{FORMAT}"
        self.fresh = f"{self.live}-fresh"

    async def ensure(self) -> None:
        """There is an index that answers, made empty when there has never been one."""
        if await self.current() is not None:
            return
        try:
            await self.make(self.live, needs_rebuild=True)
        except SearchUnavailable:
            if await self.current() is None:  # else another process was faster
                raise

    async def current(self) -> str | None:
        """The index that answers, None when there is none."""
        found = await self._ask("GET", f"/_alias/{self.live}")
        return next(iter(found.json())) if found.is_found else None

    async def make(self, alias: str, *, needs_rebuild: bool, is_filling: bool = False) -> str:
        """The name of a new, empty index, reached by `alias`."""
        numbers = [int(each.rpartition("-")[2]) for each in await self._all(f"{self.live}-0*")]
        index = f"{self.live}-{max(numbers, default=0) + 1:06}"
        made = await self._ask(
            "PUT",
            f"/{index}",
            {
                "settings": settings(self._address, is_filling=is_filling),
                "mappings": mapping(needs_rebuild=needs_rebuild),
                "aliases": {alias: {}},
            },
        )
        assert made.is_found, "a name that is taken is refused otherwise"
        _log.info("search_index_made", index=index)
        return index

    async def swap(self) -> None:
        """The fresh index answers from now on, and is durable; the former one is gone."""
        fresh = await self._under(self.fresh)
        said = notes(needs_rebuild=False, position=await self.position())
        await self._must("PUT", f"/{fresh}/_mapping", {"_meta": said})
        await self._must("POST", f"/{fresh}/_refresh")
        await self._must("PUT", f"/{fresh}/_settings", {"index": durable(is_filling=False)})
        await self._must("POST", f"/{fresh}/_flush")
        actions: list[dict[str, Any]] = [
            {"add": {"index": fresh, "alias": self.live}},
            {"remove": {"index": fresh, "alias": self.fresh}},
        ]
        former = await self.current()
        if former is not None:
            actions.append({"remove_index": {"index": former}})
        await self._must("POST", "/_aliases", {"actions": actions})
        _log.info("search_index_rebuilt", index=fresh)
        await self._remove_older_formats()

    async def remove_all_but(self, *aliases: str) -> None:
        """Indexes that are reached by none of these are gone."""
        for index, own in (await self._all(f"{self.live}-0*")).items():
            if not set(aliases) & set(own):
                await self._ask("DELETE", f"/{index}")

    async def keep(self, reached: str) -> None:
        """What the fresh index has is durable, and so is how far its rebuild has come."""
        await self._must("POST", f"/{self.fresh}/_flush")
        said = notes(needs_rebuild=False, reached=reached)
        await self._must("PUT", f"/{self.fresh}/_mapping", {"_meta": said})

    async def reached(self) -> str | None:
        """How far the rebuild of a fresh index had come; None when nothing of it was kept."""
        found = await self._ask("GET", f"/{self.fresh}/_mapping")
        said = _notes_in(found) if found.is_found else {}
        reached: str | None = said.get(REACHED)
        return reached

    async def position(self, timeout_s: float = ADMIN_TIMEOUT_S) -> str | None:
        """What the last marked commit left behind; None when there is no index either."""
        path = f"/{self.live}/_mapping?filter_path=*.mappings._meta"
        found = await self._transport.ask("GET", path, timeout_s=timeout_s)
        said = _notes_in(found) if found.is_found else {}
        position: str | None = said.get(POSITION)
        return position

    async def mark(self, position: str) -> None:
        """The present index says that it stands at `position`."""
        said = _notes_in(await self._must("GET", f"/{self.live}/_mapping"))
        await self._must("PUT", f"/{self.live}/_mapping", {"_meta": said | {POSITION: position}})

    async def refresh(self, alias: str) -> None:
        """All that was sent to the index can be found."""
        await self._must("POST", f"/{alias}/_refresh")

    async def status(self) -> IndexStatus:
        """The state of the present index. Raises SearchUnavailable."""
        said = _notes_in(await self._must("GET", f"/{self.live}/_mapping"))
        counted = (await self._must("GET", f"/{self.live}/_count")).json()
        stats = (await self._must("GET", f"/{self.live}/_stats/store,segments")).json()
        primaries = stats["_all"]["primaries"]
        return IndexStatus(
            documents=counted["count"],
            segments=primaries["segments"]["count"],
            size_bytes=primaries["store"]["size_in_bytes"],
            needs_rebuild=said[NEEDS_REBUILD],
        )

    async def _remove_older_formats(self) -> None:
        # Another house's name may begin with this one's.
        own = re.compile(rf"{re.escape(self._address.name)}-v([0-9]+)-[0-9]{{6,}}")
        for index in await self._all(f"{self._address.name}-v*-0*"):
            if (found := own.fullmatch(index)) and int(found[1]) < FORMAT:
                await self._ask("DELETE", f"/{index}")

    async def _under(self, alias: str) -> str:
        return str(next(iter((await self._must("GET", f"/_alias/{alias}")).json())))

    async def _all(self, pattern: str) -> dict[str, dict[str, Any]]:
        """The aliases of each index whose name is like this."""
        found = await self._ask("GET", f"/{pattern}/_alias")
        each: dict[str, dict[str, Any]] = found.json() if found.is_found else {}
        return {index: said["aliases"] for index, said in each.items()}

    async def _must(self, method: str, path: str, body: Any = None) -> Answer:
        answer = await self._ask(method, path, body)
        if not answer.is_found:
            raise SearchUnavailable("the search index is missing; rebuild it")
        return answer

    async def _ask(self, method: str, path: str, body: Any = None) -> Answer:
        return await self._transport.ask(
            method,
            path,
            None if body is None else msgspec.json.encode(body),
            timeout_s=ADMIN_TIMEOUT_S,
        )


def _notes_in(mappings: Answer) -> dict[str, Any]:
    (found,) = mappings.json().values()
    said: dict[str, Any] = found["mappings"]["_meta"]
    return said
