"""Moving shops between the index that all share and one of their own."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import suppress

from galleria.commerce import listings
from galleria.engines.context import SYSTEM, Context, Engines, every_shop, tenant_of
from galleria.engines.remaking import Source, refill
from galleria.engines.search_index import SearchDocument, SearchUnavailable, filling
from galleria.engines.search_index.placing import SHARED, PlacedIndex, PlacingWriter, Wish
from galleria.foundation.telemetry import logger
from galleria.growth.search.model.operating import OperatorSettings
from galleria.growth.search.model.placing import belongs_apart

_AT_ONCE = 1_000  # shops whose size is looked up together
_log = logger(__name__)


async def place_shops(
    engines: Engines,
    index: PlacedIndex,
    writer: PlacingWriter,
    source: Source[SearchDocument],
) -> int:
    """Every shop lies where its size or the operator wants it; how many were moved for that.

    Looked at are shops on their way, those with an index of their own, those with a wish and those
    that have changed since the last look: after a start, all. One that cannot be moved is tried
    again the next time.
    """
    await _forget_gone(engines, index, writer)
    changed = writer.take_changed()
    again: set[int] = set()
    moved = 0
    try:
        async for tenant_id, is_wanted_apart in _wanted(engines, index, writer, changed):
            try:
                moved += await _bring(engines, writer, tenant_id, source, is_wanted_apart)
            except SearchUnavailable as error:
                _log.warning("search_shop_not_moved", tenant_id=tenant_id, why=error.detail)
                again.add(tenant_id)
    except BaseException:
        writer.look_again(changed)
        raise
    writer.look_again(frozenset(again))
    return moved


async def _wanted(
    engines: Engines, index: PlacedIndex, writer: PlacingWriter, changed: frozenset[int] | None
) -> AsyncIterator[tuple[int, bool]]:
    """The shops that are looked at, and whether each should have its own index."""
    wishes = await index.wishes()
    settings = engines.settings_of(OperatorSettings)
    looked: set[int] = set()
    first = {*writer.moving, *writer.own, *wishes}
    async for shops in _in_batches(engines, first, changed):
        new = [each for each in shops if each not in looked]
        looked.update(new)
        sizes = await index.sizes(new)
        for tenant_id in new:
            is_apart = tenant_id in writer.own
            wished = _wished(wishes, tenant_id)
            size = sizes[tenant_id]
            wants = belongs_apart(size, settings, is_apart=is_apart, is_wished_apart=wished)
            if wants and not is_apart and wished is None:
                exact = (await index.sizes([tenant_id], is_exact=True))[tenant_id]
                wants = belongs_apart(exact, settings, is_apart=False)
            yield tenant_id, wants


async def rebuild_parts(
    engines: Engines,
    index: PlacedIndex,
    writer: PlacingWriter,
    source: Source[SearchDocument],
) -> int:
    """The parts that ask for it are made anew beside the present ones, or all when none does; how
    many products were put in. Raises SearchUnavailable, when all that can be made is.

    Before the shared one, whoever is too big for it gets an index of his own, so that nobody is put
    in twice.
    """
    due = {each.tenant_id for each in await index.shards() if each.needs_rebuild}
    parts = due or {SHARED, *writer.own}
    total, failed = 0, None
    for tenant_id in sorted(parts - {SHARED}):
        try:
            total += await _rebuild_own(engines, writer, tenant_id, source)
        except SearchUnavailable as error:  # the others are not kept waiting for this one
            _log.warning("search_part_not_rebuilt", tenant_id=tenant_id, why=error.detail)
            failed = error
    if SHARED in parts:
        total += await _place_anew(engines, index, writer, source)
        shops = _without(every_shop(engines, "remake-search"), writer)
        async with filling(await writer.begin_rebuild_of(SHARED)) as fresh:
            total += await refill(fresh, shops, source)
    if failed is not None:
        raise failed
    return total


async def _rebuild_own(
    engines: Engines, writer: PlacingWriter, tenant_id: int, source: Source[SearchDocument]
) -> int:
    ctx = await _context(engines, tenant_id)
    if ctx is None:
        await writer.forget_tenant(tenant_id)
        return 0
    async with filling(await writer.begin_rebuild_of(tenant_id)) as fresh:
        return await refill(fresh, _one(ctx), source)


async def _place_anew(
    engines: Engines, index: PlacedIndex, writer: PlacingWriter, source: Source[SearchDocument]
) -> int:
    """Shops too big for the shared index are out of it; how many products were put in."""
    settings = engines.settings_of(OperatorSettings)
    wishes = await index.wishes()
    total = 0
    async for ctx in every_shop(engines, "place-search"):
        tenant_id = ctx.tenant.tenant_id
        if tenant_id in writer.own:
            continue
        # The index that is to be made anew knows no sizes: the shop window does.
        size = await listings.count_listed(ctx, settings.own_index_from)
        wished = _wished(wishes, tenant_id)
        if belongs_apart(size, settings, is_apart=False, is_wished_apart=wished):
            # One that cannot be moved now goes into the shared one with the others.
            with suppress(SearchUnavailable):
                total += await _move(ctx, writer, source, to_own=True)
    return total


async def _bring(
    engines: Engines,
    writer: PlacingWriter,
    tenant_id: int,
    source: Source[SearchDocument],
    is_wanted_apart: bool,
) -> bool:
    """The shop lies where it is wanted; whether it was moved for that. Raises SearchUnavailable."""
    is_apart, on_its_way = tenant_id in writer.own, writer.moving.get(tenant_id)
    if on_its_way is not None and on_its_way is not is_wanted_apart:
        await (await writer.begin_move(tenant_id, to_own=on_its_way)).abandon()
    if is_apart is is_wanted_apart:
        return False
    ctx = await _context(engines, tenant_id)
    if ctx is None:
        return False
    await _move(ctx, writer, source, to_own=is_wanted_apart)
    return True


async def _move(
    ctx: Context, writer: PlacingWriter, source: Source[SearchDocument], *, to_own: bool
) -> int:
    tenant_id = ctx.tenant.tenant_id
    async with filling(await writer.begin_move(tenant_id, to_own=to_own)) as fresh:
        total = await refill(fresh, _one(ctx), source)
    _log.info("search_shop_moved", shop=ctx.tenant.slug, to_own=to_own, products=total)
    return total


async def _forget_gone(engines: Engines, index: PlacedIndex, writer: PlacingWriter) -> None:
    """Shops that exist no more have no index."""
    for tenant_id in [*writer.own, *writer.moving]:
        if await _context(engines, tenant_id) is None:
            await writer.forget_tenant(tenant_id)
            await index.wish(tenant_id, Wish.BY_SIZE)


async def _in_batches(
    engines: Engines, first: Iterable[int], changed: frozenset[int] | None
) -> AsyncIterator[list[int]]:
    """Shops to look at, some at a time: the first ones first, then the changed ones, or all."""
    batch = sorted(first)
    if batch:
        yield batch
    if changed is not None:
        yield sorted(changed)
        return
    batch = []
    async for ctx in every_shop(engines, "place-search"):
        batch.append(ctx.tenant.tenant_id)
        if len(batch) == _AT_ONCE:
            yield batch
            batch = []
    yield batch


def _wished(wishes: Mapping[int, Wish], tenant_id: int) -> bool | None:
    """Whether the operator wants the shop to have its own index; None: as its size says."""
    wish = wishes.get(tenant_id)
    return None if wish is None else wish is Wish.OWN


async def _without(shops: AsyncIterator[Context], writer: PlacingWriter) -> AsyncIterator[Context]:
    async for ctx in shops:
        if ctx.tenant.tenant_id not in writer.own:
            yield ctx


async def _one(ctx: Context) -> AsyncIterator[Context]:
    yield ctx


async def _context(engines: Engines, tenant_id: int) -> Context | None:
    """The system in this shop, None when there is no such shop."""
    entry = await engines.sql.directory.by_id(tenant_id)
    if entry is None:
        return None
    return Context(engines, tenant_of(entry), SYSTEM, "place-search")
