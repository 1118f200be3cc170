"""The import contract `rooms`: who may call on whom, and only through the front door.

A room is the package `<root>.<floor>.<room>`; its door is that package's own `__init__`. Another
room may import the door and nothing behind it, and only when `.importlinter` lists the visit. The
roof, where the product is put together, may also fetch a room's manifest and its adapters.

Each listed visit must really be made, so that the list is the true map of the product. A visit
to or from a room that is only planned waits silently until both rooms exist.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

ROOF_ENTRANCES = ("room", "adapters")


class Visit(NamedTuple):
    """One room calling on another, both written `floor.room`."""

    guest: str
    host: str

    def __str__(self) -> str:
        return f"{self.guest} -> {self.host}"


class RoomContract(Contract):
    """Kept when every import between rooms is a listed visit, and every listed visit is made."""

    type_name = "rooms"

    # Any: the library fills its field objects in with plain strings and lists.
    root: Any = fields.StringField()
    roof: Any = fields.ListField(subfield=fields.StringField())
    free_floors: Any = fields.ListField(subfield=fields.StringField())
    visits: Any = fields.ListField(subfield=fields.StringField(), required=False, default=[])

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Compare the imports in `graph` with the listed visits; one line of metadata a breach."""
        del verbose
        listed = set(read_visits(self.visits))
        made: set[Visit] = set()
        breaches: list[str] = []
        for importer, imported in self._imports(graph):
            host = self._room_of(imported)
            if host is None or self._room_of(importer) == host:
                continue
            if self._on_the_roof(importer):
                if not self._open_to_the_roof(imported, host):
                    breaches.append(f"{importer} -> {imported}: goes past the door of {host}")
                continue
            guest = self._room_of(importer)
            if guest is None:
                continue  # a free floor never looks up: the contract of the floors sees to that
            visit = Visit(guest, host)
            made.add(visit)
            if imported != f"{self.root}.{host}":
                breaches.append(f"{importer} -> {imported}: goes past the door of {host}")
            elif visit not in listed:
                breaches.append(f"{importer} -> {imported}: the visit {visit} is not listed")
        rooms = {room for room in map(self._room_of, graph.modules) if room}
        idle = {visit for visit in listed - made if rooms.issuperset(visit)}
        breaches += [f"{visit}: listed, but nobody makes this visit" for visit in sorted(idle)]
        return ContractCheck(kept=not breaches, metadata={"breaches": breaches})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print one line for each breach."""
        for breach in check.metadata["breaches"]:
            output.print_error(breach)

    def _imports(self, graph: ImportGraph) -> Iterator[tuple[str, str]]:
        for importer in sorted(graph.modules):
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                yield importer, imported

    def _room_of(self, module: str) -> str | None:
        """`galleria.commerce.catalog.service` is of `commerce.catalog`; the roof is of no room."""
        root, _, inside = module.partition(".")
        parts = inside.split(".")
        if root != self.root or len(parts) < 2 or parts[0] in (*self.roof, *self.free_floors):
            return None
        return ".".join(parts[:2])

    def _on_the_roof(self, module: str) -> bool:
        return module.removeprefix(f"{self.root}.").partition(".")[0] in self.roof

    def _open_to_the_roof(self, imported: str, host: str) -> bool:
        door = f"{self.root}.{host}"
        return imported == door or imported.removeprefix(f"{door}.").startswith(ROOF_ENTRANCES)


def read_visits(lines: Iterable[str]) -> Iterator[Visit]:
    """Every visit that `lines` list, each line being `guest -> host host …`.

    Raises:
        ValueError: a line has no arrow, no host, or more than one guest.
    """
    for line in lines:
        guest, arrow, hosts = line.partition("->")
        if not arrow or not hosts.split() or len(guest.split()) != 1:
            raise ValueError(f"a visit reads `floor.room -> floor.room …`, this one: {line!r}")
        yield from (Visit(guest.strip(), host) for host in hosts.split())
