"""Rankings as a shop keeps them, and the one that holds for a question."""

import msgspec

from galleria.engines.context import Context
from galleria.engines.search_index import Ranking
from galleria.engines.sql import Reader, Transaction
from galleria.growth.search.errors import RankingNameTaken, RankingNotFound, TooManyRankings
from galleria.growth.search.model.rankings import (
    MAX_RANKINGS,
    STANDARD,
    RankingDraft,
    RankingProfile,
    Weights,
    check,
    check_weights,
)
from galleria.growth.search.repository import rankings as repository
from galleria.growth.search.service.remembering import Remembered
from galleria.platform import audit


class _Known(msgspec.Struct, frozen=True):
    """All rankings by name, the built-in one first, and the one that holds."""

    by_name: dict[str, Ranking]
    default: Ranking


async def create_ranking(ctx: Context, draft: RankingDraft) -> RankingProfile:
    """The shop has one more ranking; it holds once it is made the default.

    Raises:
        InvalidRanking: it cannot be.
        RankingNameTaken: the shop has one of this name.
        TooManyRankings: the shop has as many as it may have.
    """
    check(draft)
    made = RankingProfile(
        name=draft.name, weights=draft.weights, is_default=False, updated_at=ctx.now
    )
    async with ctx.transaction() as tx:
        await repository.lock(tx)
        there = await repository.everything(tx)
        if any(each.name == made.name for each in there):
            raise RankingNameTaken(f"there is a ranking {made.name}")
        if len(there) >= MAX_RANKINGS:
            raise TooManyRankings(f"a shop has at most {MAX_RANKINGS} rankings")
        await repository.save(tx, made)
        await _told(tx, "search.ranking_created", made.name, made)
    return made


async def replace_ranking(ctx: Context, name: str, weights: Weights) -> RankingProfile:
    """The ranking is made of this from now on. Safe to repeat.

    Raises:
        InvalidRanking: it cannot be.
        RankingNotFound: there is none of this name.
    """
    check_weights(weights)
    async with ctx.transaction() as tx:
        await repository.lock(tx)
        before = await _found(tx, name)
        made = msgspec.structs.replace(before, weights=weights, updated_at=ctx.now)
        await repository.save(tx, made)
        await _told(tx, "search.ranking_changed", name, made)
    return made


async def remove_ranking(ctx: Context, name: str) -> None:
    """It is gone; when it was the default, the built-in one holds again.

    Raises:
        RankingNotFound: there is none of this name.
    """
    async with ctx.transaction() as tx:
        if not await repository.delete(tx, name):
            raise RankingNotFound(f"no ranking {name[:80]!r}")
        await _told(tx, "search.ranking_removed", name)


async def make_default(ctx: Context, name: str) -> None:
    """This ranking holds for all who do not ask for another; the built-in one is "standard".

    Raises:
        RankingNotFound: there is none of this name.
    """
    async with ctx.transaction() as tx:
        await repository.lock(tx)
        if name != STANDARD:
            await _found(tx, name)
        await repository.set_default(tx, name)
        await _told(tx, "search.ranking_made_default", name)


async def get_ranking(ctx: Context, name: str) -> RankingProfile:
    """One ranking. Raises RankingNotFound."""
    return await _found(ctx, name)


async def list_rankings(ctx: Context) -> list[RankingProfile]:
    """All rankings that the shop keeps, by name; the built-in one is not among them."""
    return await repository.everything(ctx)


async def profiles(ctx: Context) -> list[str]:
    """The names of all rankings that can be asked by, the built-in one first."""
    return list((await _said.of(ctx)).by_name)


async def ranking_called(ctx: Context, name: str) -> Ranking:
    """What the ranking of this name is made of. No statement for some seconds after the first.

    Raises:
        RankingNotFound: there is none of this name.
    """
    found = (await _said.of(ctx)).by_name.get(name)
    if found is None:
        raise RankingNotFound(f"no ranking {name[:80]!r}")
    return found


async def holding(ctx: Context, name: str | None) -> Ranking:
    """The ranking of this name, or the one that holds for all. Raises RankingNotFound."""
    return await ranking_called(ctx, name) if name is not None else (await _said.of(ctx)).default


def ranking_of(weights: Weights) -> Ranking:
    """The weights as the index takes them.

    Raises:
        InvalidRanking: they cannot be.
    """
    check_weights(weights)
    return Ranking(**msgspec.structs.asdict(weights))


async def look_again(ctx: Context) -> None:
    """The next question is asked by what the tables say, whatever this process remembers."""
    await _said.forget(ctx)


async def _found(reader: Reader, name: str) -> RankingProfile:
    for each in await repository.everything(reader):
        if each.name == name:
            return each
    raise RankingNotFound(f"no ranking {name[:80]!r}")


async def _written(ctx: Context) -> bytes:
    return msgspec.msgpack.encode(await repository.everything(ctx))


def _known(written: bytes) -> _Known:
    kept = msgspec.msgpack.decode(written, type=list[RankingProfile])
    by_name = {STANDARD: Ranking(), **{each.name: ranking_of(each.weights) for each in kept}}
    default = next((each.name for each in kept if each.is_default), STANDARD)
    return _Known(by_name, by_name[default])


_said = Remembered("rankings", _written, _known)


async def _told(
    tx: Transaction, what: str, name: str, wanted: RankingProfile | None = None
) -> None:
    """The diary has it, and this process asks by it as soon as it is committed."""
    detail = {} if wanted is None else msgspec.structs.asdict(wanted.weights)
    await audit.record(tx, what, f"ranking:{name}", detail)
    _said.forget_after(tx)
