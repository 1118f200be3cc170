"""Redirects come, change and go; each leads to its end in one step, and none in a circle."""

from collections.abc import Sequence
from contextlib import suppress

from galleria.content.redirects import repository
from galleria.content.redirects.errors import (
    InvalidRedirect,
    RedirectExists,
    RedirectLoop,
    RedirectNotFound,
)
from galleria.content.redirects.events import MAX_PATHS, RedirectsChanged
from galleria.content.redirects.model.addresses import read_old_path
from galleria.content.redirects.model.redirects import (
    MOST_AT_ONCE,
    Move,
    Network,
    Redirect,
    RedirectDraft,
    RedirectOutcome,
    Source,
    Target,
    read_target,
)
from galleria.content.redirects.schemas import RedirectChanges
from galleria.content.redirects.service.reading import cache_key
from galleria.engines.cache import CacheUnavailable
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.platform import audit

# Of many redirects removed at once, so many are named in the diary.
MOST_TOLD = 50
_LOOP = "it would lead back to where it begins"


async def create_redirect(ctx: Context, draft: RedirectDraft) -> Redirect:
    """The old address leads there from now on.

    Raises:
        InvalidRedirect: one of the two addresses cannot be.
        RedirectExists: there is a redirect from it already.
        RedirectLoop: the end leads back to the beginning.
    """
    wanted = _read(draft, "manual", ctx)
    async with ctx.transaction() as tx:
        await repository.lock_paths(tx)
        if await repository.find(tx, wanted.from_path) is not None:
            raise RedirectExists(f"there is a redirect from {wanted.from_path[:200]}")
        made = await _put(tx, wanted, "created")
        await audit.record(tx, "redirects.redirect_created", _subject(made.from_path), _told(made))
    return made


async def change_redirect(ctx: Context, from_path: str, changes: RedirectChanges) -> Redirect:
    """The redirect leads where the changes say; what they leave out stays.

    Raises:
        InvalidRedirect, RedirectLoop: see `create_redirect`.
        RedirectNotFound: there is no redirect from this address.
    """
    path = read_old_path(from_path)
    async with ctx.transaction() as tx:
        await repository.lock_paths(tx)
        before = await repository.find(tx, path)
        if before is None:
            raise RedirectNotFound(f"no redirect from {path[:200]}")
        wanted = changes.applied_to(before)
        after = await _put(tx, wanted, "changed")
        if after != before:
            await audit.record(tx, "redirects.redirect_changed", _subject(path), _told(after))
    return after


async def remove_redirects(ctx: Context, from_paths: Sequence[str]) -> int:
    """No redirect begins at these addresses; how many did. Safe to repeat.

    Raises:
        InvalidRedirect: one of them is no path.
    """
    paths = list(dict.fromkeys(read_old_path(each) for each in from_paths))
    async with ctx.transaction() as tx:
        await repository.lock_paths(tx)
        gone = await repository.delete(tx, paths)
        await _announce(tx, gone, "removed")
        if gone:
            subject = _subject(gone[0]) if len(gone) == 1 else "redirect:many"
            told = [path[:200] for path in gone[:MOST_TOLD]]
            detail = {"count": len(gone), "paths": told}
            await audit.record(tx, "redirects.redirects_removed", subject, detail)
    return len(gone)


async def merge_redirects(
    tx: Transaction, drafts: Sequence[RedirectDraft], source: Source = "import"
) -> list[RedirectOutcome]:
    """All drafts that can be are redirects now, one statement for all; what became of each.

    A later draft from the same address replaces an earlier one. Chains are followed to their end,
    those among the drafts too; of a circle, the draft that would close it is refused.

    Args:
        tx: the transaction they are kept with.
        drafts: at most 20,000; outcomes come in their order.
        source: who wants them.
    """
    assert len(drafts) <= MOST_AT_ONCE, "a commit's worth at once"
    read: list[Redirect | InvalidRedirect] = []
    for draft in drafts:
        try:
            read.append(_read(draft, source, tx.ctx))
        except InvalidRedirect as error:
            read.append(error)
    await repository.lock_paths(tx)
    network = await _network(tx, [each for each in read if isinstance(each, Redirect)])
    outcomes: list[RedirectOutcome] = []
    for draft, wanted in zip(drafts, read, strict=True):
        if isinstance(wanted, InvalidRedirect):
            why = wanted.errors[0]
            outcomes.append(_refused(draft.from_path[:200], why.code, why.message))
            continue
        outcome = network.put(wanted)
        if outcome == "loop":
            outcomes.append(_refused(wanted.from_path, RedirectLoop.code, _LOOP))
        else:
            outcomes.append(RedirectOutcome(from_path=wanted.from_path, outcome=outcome))
    await _keep(tx, network, "merged")
    if network.changed:
        count = {"count": len(network.changed), "source": source}
        await audit.record(tx, "redirects.redirects_merged", "redirect:many", count)
    return outcomes


async def moved(tx: Transaction, moves: Sequence[Move]) -> None:
    """The old addresses of these things lead to them, wherever they go next. Safe to repeat.

    A redirect that began at a new address goes, since a page is there now.

    Raises:
        InvalidRedirect: an address is no path.
    """
    if not moves:
        return
    await repository.lock_paths(tx)
    taken = [read_old_path(each.new_path) for each in moves if each.new_path]
    gone = await repository.delete(tx, taken) if taken else []
    wanted = [
        _made(read_old_path(each.old_path), Target(each.target_kind, each.target_id), tx.ctx)
        for each in moves
    ]
    present = set(taken)
    network = await _network(tx, wanted)
    for each in wanted:
        # Two things that swap their addresses leave none behind.
        if each.from_path not in present:
            network.put(each)
    await _keep(tx, network, "moved")
    await _announce(tx, [path for path in gone if path not in network.changed], "moved")


def _made(from_path: str, target: Target, ctx: Context) -> Redirect:
    return Redirect(
        from_path=from_path,
        target_kind=target.target_kind,
        target_id=target.target_id,
        to_path=target.to_path,
        to_query=target.to_query,
        is_permanent=True,
        source="handle_change",
        created_at=ctx.now,
    )


def _read(draft: RedirectDraft, source: Source, ctx: Context) -> Redirect:
    target = read_target(draft)
    return Redirect(
        from_path=read_old_path(draft.from_path),
        target_kind=target.target_kind,
        target_id=target.target_id,
        to_path=target.to_path,
        to_query=target.to_query,
        is_permanent=draft.is_permanent,
        source=source,
        created_at=ctx.now,
    )


async def _network(tx: Transaction, wanted: Sequence[Redirect]) -> Network:
    beginnings = list({each.from_path for each in wanted})
    ends = list({each.to_path for each in wanted if each.to_path is not None})
    return Network(await repository.around(tx, beginnings, ends))


async def _put(tx: Transaction, wanted: Redirect, reason: str) -> Redirect:
    """The one redirect holds; as it leads to its end in one step, it comes back."""
    network = await _network(tx, [wanted])
    if network.put(wanted) == "loop":
        raise RedirectLoop(_LOOP)
    await _keep(tx, network, reason)
    return network.at(wanted.from_path)


async def _keep(tx: Transaction, network: Network, reason: str) -> None:
    if network.changed:
        await repository.save(tx, list(network.changed.values()))
        await _announce(tx, list(network.changed), reason)


async def _announce(tx: Transaction, paths: Sequence[str], reason: str) -> None:
    """Other rooms are told, and what is remembered of these paths is forgotten."""
    for start in range(0, len(paths), MAX_PATHS):
        some = list(paths[start : start + MAX_PATHS])
        tx.publish(RedirectsChanged(paths=some, reason=reason))

    async def forget() -> None:
        with suppress(CacheUnavailable):
            await tx.ctx.engines.cache.delete(*(cache_key(tx.tenant, path) for path in paths))

    if paths:
        tx.after_commit(forget)


def _refused(from_path: str, code: str, reason: str) -> RedirectOutcome:
    return RedirectOutcome(from_path=from_path, outcome="refused", code=code, reason=reason)


def _subject(from_path: str) -> str:
    # A subject has 200 characters at most; what is longer is told by its beginning.
    return f"redirect:{from_path[:200]}"


def _told(redirect: Redirect) -> dict[str, object]:
    return {
        "from_path": redirect.from_path,
        "target_kind": redirect.target_kind,
        "target_id": None if redirect.target_id is None else str(redirect.target_id),
        "to": redirect.to,
        "is_permanent": redirect.is_permanent,
    }
