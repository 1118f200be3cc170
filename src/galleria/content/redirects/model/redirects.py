"""A redirect: from an old address of the shop to where its page is now."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec

from galleria.content.redirects.model.addresses import (
    as_sent,
    is_url,
    query_of,
    read_path,
    read_url,
    refused,
)

TargetKind: TypeAlias = Literal["path", "url", "product", "category", "collection"]
ThingKind: TypeAlias = Literal["product", "category", "collection"]
Source: TypeAlias = Literal["manual", "handle_change", "import"]

# Redirects written in one go: a commit's worth.
MOST_AT_ONCE = 20_000


class Target(msgspec.Struct, frozen=True):
    """Where a redirect leads: a path of the shop, another site, or a thing wherever it is.

    `to_path` is a path of the shop, or the whole address of another site (`url`). `to_query` is
    what follows a path.
    """

    target_kind: TargetKind
    target_id: UUID | None = None
    to_path: str | None = None
    to_query: str = ""


class Redirect(msgspec.Struct, frozen=True, kw_only=True):
    """A redirect as the shop has it. `hits` counts shoppers led on, `last_hit_on` is in UTC."""

    from_path: str
    target_kind: TargetKind
    target_id: UUID | None
    to_path: str | None
    to_query: str
    is_permanent: bool
    source: Source
    created_at: datetime
    hits: int = 0
    last_hit_on: date | None = None

    @property
    def target(self) -> Target:
        """Where it leads."""
        return Target(self.target_kind, self.target_id, self.to_path, self.to_query)

    @property
    def is_external(self) -> bool:
        """It leads away from the shop."""
        return self.target_kind == "url"

    @property
    def to(self) -> str | None:
        """The address it leads to, as it is sent; None for a thing, whose address may change."""
        if self.to_path is None or self.is_external:
            return self.to_path
        return as_sent(self.to_path) + self.to_query


class RedirectDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A redirect that somebody wants, as it was written: `to` is a path or an https address.

    For a thing, `target_kind` and `target_id` name it instead.
    """

    from_path: str
    to: str = ""
    target_kind: ThingKind | None = None
    target_id: UUID | None = None
    is_permanent: bool = True


class Move(msgspec.Struct, frozen=True):
    """A thing has another address than it had; `new_path` is where it is now, if known."""

    target_kind: ThingKind
    target_id: UUID
    old_path: str
    new_path: str = ""


class RedirectOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a draft; for a refused one its `code`, as of an error, and the reason."""

    from_path: str
    outcome: Literal["created", "changed", "unchanged", "refused"]
    code: str = ""
    reason: str = ""


class RedirectView(msgspec.Struct, frozen=True, kw_only=True):
    """A redirect for readers: `to` is an address, or a thing is named by kind and id."""

    from_path: str
    target_kind: TargetKind
    target_id: UUID | None
    to: str | None
    is_external: bool
    is_permanent: bool
    source: Source
    created_at: datetime
    hits: int
    last_hit_on: date | None


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """Where an old address leads, for whoever draws the shop's pages."""

    path: str
    target_kind: TargetKind
    target_id: UUID | None
    to: str | None
    is_external: bool
    is_permanent: bool


def view_of(redirect: Redirect) -> RedirectView:
    """The redirect for readers."""
    names = RedirectView.__struct_fields__
    return RedirectView(**{name: getattr(redirect, name) for name in names})


def way_of(redirect: Redirect) -> Way:
    """The redirect for whoever draws pages."""
    return Way(
        path=redirect.from_path,
        target_kind=redirect.target_kind,
        target_id=redirect.target_id,
        to=redirect.to,
        is_external=redirect.is_external,
        is_permanent=redirect.is_permanent,
    )


def read_target(draft: RedirectDraft) -> Target:
    """Where a draft wants to lead.

    Raises:
        InvalidRedirect: to nowhere, to two places, or where no redirect may lead.
    """
    if draft.target_kind is not None or draft.target_id is not None:
        if draft.target_kind is None or draft.target_id is None or draft.to:
            raise refused("to", "invalid_target", "name an address, or a thing by kind and id")
        return Target(draft.target_kind, draft.target_id)
    if is_url(draft.to):
        return Target("url", to_path=read_url(draft.to))
    return Target("path", to_path=read_path(draft.to, "to"), to_query=query_of(draft.to))


class Network:
    """The redirects around some new ones, kept so that each leads to its end in one step.

    It holds every redirect that begins where a new one begins or leads, or that leads where a new
    one begins; so nothing else can be concerned.
    """

    def __init__(self, kept: Mapping[str, Redirect]) -> None:
        """Begin with the redirects as they are, by where they begin."""
        self._redirects = dict(kept)
        self._leading_to: dict[str, set[str]] = {}
        for redirect in kept.values():
            self._note(redirect)
        self.changed: dict[str, Redirect] = {}

    def at(self, from_path: str) -> Redirect:
        """The redirect that begins there."""
        return self._redirects[from_path]

    def put(self, wanted: Redirect) -> Literal["created", "changed", "unchanged", "loop"]:
        """The redirect holds, and those that led to its beginning lead to its end.

        What leads to where another redirect begins is led to that one's end at once. `loop`, and
        nothing changes, when it would lead back to where it begins.
        """
        target = wanted.target
        if wanted.target_kind == "path" and wanted.to_path != wanted.from_path:
            onward = self._redirects.get(wanted.to_path or "")
            target = target if onward is None else onward.target
        if target.target_kind == "path" and target.to_path == wanted.from_path:
            return "loop"
        before = self._redirects.get(wanted.from_path)
        after = _led_to(wanted, target)
        if before is not None:
            after = msgspec.structs.replace(
                after,
                hits=before.hits,
                last_hit_on=before.last_hit_on,
                created_at=before.created_at,
            )
            is_same = before.target == target and before.is_permanent == after.is_permanent
            if is_same:
                return "unchanged"
        self._set(after)
        for from_path in list(self._leading_to.get(wanted.from_path, ())):
            self._set(_led_to(self._redirects[from_path], target))
        return "created" if before is None else "changed"

    def _set(self, redirect: Redirect) -> None:
        former = self._redirects.get(redirect.from_path)
        if former is not None and former.target_kind == "path" and former.to_path:
            self._leading_to[former.to_path].discard(former.from_path)
        self._redirects[redirect.from_path] = redirect
        self.changed[redirect.from_path] = redirect
        self._note(redirect)

    def _note(self, redirect: Redirect) -> None:
        if redirect.target_kind == "path" and redirect.to_path is not None:
            self._leading_to.setdefault(redirect.to_path, set()).add(redirect.from_path)


def _led_to(redirect: Redirect, target: Target) -> Redirect:
    return msgspec.structs.replace(redirect, **msgspec.structs.asdict(target))
