"""Where the app is, where Galleria is, and where the app keeps what it knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Addresses are without a slash at their end."""

    url: str
    """Where browsers and Galleria reach this app."""
    api: str
    """Where this app reaches Galleria's API."""
    office: str
    """Where browsers reach Galleria's back office."""
    data: Path
    """The SQLite file with shops, tokens and secrets."""


def from_environment(environment: Mapping[str, str]) -> Settings:
    """What the environment says; what it leaves out is as `make demo` has it."""
    return Settings(
        url=environment.get("APP_URL", "http://127.0.0.1:8100").rstrip("/"),
        api=environment.get("GALLERIA_URL", "http://127.0.0.1:8000").rstrip("/"),
        office=environment.get("GALLERIA_OFFICE", "http://admin.localhost:8000").rstrip("/"),
        data=Path(environment.get("APP_DATA", "order-limit.sqlite")),
    )
