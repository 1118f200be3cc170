"""Keys that turn up where anyone can read them, and what a shop wants done then."""

from typing import Literal, TypeAlias

import msgspec

OnLeak: TypeAlias = Literal["revoke", "end_soon", "warn"]
Outcome: TypeAlias = Literal["revoked", "ending", "warned", "ended_before", "public", "canary"]
Label: TypeAlias = Literal["true_positive", "false_positive"]
MOST_TOKENS = 100


class LeakPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """What is done with a key that was found in public: it is revoked at once, or ends `grace_s`
    seconds later, time to replace it, or the shop is only told."""

    on_leak: OnLeak = "revoke"
    grace_s: int = 3_600


class FoundToken(msgspec.Struct, frozen=True, kw_only=True):
    """A text that somebody has found, and where."""

    token: str
    type: str = ""
    url: str = ""
    source: str = ""


class TokenVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a text was a credential of ours; the same shape for all texts.

    `token_hash` is the SHA-256 of the text in base64, so that the finder knows which one is meant.
    """

    token_hash: str
    token_type: str
    label: Label
