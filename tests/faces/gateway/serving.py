"""The door behind a real socket, for tests that need many connections at once."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn

from galleria.app.doorstep import Doorstep
from tests.faces.gateway.door import Door


@asynccontextmanager
async def listening(door: Door, connection: type[Doorstep] = Doorstep) -> AsyncIterator[str]:
    """The base URL at which the gateway answers over TCP, as `serve` has it do."""
    # With the protocol named, asyncio switches off Nagle's algorithm: else each answer waits 40 ms.
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            door.gateway,
            http=connection,
            lifespan="off",
            log_config=None,
            server_header=False,
            date_header=False,
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            await asyncio.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving
