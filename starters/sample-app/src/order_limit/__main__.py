"""Runs the app: `order-limit`, or `python -m order_limit`."""

import os

import uvicorn

from order_limit.app import make_app
from order_limit.settings import from_environment


def main() -> None:
    """Serve until it is told to stop."""
    settings = from_environment(os.environ)
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8100"))
    print(
        f"Order limit is at {settings.url}; its manifest: {settings.url}/manifest.json", flush=True
    )
    uvicorn.run(make_app(settings), host=host, port=port, log_level="warning")


if __name__ == "__main__":
    main()
