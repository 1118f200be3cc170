"""What the house has in memory is handed out on its doorstep, by the connection itself.

uvicorn makes a task, two messages and a check of each header for every answer, which is more than
an answer from memory costs. A connection of this kind asks the gateway first, as soon as a
request's head is read; whatever it does not have at hand goes uvicorn's usual way. If the gateway
has all of that answer too, head and body leave in one piece, as bytes it has looked through before.
"""

from functools import partial
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from galleria.faces.gateway import WRITE_KEY, Gateway


class Doorstep(HttpToolsProtocol):
    """A connection; see the module. For a server whose application is the gateway."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Take what uvicorn gives to each of its connections."""
        super().__init__(*args, **options)
        gateway = self.config.app
        assert isinstance(gateway, Gateway), "the doorstep belongs to the gateway"
        self._gateway = gateway
        self._is_answered = False

    def on_message_begin(self) -> None:
        """A request begins."""
        self._is_answered = False
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Its head is read: it is answered at once, or goes the usual way."""
        whole = self._at_once() if self._may_be_answered() else None
        if whole is None:
            super().on_headers_complete()
            if self.cycle is not None and self.cycle.scope is self.scope:  # not one to be upgraded
                self.scope[WRITE_KEY] = partial(_write, self.cycle)  # type: ignore[literal-required]
            return
        self._is_answered = True
        self.transport.write(whole)

    def on_message_complete(self) -> None:
        """It is read to its end."""
        if self._is_answered:
            self.on_response_complete()
        else:
            super().on_message_complete()

    def _may_be_answered(self) -> bool:
        """Whether the answer may go out now: a plain question on a connection that goes on, whose
        last answer is sent and taken.
        """
        parser, cycle = self.parser, self.cycle
        return (
            parser.get_method() == b"GET"
            and (cycle is None or cycle.response_complete)
            and not self.flow.write_paused
            and not self.expect_100_continue
            and parser.get_http_version() == "1.1"
            and parser.should_keep_alive()
            and not parser.should_upgrade()
            and not self.transport.is_closing()
        )

    def _at_once(self) -> bytes | None:
        address = httptools.parse_url(self.url)
        scope = self.scope
        scope["method"] = "GET"
        scope["raw_path"] = address.path
        scope["query_string"] = address.query or b""
        return self._gateway.at_once(scope)  # type: ignore[arg-type]


def _write(cycle: RequestResponseCycle, whole: bytes) -> bool:
    """See `gateway.answer.Write`. What uvicorn's own `send` does, in one go."""
    if (
        cycle.response_started
        or cycle.disconnected
        or cycle.flow.write_paused
        or not cycle.keep_alive
    ):
        return False
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    cycle.transport.write(whole)
    cycle.message_event.set()
    cycle.on_response()
    return True
