"""Asks for imports, gives them their turn, and ends them."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

import msgspec

from galleria.commerce.imports.errors import (
    ImportFinished,
    ImportNotFound,
    ImportNotPaused,
    MappingNotFound,
    NobodyTakesIt,
)
from galleria.commerce.imports.events import ImportEnded, ImportRequested
from galleria.commerce.imports.model.mappings import MappingDocument
from galleria.commerce.imports.model.moving_in import MOVING
from galleria.commerce.imports.model.runs import (
    AT_WORK,
    STALLED_S,
    Claim,
    Format,
    Kept,
    Run,
    State,
    StoredFile,
)
from galleria.commerce.imports.repository import mappings, reports
from galleria.commerce.imports.repository import runs as repository
from galleria.commerce.imports.repository.runs import Standing
from galleria.commerce.imports.service.files import file_key, get_file
from galleria.commerce.imports.service.intakes import intakes
from galleria.commerce.imports.service.reading import look_into
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.foundation.errors import InvalidInput
from galleria.foundation.ids import new_id
from galleria.platform import audit


async def start_import(
    ctx: Context,
    file_id: UUID,
    *,
    is_dry_run: bool = False,
    publish: bool | None = None,
    keeps: Collection[Kept] = (),
    format: str | None = None,
) -> Run:
    """An import of the file waits for its turn; a worker takes it up.

    Args:
        ctx: whose.
        file_id: a file that `accept_file` kept.
        is_dry_run: only report what would happen.
        publish: put on sale what the file says nothing about (True), or make new products drafts
            and leave known ones as they are whatever it says (False); None does as it says.
        keeps: set stock and prices of new variants only, bring pictures of new products only.
        format: `mapping:<id>` to read a table by a mapping of the shop; None looks at the file.

    Raises:
        FileNotFound: this shop has no such file.
        MappingNotFound: this shop has no such mapping.
        InvalidInput: `format` is neither.
        UnreadableFile: it is no product file; the detail says what it looks like instead.
        NobodyTakesIt: it holds what no room takes in.
    """
    file = await get_file(ctx, file_id)
    mapping = await _mapping_of(ctx, format)
    wishes = {"is_dry_run": is_dry_run, "publish": publish}
    wishes |= {f"keeps_{name}": True for name in keeps}
    return await _begin(ctx, file, mapping, wishes)


async def repeat_import(ctx: Context, run_id: UUID, *, is_dry_run: bool = False) -> Run:
    """Another import of the same file with the same wishes waits for its turn, and goes by the
    mapping as that one did: what was looked through goes in as it was seen.

    Raises:
        ImportNotFound: this shop has no such import.
        FileNotFound: its file is not kept any more.
        UnreadableFile, NobodyTakesIt: see `start_import`.
    """
    run = await repository.find_run(ctx, run_id)
    if run is None:
        raise ImportNotFound(f"no import {run_id}")
    mapping = await mappings.mapping_of_run(ctx, run_id)
    wishes = {"is_dry_run": is_dry_run, "publish": run.publish}
    wishes |= {f"keeps_{name}": True for name in run.keeps}
    return await _begin(ctx, await get_file(ctx, run.file_id), mapping, wishes)


async def _begin(
    ctx: Context, file: StoredFile, mapping: MappingDocument | None, wishes: dict[str, bool | None]
) -> Run:
    layout, _ = await look_into(ctx, file_key(ctx.tenant.tenant_id, file.file_id), mapping)
    if layout.format in MOVING and layout.format not in intakes.known:
        raise NobodyTakesIt(f"nothing here takes in {layout.format}")
    run = msgspec.structs.replace(_new_run(ctx, file, layout.format), **wishes)
    async with ctx.transaction() as tx:
        await repository.add_run(tx, run)
        if mapping is not None:
            await mappings.keep_for_run(tx, run.run_id, mapping)
        tx.publish(ImportRequested(run_id=run.run_id))
        detail = {"file": file.name, "format": run.format, "is_dry_run": run.is_dry_run}
        await audit.record(tx, "imports.import_requested", f"import:{run.run_id}", detail)
    return run


def _new_run(ctx: Context, file: StoredFile, format: Format) -> Run:
    return Run(
        run_id=new_id(),
        file_id=file.file_id,
        file_name=file.name,
        size_bytes=file.size_bytes,
        format=format,
        is_dry_run=False,
        publish=None,
        keeps_stock=False,
        state="waiting",
        created_count=0,
        changed_count=0,
        unchanged_count=0,
        refused_count=0,
        problem_count=0,
        problem_codes={},
        change_count=0,
        next_line=1,
        read_bytes=0,
        failure_code=None,
        failure=None,
        actor=f"{ctx.actor.kind}:{ctx.actor.actor_id}",
        requested_at=ctx.now,
        started_at=None,
        finished_at=None,
    )


async def _mapping_of(ctx: Context, format: str | None) -> MappingDocument | None:
    if format is None:
        return None
    kind, _, text = format.partition(":")
    try:
        mapping_id = UUID(text) if kind == "mapping" else None
    except ValueError:
        mapping_id = None
    if mapping_id is None:
        raise InvalidInput("a format is left out, or is mapping: and the id of a mapping")
    mapping = await mappings.find(ctx, mapping_id)
    if mapping is None:
        raise MappingNotFound(f"no mapping {mapping_id}")
    return mapping.document


async def cancel_import(ctx: Context, run_id: UUID) -> Run:
    """The import takes nothing in any more; what went in before stays.

    A batch under way at this moment is undone as a whole. Safe to repeat.

    Raises:
        ImportNotFound: this shop has no such import.
        ImportFinished: it had come to its end by itself.
    """
    async with ctx.transaction() as tx:
        run = (await lock_standing_run(tx, run_id)).run
        if run.state == "cancelled":
            return run
        if run.has_ended or run.state == "undoing":
            raise ImportFinished(f"the import is {run.state}")
        ended = await end_run(tx, run, "cancelled")
        await audit.record(tx, "imports.import_cancelled", f"import:{run_id}")
    return ended


async def lock_standing_run(tx: Transaction, run_id: UUID) -> Standing:
    """The import as it stands, locked, and nobody else of the shop begins or ends one meanwhile.

    Raises:
        ImportNotFound: this shop has no such import.
    """
    await repository.lock_claims(tx)
    standing = await repository.lock_run(tx, run_id)
    if standing is None:
        raise ImportNotFound(f"no import {run_id}")
    return standing


async def pause_import(ctx: Context, run_id: UUID) -> Run:
    """The import stands still until it is resumed; what went in before stays.

    It stands where its last commit left it: whoever works at a batch notices when they want to
    keep it, and keeps nothing of it. Other imports of the shop may go on. Safe to repeat.

    Raises:
        ImportNotFound: this shop has no such import.
        ImportNotPaused: it has ended, or is being undone.
    """
    async with ctx.transaction() as tx:
        run = (await lock_standing_run(tx, run_id)).run
        if run.state == "paused":
            return run
        if not run.is_at_work:
            raise ImportNotPaused(f"the import is {run.state}")
        await repository.set_state(tx, run_id, "paused")
        await audit.record(tx, "imports.import_paused", f"import:{run_id}")
        await call_next(tx)
    return msgspec.structs.replace(run, state="paused")


async def resume_import(ctx: Context, run_id: UUID) -> Run:
    """The paused import waits for its turn, and goes on where it stood. Safe to repeat.

    Raises:
        ImportNotFound: this shop has no such import.
        ImportNotPaused: it has ended, or is being undone.
    """
    async with ctx.transaction() as tx:
        run = (await lock_standing_run(tx, run_id)).run
        if run.is_at_work:
            return run
        if run.state != "paused":
            raise ImportNotPaused(f"the import is {run.state}")
        await repository.set_state(tx, run_id, "waiting")
        tx.publish(ImportRequested(run_id=run_id))
        await audit.record(tx, "imports.import_resumed", f"import:{run_id}")
    return msgspec.structs.replace(run, state="waiting")


async def claim_run(ctx: Context, run_id: UUID, wanted: frozenset[State] = AT_WORK) -> Claim | Run:
    """The import is ours to work at; or how it stands, when it is not to be had.

    It is not when it is in none of the states `wanted`, when another of the shop is running, or
    when somebody else works at it and is not known to have stopped.

    Raises:
        ImportNotFound: this shop has no such import.
    """
    holder, now = new_id(), ctx.engines.clock.now()
    async with ctx.transaction() as tx:
        standing = await lock_standing_run(tx, run_id)
        run = standing.run
        is_held = (
            standing.holder is not None
            and standing.beat_at is not None
            and now - standing.beat_at < timedelta(seconds=STALLED_S)
        )
        if run.state not in wanted or is_held or await repository.other_is_running(tx, run_id):
            return run
        await repository.take(tx, run_id, holder, now)
    started_at = run.started_at or now
    state: State = "undoing" if run.state == "undoing" else "running"
    run = msgspec.structs.replace(run, state=state, started_at=started_at)
    return Claim(run=run, holder=holder, position=standing.position, tries=standing.tries + 1)


async def let_go(ctx: Context, claim: Claim, *, was_in_vain: bool) -> None:
    """Somebody else may take the import up at once; with `was_in_vain` the try counts as one."""
    async with ctx.transaction() as tx:
        await repository.let_go(tx, claim.run.run_id, claim.holder, int(not was_in_vain))


async def finish_run(
    ctx: Context, claim: Claim, state: State, failure: tuple[str, str] | None = None
) -> Run:
    """The claimed import has come to its end, and the next in line has its turn.

    `failure` is a code and what happened. Returns how it stands: as somebody else ended it, when
    they were faster.
    """
    async with ctx.transaction() as tx:
        await repository.lock_claims(tx)
        standing = await repository.lock_run(tx, claim.run.run_id)
        assert standing is not None, "an import is never removed"
        if standing.run.has_ended or standing.holder != claim.holder:
            return standing.run
        return await end_run(tx, standing.run, state, failure)


async def end_run(
    tx: Transaction, run: Run, state: State, failure: tuple[str, str] | None = None
) -> Run:
    """The locked import is over; the event says so, and the next in line is asked for."""
    code, detail = failure or (None, None)
    ended = msgspec.structs.replace(
        run,
        state=state,
        failure_code=code,
        failure=detail,
        finished_at=tx.ctx.engines.clock.now(),
        read_bytes=run.size_bytes if state == "done" else run.read_bytes,
    )
    await repository.end(tx, ended)
    await reports.forget_marks(tx, run.run_id)
    tx.publish(
        ImportEnded(
            run_id=run.run_id,
            state=state,
            is_dry_run=run.is_dry_run,
            created_count=run.created_count,
            changed_count=run.changed_count,
            unchanged_count=run.unchanged_count,
            refused_count=run.refused_count,
        )
    )
    await call_next(tx)
    return ended


async def call_next(tx: Transaction) -> None:
    """Whichever import's turn it is is asked for."""
    now = tx.ctx.engines.clock.now()
    run_id = await repository.next_in_line(tx, now - timedelta(seconds=STALLED_S))
    if run_id is not None:
        tx.publish(ImportRequested(run_id=run_id))


async def revive_imports(ctx: Context) -> None:
    """An import that waits or stands still, while no other runs, is asked for again.

    A net below the queue: should a job be lost, its import is not. Safe to repeat.
    """
    async with ctx.transaction() as tx:
        await call_next(tx)
