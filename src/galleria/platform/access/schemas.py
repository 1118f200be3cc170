"""What may be said to the keys' administration over the wire."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from galleria.foundation.http import Name, WireInput

Scope = Annotated[str, Meta(min_length=1, max_length=60)]


class NewKey(WireInput):
    """A key to be made. Without `expires_at` it lives until it is revoked."""

    name: Name
    scopes: Annotated[list[Scope], Meta(min_length=1, max_length=100)]
    expires_at: Annotated[datetime, Meta(tz=True)] | None = None
