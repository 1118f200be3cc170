"""Documents that a shop has registered, and whether it answers no others."""

from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

FaceName: TypeAlias = Literal["storefront", "admin"]
MOST_REGISTERED = 1_000  # a shop; each is read and validated by every process that is asked


class RegisteredDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document by the SHA-256 of its text."""

    face: FaceName
    sha256: str
    name: str
    text: str
    registered_at: datetime


class ShopGraphql(msgspec.Struct, frozen=True):
    """With `only_registered`, the storefront's address answers registered documents alone."""

    only_registered: bool = False
