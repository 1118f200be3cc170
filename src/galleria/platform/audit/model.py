"""What an entry of the diary says, and the form in which actions and subjects are named."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

MAX_DETAIL_BYTES = 16_384  # an entry tells of a change; it is no place to keep a document

# `keys.key_revoked`, `key:0192…`: the thing's noun, a colon, and what tells it from its like.
_ACTION = re.compile(r"[a-z][a-z0-9_]{0,39}\.[a-z][a-z0-9_]{0,59}")
_SUBJECT = re.compile(r"[a-z][a-z0-9_]{0,39}:[^\x00-\x1f]{1,200}")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the diary. Entries of a shop sort by `entry_id`, newest last."""

    entry_id: UUID
    at: datetime
    actor_kind: str
    actor_id: str
    action: str
    subject: str
    detail: Mapping[str, Any]
    request_id: str


def check_entry(entry: Entry) -> None:
    """Pass when an entry is well formed. Its author is our own code, so a bad one is a bug."""
    assert _ACTION.fullmatch(entry.action), f"{entry.action!r} is no action"
    assert _SUBJECT.fullmatch(entry.subject), f"{entry.subject!r} is no subject"
    size_bytes = len(msgspec.json.encode(entry.detail))
    assert size_bytes <= MAX_DETAIL_BYTES, f"a detail of {size_bytes} bytes is too long"
