"""Answers from memory are sent by the connection itself; all else goes the web server's usual way.

Raw bytes over real sockets, since well-behaved clients would not send some of them.
"""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from galleria.app.doorstep import Doorstep
from galleria.faces.gateway.signposts import Signposts
from tests.faces.gateway.door import Door, ShopScene, open_shop_scene
from tests.faces.gateway.serving import listening

LIST = "/store/v1/products"


@dataclass(frozen=True)
class Street:
    """A server with the door's gateway for the shop at `host`, and what went the usual way."""

    url: str
    usual: list[str]
    host: str

    async def say(self, *requests: str) -> bytes:
        """All that comes back on one connection for these, which arrive in one piece; the last
        one closes it.
        """
        reader, writer = await self.connect()
        *others, last = requests
        texts = [*others, last.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1)]
        writer.write("".join(texts).encode())
        answered = await asyncio.wait_for(reader.read(), timeout=20)
        writer.close()
        return answered

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection."""
        return await asyncio.open_connection("127.0.0.1", int(self.url.rpartition(":")[2]))

    def client(self) -> httpx.AsyncClient:
        """A client that keeps one connection."""
        limits = httpx.Limits(max_connections=1)
        return httpx.AsyncClient(base_url=self.url, headers={"Host": self.host}, limits=limits)

    def get(self, path: str = LIST, *lines: str, method: str = "GET") -> str:
        """A request."""
        return "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: {self.host}", *lines, "", ""])


@pytest.fixture
async def shop(door: Door) -> ShopScene:
    return await open_shop_scene(door)


@asynccontextmanager
async def serving(door: Door, host: str) -> AsyncIterator[Street]:
    usual: list[str] = []

    class Watched(Doorstep):
        def _start_asgi_task(self, cycle: Any, app: Any) -> None:
            usual.append(f"{cycle.scope['method']} {cycle.scope['path']}")
            super()._start_asgi_task(cycle, app)

    before = door.gateway.signposts
    # However slow the machine, no signpost falls meanwhile.
    door.gateway.signposts = Signposts(door.engines.sql.directory, lambda: 0.0)
    try:
        async with listening(door, Watched) as url:
            yield Street(url, usual, host)
    finally:
        door.gateway.signposts = before


@pytest.fixture
async def street(door: Door, shop: ShopScene) -> AsyncIterator[Street]:
    """A server that knows the list of the shop already."""
    async with serving(door, shop.host) as street:
        await street.say(street.get())
        street.usual.clear()
        yield street


async def test_a_request_is_forgotten_with_its_answer(street: Street) -> None:
    """What refers to itself waits for the collector, which holds up all requests while it looks."""

    def kept() -> int:
        return sum(isinstance(each, RequestResponseCycle) for each in gc.get_objects())

    async with street.client() as client:
        gc.collect()
        gc.disable()
        try:
            before = kept()
            for number in range(20):
                answer = await client.get(f"{LIST}?limit=5&v={number}")
                assert answer.status_code == 200
            assert len(street.usual) == 20
            assert kept() - before <= 1, "the connection's last one"
        finally:
            gc.enable()


async def test_the_second_that_asks_is_answered_by_the_connection(street: Street) -> None:
    async with street.client() as client:
        await client.get(LIST)  # it says more of itself than the first did
        street.usual.clear()
        at_once = await client.get(LIST)
        again = await client.get(LIST)
        assert street.usual == []
        usual = await client.get(LIST, headers={"Cookie": "a=b"})
        unchanged = await client.get(LIST, headers={"If-None-Match": at_once.headers["etag"]})
    assert street.usual == [f"GET {LIST}"]
    assert (at_once.status_code, at_once.content) == (200, usual.content)
    assert again.headers["x-request-id"] != at_once.headers["x-request-id"]
    told = {*at_once.headers} - {"content-length"}
    assert told == {*usual.headers} - {"content-length", "transfer-encoding"}
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert "content-length" not in unchanged.headers


async def test_an_answer_made_just_now_leaves_in_one_piece(door: Door, shop: ShopScene) -> None:
    pieces: list[bytes] = []

    class Watching:
        def __init__(self, transport: Any) -> None:
            self._transport = transport

        def write(self, data: bytes) -> None:
            pieces.append(data)
            self._transport.write(data)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._transport, name)

    class Watched(Doorstep):
        def connection_made(self, transport: Any) -> None:
            watching: Any = Watching(transport)
            super().connection_made(watching)

    path = f"{LIST}?v=1"
    async with listening(door, Watched) as url:
        street = Street(url, [], shop.host)
        async with street.client() as client:
            made = await client.get(path)
            tag = made.headers["etag"]
            unchanged = await client.get(f"{LIST}?v=2", headers={"If-None-Match": tag})
            head = await client.head(f"{LIST}?v=3")
            missing = await client.get(f"{LIST}/there-is-no-such-thing")
            kept = await client.get(path)
    assert [each.status_code for each in (made, unchanged, head, missing, kept)] == [
        *(200, 304, 200, 404, 200)
    ]
    assert pieces[0].startswith(b"HTTP/1.1 200 OK\r\n")
    assert pieces[0].endswith(b"\r\n\r\n" + made.content)
    assert pieces[1].startswith(b"HTTP/1.1 304 Not Modified\r\n")
    assert pieces[-1].endswith(kept.content) and kept.content == made.content
    # A HEAD and a problem go out as they always did: the head, then what follows.
    assert [len(piece.split(b"\r\n\r\n")[1]) for piece in pieces[2:-1] if b"HTTP/1.1" in piece] == [
        *(0, 0)
    ]
    told = {*made.headers} - {"ratelimit", "ratelimit-policy"}
    assert told == {*kept.headers} - {"ratelimit", "ratelimit-policy"}


async def test_many_at_once_on_a_connection_are_answered_in_order(street: Street) -> None:
    missing = street.get(f"{LIST}/there-is-no-such-thing")
    whole = await street.say(*[street.get()] * 3, missing, *[street.get()] * 2)
    heads = [part[:3] for part in whole.split(b"HTTP/1.1 ")[1:]]
    assert heads == [b"200", b"200", b"200", b"404", b"200", b"200"]
    assert len(set(_ids(whole))) == 6


@pytest.mark.parametrize(
    ("method", "lines"),
    [
        ("HEAD", ()),
        ("GET", ("Content-Length: 2",)),
        ("GET", ("Expect: 100-continue",)),
        ("GET", ("Upgrade: websocket", "Connection: Upgrade")),
        ("GET", ("Authorization: Bearer nothing",)),
        ("GET", ("content_length: 7",)),
        ("OPTIONS", ()),
    ],
)
async def test_whatever_is_out_of_the_ordinary_goes_the_usual_way(
    street: Street, method: str, lines: tuple[str, ...]
) -> None:
    body = "{}" if lines and lines[0].startswith("Content-Length") else ""
    answered = await street.say(street.get(LIST, *lines, method=method) + body)
    assert street.usual == [f"{method} {LIST}"]
    assert answered.startswith(b"HTTP/1.1 ")


async def test_an_old_client_and_one_that_leaves_go_the_usual_way(street: Street) -> None:
    old = street.get().replace("HTTP/1.1", "HTTP/1.0")
    assert (await street.say(old)).startswith(b"HTTP/1.1 200")
    assert (await street.say(street.get())).count(b"connection: close") == 1
    assert street.usual == [f"GET {LIST}"] * 2


async def test_a_connection_goes_on_after_each_way(street: Street) -> None:
    async with street.client() as client:
        await client.get(LIST)
        street.usual.clear()
        for _ in range(3):
            assert (await client.get(LIST)).status_code == 200
            refused = await client.post(f"{LIST}/nothing", json={})
            assert refused.status_code in {404, 405}
    assert street.usual == [f"POST {LIST}/nothing"] * 3


async def test_a_body_that_is_cut_off_harms_nobody(street: Street) -> None:
    _, writer = await street.connect()
    writer.write(street.get()[:40].encode())
    await writer.drain()
    writer.close()
    assert b"200 OK" in await street.say(street.get(), street.get())


def _ids(answers: bytes) -> list[bytes]:
    lines = answers.split(b"\r\n")
    return [line for line in lines if line.startswith(b"x-request-id: ")]
