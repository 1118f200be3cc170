"""The door behind a real socket, for tests that need many connections at once."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn

from tests.faces.gateway.door import Door


@asynccontextmanager
async def listening(door: Door) -> AsyncIterator[str]:
    """The base URL at which the gateway answers over TCP, as uvicorn serves it."""
    # With the protocol named, asyncio switches off Nagle's algorithm: else each answer waits 40 ms.
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            door.gateway, http="httptools", lifespan="off", log_config=None, access_log=False
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving
