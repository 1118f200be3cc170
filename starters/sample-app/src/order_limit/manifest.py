"""What the app says of itself; merchants read it before they approve."""

from typing import Any

NAMESPACE = "order_limit"
CODE = "most"
METAFIELD = f"{NAMESPACE}.{CODE}"


def manifest(url: str) -> dict[str, Any]:
    """The app as it describes itself.

    Args:
        url: where it is reached. Galleria takes https, and http where its operator allows that.
    """
    return {
        "handle": "order-limit",
        "name": "Order limit",
        "developer": "You",
        "description": "At most so many pieces of a product in one order.",
        "redirect_uris": [f"{url}/installed"],
        "scopes": ["products:read", "products:write", "orders:read"],
        "webhooks": [{"url": f"{url}/hook", "events": ["orders.order_placed.v1"]}],
        "pages": [{"title": "Order limits", "url": f"{url}/page"}],
        "metafield_namespace": NAMESPACE,
        # When the app does not answer in time the shop sells on: a limit is worth less than a sale.
        "checkout_rule": {"url": f"{url}/rule", "when_unanswered": "allow"},
    }
