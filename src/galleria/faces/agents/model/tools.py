"""The tools an MCP client is offered: the protocol's own, and plain ones for any other client."""

from collections.abc import Mapping
from typing import Any

import msgspec

Schema = dict[str, Any]
# Those that begin with a greeting, and before them the one in which each request stands alone.
GREETING_VERSIONS = ("2025-11-25", "2025-06-18", "2025-03-26")
PROTOCOL_VERSIONS = ("2026-07-28", *GREETING_VERSIONS)
_TEXT: Schema = {"type": "string", "maxLength": 500}
_ID: Schema = {"type": "string", "minLength": 1, "maxLength": 200}
_PIECES: Schema = {"type": "integer", "minimum": 1, "maximum": 999}
_CURSOR: Schema = {"type": "string", "maxLength": 2000}
_MINOR: Schema = {"type": "integer", "minimum": 0}


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """A tool as a client sees it. `reads` says that it changes nothing."""

    name: str
    title: str
    description: str
    schema: Schema
    reads: bool = False

    def told(self) -> Schema:
        """The tool in a list of tools."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": self.schema,
            "annotations": {
                "title": self.title,
                "readOnlyHint": self.reads,
                "openWorldHint": False,
                "destructiveHint": self.name.startswith(("cancel", "complete", "place")),
            },
        }


def _object(properties: Mapping[str, Schema], *required: str, is_open: bool = False) -> Schema:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": is_open,
    }


_META = _object(
    {
        "ucp-agent": _object({"profile": {"type": "string", "maxLength": 2000}}, is_open=True),
        "idempotency-key": {"type": "string", "maxLength": 255},
    },
    "ucp-agent",
    is_open=True,
)


def _protocol_tool(name: str, title: str, thing: str | None, *, by_id: bool, reads: bool) -> Tool:
    """A tool of the protocol's MCP binding. Its payload is specified at ucp.dev."""
    properties: dict[str, Schema] = {"meta": _META}
    if by_id:
        properties["id"] = _ID
    if thing is not None:
        properties[thing] = {"type": "object"}
    told = f"{title}, by the Universal Commerce Protocol."
    schema = _object(properties, *properties, is_open=True)
    return Tool(name=name, title=title, description=told, schema=schema, reads=reads)


PROTOCOL_TOOLS = (
    _protocol_tool("search_catalog", "Search the catalog", "catalog", by_id=False, reads=True),
    _protocol_tool("lookup_catalog", "Look products up by id", "catalog", by_id=False, reads=True),
    _protocol_tool("get_product", "Read one product", "catalog", by_id=False, reads=True),
    _protocol_tool("create_cart", "Create a cart", "cart", by_id=False, reads=False),
    _protocol_tool("get_cart", "Read a cart", None, by_id=True, reads=True),
    _protocol_tool("update_cart", "Replace a cart", "cart", by_id=True, reads=False),
    _protocol_tool("cancel_cart", "Give a cart up", None, by_id=True, reads=False),
    _protocol_tool("create_checkout", "Create a checkout", "checkout", by_id=False, reads=False),
    _protocol_tool("get_checkout", "Read a checkout", None, by_id=True, reads=True),
    _protocol_tool("update_checkout", "Replace a checkout", "checkout", by_id=True, reads=False),
    _protocol_tool("complete_checkout", "Place the order", "checkout", by_id=True, reads=False),
    _protocol_tool("cancel_checkout", "Give a checkout up", None, by_id=True, reads=False),
    _protocol_tool("get_order", "Read an order", None, by_id=True, reads=True),
)
_ITEMS: Schema = {
    "type": "array",
    "minItems": 1,
    "maxItems": 100,
    "items": _object({"id": _ID, "quantity": _PIECES}, "id"),
    "description": "ids of variants, as search_products and show_product tell them",
}
_ADDRESS = _object(
    {
        "name": {"type": "string", "maxLength": 200},
        "street": {"type": "string", "maxLength": 200},
        "city": {"type": "string", "maxLength": 200},
        "region": {"type": "string", "maxLength": 200},
        "postal_code": {"type": "string", "maxLength": 20},
        "country": {"type": "string", "maxLength": 2, "description": "two letters, as DE"},
    },
    *("name", "street", "city", "country"),
)
PLAIN_TOOLS = (
    Tool(
        name="search_products",
        title="Search products",
        description="Find products of this shop by words, category and price. Prices are in minor"
        " units (cents). Pass `cursor` for the next page.",
        schema=_object(
            {
                "query": _TEXT,
                "category": {**_TEXT, "description": "a path that list_categories told"},
                "price_min": _MINOR,
                "price_max": _MINOR,
                "limit": {"type": "integer", "minimum": 1, "maximum": 50},
                "cursor": _CURSOR,
            }
        ),
        reads=True,
    ),
    Tool(
        name="show_product",
        title="Show a product",
        description="One product with its variants, prices and pictures, by the id of the product"
        " or of a variant.",
        schema=_object({"id": _ID}, "id"),
        reads=True,
    ),
    Tool(
        name="list_categories",
        title="List categories",
        description="The shop's categories, parents before children.",
        schema=_object({}),
        reads=True,
    ),
    Tool(
        name="fill_cart",
        title="Fill a cart",
        description="A new cart with these items; with `cart_id` that cart holds these items and"
        " no others from now on.",
        schema=_object({"cart_id": _ID, "items": _ITEMS}, "items"),
    ),
    Tool(
        name="show_cart",
        title="Show a cart",
        description="A cart at today's prices.",
        schema=_object({"cart_id": _ID}, "cart_id"),
        reads=True,
    ),
    Tool(
        name="prepare_checkout",
        title="Prepare a checkout",
        description="Begin to buy items or a cart, or change a checkout that was begun; what is"
        " left out stays. The answer says what is still missing, the shipping options and the"
        " total. Show the total to the buyer before you place the order.",
        schema=_object(
            {
                "checkout_id": _ID,
                "cart_id": _ID,
                "items": _ITEMS,
                "email": {"type": "string", "maxLength": 254},
                "address": _ADDRESS,
                "shipping_option": _ID,
            }
        ),
    ),
    Tool(
        name="place_order",
        title="Place the order",
        description="Buy what the checkout holds, for money. Only when the buyer has agreed to the"
        " total. `payment_token` is what the gateway's own page gave for the card.",
        schema=_object(
            {
                "checkout_id": _ID,
                "payment_method": _ID,
                "payment_token": {"type": "string", "minLength": 1, "maxLength": 500},
                "idempotency_key": {"type": "string", "minLength": 1, "maxLength": 255},
            },
            *("checkout_id", "payment_method", "payment_token", "idempotency_key"),
        ),
    ),
    Tool(
        name="order_status",
        title="Order status",
        description="An order with its parcels and refunds, by the id that place_order told.",
        schema=_object({"order_id": _ID}, "order_id"),
        reads=True,
    ),
)
TOOLS = {tool.name: tool for tool in (*PLAIN_TOOLS, *PROTOCOL_TOOLS)}
