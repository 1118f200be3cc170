"""What a gateway sends."""

from typing import Annotated

import msgspec
from msgspec import Meta

from galleria.foundation.http import WireInput


class GatewayCallback(WireInput):
    """A callback: everything in it is inside the signed token."""

    token: Annotated[str, Meta(min_length=1, max_length=2_000, pattern=r"^[0-9A-Za-z_.=-]+$")]


class CallbackReceipt(msgspec.Struct, frozen=True):
    """Says that we have heard; `is_news` is False for a repetition."""

    is_news: bool
