"""What may be said to the keys' administration over the wire."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from galleria.foundation.http import Name, WireInput
from galleria.platform.access.model.guarding import MOST_NETWORKS, MOST_ORIGINS
from galleria.platform.access.model.keys import KeyTerms, NewKind
from galleria.platform.access.model.leaks import OnLeak

MOST_IMPORTED = 100
MOST_GRACE_S = 90 * 86_400
MOST_A_MINUTE = 1_000_000

Scope = Annotated[str, Meta(min_length=1, max_length=60)]
Scopes = Annotated[list[Scope], Meta(min_length=1, max_length=100)]
Instant = Annotated[datetime, Meta(tz=True)]
Networks = Annotated[
    list[Annotated[str, Meta(min_length=1, max_length=60)]], Meta(max_length=MOST_NETWORKS)
]
Origins = Annotated[
    list[Annotated[str, Meta(min_length=1, max_length=300)]], Meta(max_length=MOST_ORIGINS)
]
Owner = Annotated[str, Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]
Notes = Annotated[str, Meta(max_length=2_000, pattern=r"^[^\x00]*$")]
# What other rooms know by such a code is theirs; here it only has to look like one.
Code = Annotated[str, Meta(max_length=60, pattern=r"^(?:[a-z0-9][a-z0-9_-]*)?$(?!\n)")]
PerMinute = Annotated[int, Meta(ge=1, le=MOST_A_MINUTE)]
GraceSeconds = Annotated[int, Meta(ge=0, le=MOST_GRACE_S)]
Address = Annotated[str, Meta(max_length=2_000, pattern=r"^[^\x00]*$")]


class NewKey(WireInput):
    """A key to be made. Without `expires_at` it lives until it is revoked; without `kind` it is
    `secret` when it may do everything (`*`), else `restricted`. A canary opens nothing and raises
    an alarm when somebody uses it. A key with a `profile` is answered by that channel profile; when
    `profile_is_fixed`, by no other. `location` is the stock location where its device stands."""

    name: Name
    scopes: Scopes
    expires_at: Instant | None = None
    kind: NewKind | None = None
    owner: Owner = ""
    notes: Notes = ""
    allowed_networks: Networks = msgspec.field(default_factory=list)
    allowed_origins: Origins = msgspec.field(default_factory=list)
    requests_per_minute: PerMinute | None = None
    profile: Code = ""
    profile_is_fixed: bool = False
    location: Code = ""
    is_canary: bool = False

    def terms(self) -> KeyTerms:
        """To what it is bound, and who looks after it."""
        return KeyTerms(**{name: getattr(self, name) for name in KeyTerms.__struct_fields__})


class KeyChanges(WireInput):
    """What is to be otherwise; what is left out stays. Scopes never change."""

    name: Name | UnsetType = UNSET
    owner: Owner | UnsetType = UNSET
    notes: Notes | UnsetType = UNSET
    allowed_networks: Networks | UnsetType = UNSET
    allowed_origins: Origins | UnsetType = UNSET
    requests_per_minute: PerMinute | UnsetType | None = UNSET
    profile: Code | UnsetType = UNSET
    profile_is_fixed: bool | UnsetType = UNSET
    location: Code | UnsetType = UNSET
    is_enabled: bool | UnsetType = UNSET


class Rotate(WireInput):
    """For how many seconds the old key stays good, 0 for one that has leaked; and when the new one
    expires, which without this lives as long as the old one was meant to."""

    grace_s: GraceSeconds = 86_400
    expires_at: Instant | None = None


class BrownOut(WireInput):
    """How many of a hundred requests with the old key are refused."""

    percent: Annotated[int, Meta(ge=0, le=100)]


class ForeignKey(WireInput):
    """A key that another system made: the SHA-256 of its text in hexadecimal, and what it may do.
    `shown_prefix` and `shown_end` are what people know it by."""

    name: Name
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
    scopes: Scopes
    expires_at: Instant | None = None
    allowed_networks: Networks = msgspec.field(default_factory=list)
    shown_prefix: Annotated[str, Meta(max_length=12, pattern=r"^[!-~]*$(?!\n)")] = ""
    shown_end: Annotated[str, Meta(max_length=4, pattern=r"^[!-~]*$(?!\n)")] = ""


class ForeignKeys(WireInput):
    """Keys to be taken in, all or none."""

    keys: Annotated[list[ForeignKey], Meta(min_length=1, max_length=MOST_IMPORTED)]


class NewLeakPolicy(WireInput):
    """What is done with a key that was found in public."""

    on_leak: OnLeak
    grace_s: GraceSeconds = 3_600


class KeyText(WireInput):
    """A text that may be a key."""

    key: Annotated[str, Meta(min_length=1, max_length=300)]


class ReportedToken(WireInput):
    """A text that was found in public, and where. Named as scanners of source code name them."""

    token: Annotated[str, Meta(min_length=1, max_length=300)]
    type: Annotated[str, Meta(max_length=100)] = ""
    url: Address = ""
    source: Annotated[str, Meta(max_length=100)] = ""
