"""Somebody who asks the API, and is given what they ask for."""

from typing import Any

import httpx
import msgspec


class Counter:
    """Somebody who asks over HTTP and has to be given what they ask for."""

    def __init__(self, client: httpx.AsyncClient, **headers: str) -> None:
        """Ask with these headers."""
        self._client = client
        self._headers = headers
        self.answers: list[httpx.Response] = []

    def speaking(self, **headers: str) -> "Counter":
        """Somebody else there, who is given their own answers."""
        return Counter(self._client, **headers)

    async def ask(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        """The answer, from JSON; `body` goes as JSON, or as it is when it is bytes."""
        content, kind = b"", "application/json"
        if isinstance(body, bytes):
            content, kind = body, "application/octet-stream"
        elif body is not None:
            content = msgspec.json.encode(body)
        typed = {"Content-Type": kind} if content else {}
        answer = await self._client.request(
            method, path, content=content, headers={**self._headers, **typed, **headers}
        )
        assert answer.status_code < 300, (method, path, answer.status_code, answer.text)
        self.answers.append(answer)
        return answer.json() if answer.content else None
