"""Runs a supervisor over the house in a folder, as `galleria demo` does, until it is told to stop.

A program of its own, so that a test can kill it: `python -m tests.app.supervised FOLDER PORT`.
"""

import asyncio
import sys
from pathlib import Path

from galleria.app.supervisor import Child, Supervisor, child_environ, stop_signal
from galleria.engines.secrets import load_master_secret
from galleria.engines.sql.launcher import EmbeddedPostgres


async def main(folder: Path, port: str) -> None:
    """Database, server and worker run until SIGTERM."""
    stop = await stop_signal()
    database = EmbeddedPostgres(folder, load_master_secret(folder, None))
    await database.start()
    environ = child_environ(data=str(folder), port=port)
    children = [Child("server", ["serve"], environ), Child("worker", ["worker"], environ)]
    await Supervisor(database, children).run(stop)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
