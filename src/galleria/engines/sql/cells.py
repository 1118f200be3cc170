"""Which database holds a tenant. A tenant lives wholly in one cell; today there is one cell."""

from galleria.engines.sql.database import Database
from galleria.engines.sql.directory import Directory


class Cells:
    """The open databases by cell number, and the directory that says who lives where."""

    def __init__(self, databases: dict[int, Database]) -> None:
        assert databases, "a house has at least one cell"
        self._databases = databases
        self.home = databases[min(databases)]  # also keeps the directory and the house's tenant
        self.directory = Directory(self.home)

    def database_of(self, tenant_id: int) -> Database:
        """The database that holds this tenant."""
        # With a second cell the directory's entry decides; with one there is nothing to look up.
        assert tenant_id >= 0, "tenant numbers start at 0, the house"
        return self.home

    def all(self) -> list[Database]:
        """Every open cell."""
        return list(self._databases.values())

    async def close(self) -> None:
        """All cells are closed."""
        for database in self._databases.values():
            await database.close()
