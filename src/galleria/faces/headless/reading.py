"""Reads JSON bodies as exactly what a route asks for: no number in quotes, no 1 for true."""

from typing import Any

from litestar import Request

from galleria.foundation.http import decode_json


class StrictRequest(Request[Any, Any, Any]):
    """A request whose JSON body is decoded once, straight into the route's own type.

    The framework (2.25) would decode it into dicts and convert those leniently: "2" would be a
    number, and a body that is not UTF-8 a failure of ours.
    """

    async def json(self) -> Any:
        """The body as the route's `data`.

        Raises:
            InvalidInput: see `decode_json`.
        """
        field = self.route_handler.parsed_data_field
        return decode_json(await self.body(), Any if field is None else field.annotation)
