"""One connection to a Galleria: who asks, for which shop, and how long to wait."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar
from uuid import uuid4

import httpx

from galleria_client.generated.client import AuthenticatedClient
from galleria_client.problems import problem_of
from galleria_client.release import USER_AGENT
from galleria_client.retrying import RetryingTransport

API_VERSION_HEADER = "Galleria-Version"
SHOP_HEADER = "X-Galleria-Shop"

T = TypeVar("T")
ItemT_co = TypeVar("ItemT_co", covariant=True)


class PageOf(Protocol[ItemT_co]):
    """A part of a list; `next_cursor` leads to the next part."""

    @property
    def items(self) -> Sequence[ItemT_co]:
        """What the part holds."""

    @property
    def next_cursor(self) -> Any:
        """Where the next part begins, None or unset at the end."""


class Caller:
    """Calls any operation of the API. Close it, or use it in a `with`."""

    def __init__(
        self,
        url: str,
        *,
        shop: str | None = None,
        key: str | None = None,
        timeout_s: float = 10.0,
        retries: int = 3,
        api_version: str | None = None,
        user_agent: str | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Say where Galleria is and who asks; nothing is sent yet.

        Args:
            url: such as `https://api.example.com`; a shop's own host names the shop by itself.
            shop: the shop's slug, on an API host and without a key.
            key: `gal_key_…`, which names its shop, or a search key or pass.
            timeout_s: longest wait for one answer; a repeat waits anew.
            retries: how often a request that may be sent again is sent again.
            api_version: the version of the API to be answered in, where the server offers several.
            user_agent: what your program is called; it stands before this client's own name.
            transport: what sends instead of the usual transport: a proxy, or a test's server.
        """
        headers = {"User-Agent": f"{user_agent} {USER_AGENT}" if user_agent else USER_AGENT}
        if shop is not None:
            headers[SHOP_HEADER] = shop
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        if api_version is not None:
            headers[API_VERSION_HEADER] = api_version
        self._http = httpx.Client(
            base_url=url,
            headers=headers,
            timeout=timeout_s,
            transport=RetryingTransport(transport or httpx.HTTPTransport(), retries),
            event_hooks={"response": [_refuse_failures]},
        )
        # The token goes by the headers above: a shopper has none, and the type asks for one.
        self.api = AuthenticatedClient(base_url=url, token=key or "").set_httpx_client(self._http)

    def call(self, operation: Callable[..., T | None], *args: Any, **given: Any) -> T:
        """The answer of a generated operation: `shop.call(get_order.sync, order_id)`.

        An operation that takes an idempotency key gets a new one unless you give yours, so that it
        can be sent again; give your own where your program itself may come back after a crash.

        Raises:
            Problem: the API refused; see its subclasses.
            httpx.TransportError: nobody answered, however often it was tried.
        """
        if "idempotency_key" in inspect.signature(operation).parameters:
            given.setdefault("idempotency_key", str(uuid4()))
        answer = operation(*args, client=self.api, **given)
        if answer is None:
            raise TypeError(f"{operation.__module__} answers with nothing: use `tell`")
        return answer

    def tell(self, operation: Callable[..., Any], *args: Any, **given: Any) -> None:
        """As `call`, for an operation without an answer: `shop.tell(x.sync_detailed, …)`."""
        operation(*args, client=self.api, **given)

    def each(
        self, operation: Callable[..., PageOf[T] | None], *args: Any, **given: Any
    ) -> Iterator[T]:
        """Everything a list holds, page after page; the next page is read when it is needed."""
        while True:
            page = self.call(operation, *args, **given)
            yield from page.items
            if not page.next_cursor:
                return
            given["cursor"] = page.next_cursor

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def __enter__(self) -> Self:
        """The client itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()


def _refuse_failures(response: httpx.Response) -> None:
    if response.is_error:
        response.read()
        raise problem_of(response)
