"""Connections to the outside, each made to an address that was looked up once and checked.

The check and the connection use the very same address, so a name that leads elsewhere a moment
later (DNS rebinding) gains nothing; TLS still verifies the name. Nothing here reads proxies from
the environment, keeps cookies or follows a redirect.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import certifi
import httpcore
import msgspec

from galleria.engines.outbound.addresses import Address, Allowance, is_public, read_address
from galleria.engines.outbound.errors import OutboundRefused, OutboundUnreachable

PUBLIC_PORTS = frozenset(
    {80, 443, 8080, 8443}
)  # where HTTP lives; no mail, no shells, no databases
CONNECT_TIMEOUT_S = 5.0
MAX_ADDRESSES = 3  # tried one after the other
RESOLVER_THREADS = 4

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host name, as text, best first."""


class Guard(msgspec.Struct, frozen=True):
    """The rule for addresses and ports."""

    allow: tuple[Allowance, ...] = ()
    ports: frozenset[int] = PUBLIC_PORTS

    def permits(self, address: Address, port: int) -> bool:
        """True when we may connect there."""
        if any(allowance.covers(address, port) for allowance in self.allow):
            return True
        return port in self.ports and is_public(address)

    async def addresses(self, resolve: Resolve, host: str, port: int) -> list[Address]:
        """The addresses of `host` that may be called, best first; one look-up.

        Raises:
            OutboundUnreachable: the name leads nowhere.
            OutboundRefused: it leads only where we may not go.
        """
        found = [read_address(text) for text in await resolve(host, port)]
        permitted = [address for address in found if self.permits(address, port)]
        if not permitted:
            # Which address it was stays unsaid: the answer must not map our network.
            raise OutboundRefused(f"{host}:{port} is not an address that may be called")
        return permitted


class SystemResolver:
    """Asks the machine's resolver, in threads of its own: a slow name holds up other names only."""

    def __init__(self) -> None:
        """Start no thread yet."""
        self._threads = ThreadPoolExecutor(RESOLVER_THREADS, thread_name_prefix="outbound-dns")

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._threads, _look_up, host, port)
        except (OSError, UnicodeError):
            raise OutboundUnreachable(f"{host} has no address") from None
        return list(dict.fromkeys(found))

    def close(self) -> None:
        """No thread is waited for: a look-up cannot be interrupted."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens connections for httpcore, to permitted addresses only."""

    def __init__(self, guard: Guard, resolve: Resolve) -> None:
        """Look names up by `resolve` and judge their addresses by `guard`."""
        self._guard = guard
        self._resolve = resolve
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await self._guard.addresses(self._resolve, host, port)
        failure: Exception | None = None
        for address in addresses[:MAX_ADDRESSES]:
            try:
                return await self._inner.connect_tcp(
                    str(address),
                    port,
                    timeout=timeout,
                    local_address=local_address,
                    socket_options=socket_options,
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as refused:
                failure = refused
        raise OutboundUnreachable(f"{host}:{port} takes no connection") from failure

    async def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        raise OutboundRefused("a socket of this machine may not be called")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def trusted(ca_file: str | None) -> ssl.SSLContext:
    """What to believe of other hosts: TLS 1.2 and up, certificates verified.

    Args:
        ca_file: certificates in PEM to trust beside the public ones, None for no others.
    """
    trust = ssl.create_default_context(cafile=certifi.where())
    trust.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file is not None:
        trust.load_verify_locations(cafile=ca_file)
    return trust


def _look_up(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]
