"""Asks GraphQL over the real front door."""

from typing import Any

from tests.faces.gateway.door import Client

STORE = "/store/v1/graphql"
ADMIN = "/admin/v1/graphql"


async def ask(client: Client, query: str, path: str = STORE, **variables: Any) -> dict[str, Any]:
    """The whole answer to a request by POST."""
    body = {"query": query, "variables": variables}
    answer: dict[str, Any] = await client.json("POST", path, json=body)
    return answer


async def data(client: Client, query: str, path: str = STORE, **variables: Any) -> dict[str, Any]:
    """What an answer without errors holds."""
    answer = await ask(client, query, path, **variables)
    assert "errors" not in answer, answer["errors"]
    found: dict[str, Any] = answer["data"]
    return found


async def code(client: Client, query: str, path: str = STORE, **variables: Any) -> str:
    """The code of the first error."""
    answer = await ask(client, query, path, **variables)
    found: str = answer["errors"][0]["extensions"]["code"]
    return found
