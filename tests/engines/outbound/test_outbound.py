"""Calls to real local servers: what gets through, what is refused, and what ends a call."""

import asyncio
import gzip
import os
import zlib
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest

from galleria.engines.blob import BlobKey
from galleria.engines.blob.local import local_blobs
from galleria.engines.outbound import (
    Breakers,
    Outbound,
    OutboundPaused,
    OutboundRefused,
    OutboundRequest,
    OutboundResponse,
    OutboundTimeout,
    OutboundTooLarge,
    OutboundUnreachable,
    parse_allowances,
)
from galleria.engines.outbound.lanes import MOST_RESTING, LaneRules
from tests.engines.outbound.servers import (
    Answer,
    Received,
    head,
    make_certificate,
    plain,
    serving,
)

LOOPBACK = parse_allowances("127.0.0.0/8")


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    """May call this machine's loopback addresses, as an operator would allow for a test."""
    client = Outbound(allow=LOOPBACK)
    yield client
    await client.close()


@pytest.fixture
async def strict() -> AsyncIterator[Outbound]:
    """Allows nothing beside the public internet."""
    client = Outbound()
    yield client
    await client.close()


def get(url: str, **more: object) -> OutboundRequest:
    return OutboundRequest(tenant_id=7, url=url, **more)  # type: ignore[arg-type]


class Names:
    """A resolver that leads a name to the addresses it was given, one set a look-up."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


# What gets through.


async def test_a_call_carries_method_path_headers_and_body_and_brings_the_answer_back(
    outbound: Outbound,
) -> None:
    answer = plain(201, b'{"ok":true}', content_type="application/json", x_two="a")
    async with serving(answer) as server:
        response = await outbound.send(
            get(
                f"{server.url}/hook?x=1#fragment",
                method="POST",
                headers={"X-Signature": "abc"},
                body=b"payload",
            )
        )
    assert response.status == 201
    assert response.headers["content-type"] == "application/json"
    assert response.body == b'{"ok":true}'
    (received,) = server.received
    assert (received.method, received.path, received.body) == ("POST", "/hook?x=1", b"payload")
    assert received.headers["x-signature"] == "abc"
    assert received.headers["host"] == f"127.0.0.1:{server.port}"
    assert received.headers["user-agent"] == "Galleria"


async def test_an_error_status_is_an_answer_too(outbound: Outbound) -> None:
    async with serving(plain(503, b"later")) as server:
        response = await outbound.send(get(server.url))
    assert (response.status, response.body) == (503, b"later")


async def test_a_shops_calls_share_a_connection_but_no_cookies(outbound: Outbound) -> None:
    async with serving(plain(200, b"x", set_cookie="session=of-shop-7")) as server:
        for tenant_id in (7, 7, 8):
            await outbound.send(OutboundRequest(tenant_id=tenant_id, url=server.url))
        assert server.open_now == 2, "no shop is answered through another's connection"
    assert server.connections == 2
    assert not any("cookie" in each.headers for each in server.received)


async def test_connections_of_lanes_at_rest_are_few_and_end_by_themselves() -> None:
    outbound = Outbound(allow=LOOPBACK, lane_rules=LaneRules(keep_alive_s=1.0))
    async with serving(plain(200, b"x")) as server:
        for tenant_id in range(MOST_RESTING + 6):
            await outbound.send(OutboundRequest(tenant_id=tenant_id, url=server.url))
        await until(lambda: server.open_now == MOST_RESTING)
        await until(lambda: server.open_now == 0)
        await outbound.send(get(server.url))
        await outbound.close()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.01)


async def test_repeated_headers_are_joined(outbound: Outbound) -> None:
    async def answer(_: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nLink: a\r\nlink: b\r\ncontent-length: 0\r\n\r\n")

    async with serving(answer) as server:
        assert (await outbound.send(get(server.url))).headers["link"] == "a, b"


async def test_proxies_from_the_environment_are_not_used(
    outbound: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(plain(200, b"proxied")) as proxy, serving(plain(200, b"direct")) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert (await outbound.send(get(server.url))).body == b"direct"
    assert proxy.connections == 0


async def test_tls_verifies_the_name_though_the_address_is_what_is_called(tmp_path: Path) -> None:
    tls, certificate = make_certificate(tmp_path, "shop.example")
    trusting = Outbound(
        allow=LOOPBACK, resolve=Names(["127.0.0.1"]), ca_file=os.fspath(certificate)
    )
    doubting = Outbound(allow=LOOPBACK, resolve=Names(["127.0.0.1"]))
    async with serving(plain(200, b"secret"), tls=tls) as server:
        response = await trusting.send(get(f"https://shop.example:{server.port}/"))
        assert response.body == b"secret"
        with pytest.raises(OutboundUnreachable):
            await trusting.send(get(f"https://other.example:{server.port}/"))
        with pytest.raises(OutboundUnreachable):
            await doubting.send(get(f"https://shop.example:{server.port}/"))
    await trusting.close()
    await doubting.close()


# What is refused.


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0.0.0.0",  # noqa: S104  called, not bound
        "localhost",
        "LOCALHOST.",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[fe80::1%25lo]",
        "169.254.169.254",
        "10.0.0.1",
        "192.168.0.1",
    ],
)
async def test_no_way_to_write_an_inner_address_leads_inside(strict: Outbound, host: str) -> None:
    async with serving(plain(200, b"inside")) as server:
        for port in (server.port, 80):
            with pytest.raises((OutboundRefused, OutboundUnreachable)):
                await strict.send(get(f"http://{host}:{port}/", deadline_s=5))
        assert server.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        "",
        "shop.example",
        "//shop.example/",
        "ftp://shop.example/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "unix:///run/docker.sock",
        "http://",
        "http:///path",
        "https://user:password@shop.example/",
        "https://shop.example@127.0.0.1/",
        "http://shop.example:99999/",
        "http://exa mple/",
        "http://shop.example/" + "x" * 9000,
    ],
)
async def test_an_address_that_is_not_plain_http_is_refused(strict: Outbound, url: str) -> None:
    with pytest.raises(OutboundRefused) as refused:
        await strict.send(get(url))
    assert "password@" not in refused.value.detail


@pytest.mark.parametrize("port", [22, 25, 5432, 6379, 9200])
async def test_a_public_address_is_called_at_http_ports_only(port: int) -> None:
    client = Outbound(resolve=Names(["93.184.216.34"]))
    with pytest.raises(OutboundRefused):
        await client.check(f"http://shop.example:{port}/")
    await client.check("http://shop.example/")
    await client.check("https://shop.example:8443/")
    await client.close()


async def test_a_name_that_leads_inside_and_outside_is_called_outside_only() -> None:
    names = Names(["10.0.0.1", "127.0.0.1"])
    client = Outbound(allow=LOOPBACK, resolve=names)
    async with serving(plain(200, b"outside")) as server:
        url = f"http://mixed.example:{server.port}/"
        assert (await client.send(get(url))).body == b"outside"
    await client.close()


async def test_the_address_that_was_checked_is_the_one_that_is_called() -> None:
    """DNS rebinding: the second look-up of a name leads elsewhere. There is no second look-up."""
    async with (
        serving(plain(200, b"right", connection="close")) as server,
        serving(plain(200, b"wrong"), host="127.0.0.2") as other,
    ):
        names = Names(["127.0.0.1"], ["127.0.0.2"])
        client = Outbound(allow=parse_allowances("127.0.0.1/32"), resolve=names)
        url = f"http://rebinding.example:{server.port}/"
        assert (await client.send(get(url))).body == b"right"
        assert names.asked == 1
        # A new connection is a new look-up, and a new check.
        with pytest.raises(OutboundRefused):
            await client.send(get(url))
        assert other.connections == 0
        await client.close()


@pytest.mark.parametrize(
    "headers",
    [
        {"X-A": "a\r\nX-B: b"},
        {"X-A": "a\x00"},
        {"X-A: b\r\nX-B": "c"},
        {"": "a"},
        {"Host": "inside.example"},
        {"Content-Length": "5"},
        {"Transfer-Encoding": "chunked"},
        {"X-A": "euro \u20ac"},
    ],
)
async def test_a_header_that_could_forge_a_request_is_refused(
    outbound: Outbound, headers: dict[str, str]
) -> None:
    async with serving(plain(200)) as server:
        with pytest.raises(OutboundRefused):
            await outbound.send(get(server.url, headers=headers))
        assert server.connections == 0


async def test_a_method_that_is_none_is_refused(outbound: Outbound) -> None:
    async with serving(plain(200)) as server:
        for method in ("CONNECT", "TRACE", "GET / HTTP/1.1\r\nX: "):
            with pytest.raises(OutboundRefused):
                await outbound.send(get(server.url, method=method))
        assert server.connections == 0


# Redirects.


def redirecting_to(location: str, status: int = 302) -> Answer:
    return plain(status, b"moved", location=location)


async def test_a_redirect_is_followed_and_the_last_address_is_told(outbound: Outbound) -> None:
    async def answer(request: Received, writer: asyncio.StreamWriter) -> None:
        if request.path == "/a":
            writer.write(head(301, 0, location="b?x=1"))
        else:
            writer.write(head(200, 4) + b"here")

    async with serving(answer) as server:
        response = await outbound.send(get(f"{server.url}/a"))
        assert (response.status, response.body) == (200, b"here")
        assert response.url == f"{server.url}/b?x=1"


@pytest.mark.parametrize(
    "location", ["http://169.254.169.254/latest/", "http://[::1]/", "file:///etc/passwd"]
)
async def test_a_redirect_is_checked_like_a_first_address(
    outbound: Outbound, location: str
) -> None:
    async with serving(redirecting_to(location)) as server:
        with pytest.raises(OutboundRefused):
            await outbound.send(get(server.url))


async def test_a_redirect_to_a_server_inside_never_reaches_it() -> None:
    async with serving(plain(200, b"inside"), host="127.0.0.2") as inside:
        async with serving(redirecting_to(inside.url)) as server:
            client = Outbound(allow=parse_allowances("127.0.0.1"))
            with pytest.raises(OutboundRefused):
                await client.send(get(server.url))
            await client.close()
        assert inside.connections == 0


async def test_a_redirect_elsewhere_takes_no_credentials_along(outbound: Outbound) -> None:
    headers = {"Authorization": "Bearer x", "X-Api-Key": "y", "Accept-Language": "de"}
    async with (
        serving(plain(200), host="127.0.0.2") as other,
        serving(redirecting_to(other.url)) as server,
    ):
        await outbound.send(get(server.url, headers=headers))
    (received,) = other.received
    assert "authorization" not in received.headers
    assert "x-api-key" not in received.headers
    assert received.headers["accept-language"] == "de"


async def test_redirects_come_to_an_end(outbound: Outbound) -> None:
    async with serving(redirecting_to("/again")) as server:
        with pytest.raises(OutboundUnreachable):
            await outbound.send(get(server.url, max_redirects=3))
        assert len(server.received) == 4
        assert (await outbound.send(get(server.url, max_redirects=0))).status == 302


async def test_a_post_is_never_sent_elsewhere(outbound: Outbound) -> None:
    async with serving(plain(200)) as other, serving(redirecting_to(other.url, 307)) as server:
        response = await outbound.send(get(server.url, method="POST", body=b"secret"))
        assert response.status == 307
        assert other.connections == 0


async def test_a_redirect_from_https_to_http_is_refused(tmp_path: Path) -> None:
    tls, certificate = make_certificate(tmp_path, "shop.example")
    async with serving(plain(200)) as other:
        async with serving(redirecting_to(other.url), tls=tls) as server:
            client = Outbound(
                allow=LOOPBACK, resolve=Names(["127.0.0.1"]), ca_file=os.fspath(certificate)
            )
            with pytest.raises(OutboundRefused):
                await client.send(get(f"https://shop.example:{server.port}/"))
            await client.close()
        assert other.connections == 0


# Limits.


async def test_an_answer_above_the_limit_is_refused_whatever_it_announces(
    outbound: Outbound,
) -> None:
    async def endless(_: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, None, transfer_encoding="chunked"))
        while True:
            writer.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
            await writer.drain()

    async with serving(plain(200, b"x" * 1001)) as server:
        with pytest.raises(OutboundTooLarge):
            await outbound.send(get(server.url, limit_bytes=1000))
        response = await outbound.send(get(server.url, limit_bytes=1001))
        assert len(response.body) == 1001
    async with serving(endless) as server:
        with pytest.raises(OutboundTooLarge):
            await outbound.send(get(server.url, limit_bytes=5_000_000))


def packed(body: bytes, encoding: str = "gzip") -> Answer:
    return plain(200, body, content_encoding=encoding)


@pytest.mark.parametrize("size", [0, 1, 65_536, 65_537, 3_000_000])
async def test_a_packed_answer_is_unpacked(outbound: Outbound, size: int) -> None:
    content = os.urandom(size // 2) + b"a" * (size - size // 2)
    for body, encoding in (
        (gzip.compress(content), "gzip"),
        (gzip.compress(content[: size // 3]) + gzip.compress(content[size // 3 :]), "GZIP"),
        (zlib.compress(content), "deflate"),
    ):
        async with serving(packed(body, encoding)) as server:
            assert (await outbound.send(get(server.url))).body == content


async def test_a_bomb_is_refused_before_it_is_unpacked(outbound: Outbound) -> None:
    bomb = gzip.compress(b"\0" * 200_000_000)
    nothing = gzip.compress(b"") * 100_000
    for body in (bomb, nothing):
        async with serving(packed(body)) as server:
            with pytest.raises(OutboundTooLarge):
                await outbound.send(get(server.url, limit_bytes=1_000_000))


async def test_a_packed_answer_cut_short_or_damaged_is_no_answer(outbound: Outbound) -> None:
    whole = gzip.compress(os.urandom(10_000))
    for body in (whole[:5000], whole[:5000] + b"xxxx" + whole[5004:], b"not packed at all"):
        async with serving(packed(body)) as server:
            with pytest.raises(OutboundUnreachable):
                await outbound.send(get(server.url))
    async with serving(packed(b"x", "br")) as server:
        with pytest.raises(OutboundUnreachable):
            await outbound.send(get(server.url))


async def test_an_answer_cut_short_is_no_answer(outbound: Outbound) -> None:
    async def short(_: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, 100) + b"only this")
        await writer.drain()
        writer.close()

    async with serving(short) as server:
        with pytest.raises(OutboundUnreachable):
            await outbound.send(get(server.url))


async def silent(_: Received, __: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def dripping(_: Received, writer: asyncio.StreamWriter) -> None:
    writer.write(head(200, 1000))
    for _byte in range(1000):
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("answer", [silent, dripping])
async def test_the_deadline_holds_for_the_whole_exchange(
    outbound: Outbound, answer: Answer
) -> None:
    loop = asyncio.get_running_loop()
    async with serving(answer) as server:
        started_at = loop.time()
        with pytest.raises(OutboundTimeout):
            await outbound.send(get(server.url, deadline_s=0.3))
        assert 0.25 < loop.time() - started_at < 20


async def test_the_deadline_holds_for_a_sink_that_is_too_slow(outbound: Outbound) -> None:
    async with serving(plain(200, b"x" * 100)) as server:
        with pytest.raises(OutboundTimeout):
            async with outbound.stream(get(server.url, deadline_s=0.2)) as answer:
                async for _ in answer:
                    await asyncio.sleep(60)


async def test_a_timeout_of_the_callers_own_stays_the_callers(outbound: Outbound) -> None:
    async with serving(silent) as server:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await outbound.send(get(server.url, deadline_s=30))


async def test_calls_that_ran_out_of_time_give_their_connections_back() -> None:
    client = Outbound(
        allow=LOOPBACK, breakers=Breakers(failures_to_open=1000), lane_rules=LaneRules(places=500)
    )
    async with serving(silent) as server:
        late = [client.send(get(server.url, deadline_s=0.5)) for _ in range(300)]
        outcomes = await asyncio.gather(*late, return_exceptions=True)
        assert all(isinstance(outcome, OutboundTimeout) for outcome in outcomes)
    async with serving(plain(200, b"free again")) as server:
        assert (await client.send(get(server.url))).body == b"free again"
    await client.close()


# Streams, breakers, queues.


async def test_a_stream_goes_into_a_blob_without_being_held_in_memory(
    outbound: Outbound, tmp_path: Path
) -> None:
    blobs = local_blobs(tmp_path)
    body = os.urandom(20_000_000)
    async with serving(plain(200, body)) as server:
        request = get(server.url, limit_bytes=len(body), deadline_s=60)
        async with outbound.stream(request) as answer:
            info = await blobs.put(BlobKey(7, "feed"), answer, "text/csv", limit_bytes=len(body))
    assert info.size_bytes == len(body)
    assert await blobs.read(BlobKey(7, "feed")) == body


async def test_a_host_that_keeps_failing_is_left_alone_for_this_tenant_only() -> None:
    client = Outbound(allow=LOOPBACK, breakers=Breakers(failures_to_open=2, pause_s=20))
    async with serving(silent) as server:
        for _ in range(2):
            with pytest.raises(OutboundTimeout):
                await client.send(get(server.url, deadline_s=0.5))
        with pytest.raises(OutboundPaused):
            await client.send(get(server.url, deadline_s=0.5))
        assert len(server.received) == 2
        with pytest.raises(OutboundTimeout):
            await client.send(OutboundRequest(tenant_id=8, url=server.url, deadline_s=0.1))
    await client.close()


async def test_a_host_is_tried_again_after_the_pause() -> None:
    client = Outbound(allow=LOOPBACK, breakers=Breakers(failures_to_open=1, pause_s=2.0))
    answers = [silent, plain(200, b"back")]

    async def answer(request: Received, writer: asyncio.StreamWriter) -> None:
        await answers.pop(0)(request, writer)

    async with serving(answer) as server:
        with pytest.raises(OutboundTimeout):
            await client.send(get(server.url, deadline_s=0.1))
        with pytest.raises(OutboundPaused):
            await client.send(get(server.url))
        await asyncio.sleep(2.1)
        assert (await client.send(get(server.url))).body == b"back"
    await client.close()


async def test_a_tenant_whose_hosts_are_slow_does_not_hold_up_another() -> None:
    client = Outbound(allow=LOOPBACK, lane_rules=LaneRules(places=2))
    async with serving(silent) as slow, serving(plain(200, b"quick")) as quick:
        waiting = [asyncio.create_task(client.send(get(slow.url, deadline_s=4))) for _ in range(10)]
        await asyncio.sleep(0.2)
        assert slow.connections == 2
        other = OutboundRequest(tenant_id=8, url=quick.url, deadline_s=2)
        assert (await client.send(other)).body == b"quick"
        outcomes: list[OutboundResponse | BaseException] = await asyncio.gather(
            *waiting, return_exceptions=True
        )
        assert all(isinstance(outcome, OutboundTimeout) for outcome in outcomes)
    await client.close()


async def test_a_port_where_nobody_listens_is_unreachable(outbound: Outbound) -> None:
    async with serving(plain(200)) as gone:
        pass
    with pytest.raises(OutboundUnreachable):
        await outbound.send(get(gone.url))


async def test_a_name_that_leads_nowhere_is_unreachable(strict: Outbound) -> None:
    with pytest.raises(OutboundUnreachable):
        await strict.check("https://no-such-name.invalid/")


async def test_something_that_does_not_speak_http_is_unreachable(outbound: Outbound) -> None:
    async def babble(_: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n\r\n")

    async with serving(babble) as server:
        with pytest.raises(OutboundUnreachable):
            await outbound.send(get(server.url, deadline_s=2))
