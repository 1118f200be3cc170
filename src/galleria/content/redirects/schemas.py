"""What the back office sends about redirects."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from galleria.content.redirects.model.redirects import (
    Redirect,
    RedirectDraft,
    ThingKind,
    read_target,
)
from galleria.foundation.http import WireInput

# Percent-encoded, a path of 2,000 bytes is three times as long.
Address = Annotated[str, Meta(max_length=6_000, pattern=r"^[^\x00]*$(?!\n)")]
OldPath = Annotated[str, Meta(min_length=1, max_length=6_000, pattern=r"^[^\x00]*$(?!\n)")]


class NewRedirect(WireInput):
    """A redirect: `to` is a path or an https address, or kind and id name a thing."""

    from_path: OldPath
    to: Address = ""
    target_kind: ThingKind | None = None
    target_id: UUID | None = None
    is_permanent: bool = True

    def draft(self) -> RedirectDraft:
        """The redirect that is wanted."""
        return RedirectDraft(**msgspec.structs.asdict(self))


class RedirectChanges(WireInput):
    """The fields to change; a new end is told as in a new redirect."""

    to: Address | UnsetType = UNSET
    target_kind: ThingKind | UnsetType = UNSET
    target_id: UUID | UnsetType = UNSET
    is_permanent: bool | UnsetType = UNSET

    def applied_to(self, before: Redirect) -> Redirect:
        """The redirect with the changes, entered by hand from now on.

        Raises:
            InvalidRedirect: see `read_target`.
        """
        sent = {
            name: value
            for name, value in msgspec.structs.asdict(self).items()
            if value is not UNSET
        }
        permanent = sent.pop("is_permanent", before.is_permanent)
        target = before.target
        if sent:
            target = read_target(RedirectDraft(from_path=before.from_path, **sent))
        return msgspec.structs.replace(
            before,
            **msgspec.structs.asdict(target),
            is_permanent=permanent,
            source="manual",
        )


class RedirectsToRemove(WireInput):
    """Old addresses that shall lead nowhere any more."""

    paths: Annotated[list[OldPath], Meta(min_length=1, max_length=500)]
