"""Takes an import's counts back, by movements the other way."""

from collections import Counter

from galleria.commerce import catalog
from galleria.commerce.inventory.model.counting import Place
from galleria.commerce.inventory.model.levels import Why
from galleria.commerce.inventory.model.undoing import StockUndone, taken_back
from galleria.commerce.inventory.repository import ledger
from galleria.commerce.inventory.repository import levels as repository
from galleria.commerce.inventory.service.acting import actor_of
from galleria.commerce.inventory.service.levels import apply_changes
from galleria.engines.sql import Transaction

AT_ONCE = 5_000
ALL_MOVEMENTS = 2**63 - 1
REASON = "import undone"


async def undo_imported(
    tx: Transaction, reference: str, below: int = ALL_MOVEMENTS, most: int = AT_ONCE
) -> StockUndone | None:
    """The last movements of an import below a number went the other way; None when none is left.

    What was sold or promised since stays sold. Variants that are no more are left out.

    Args:
        tx: the transaction to do it in, which keeps how far the undoing is.
        reference: what the import's movements are marked with, see `set_stock_levels`.
        below: the movement taken back last.
        most: at most so many movements at once.
    """
    found = await ledger.imported_movements(tx, reference, below, most)
    if not found:
        return None
    known = {
        view.variant_id
        for view in await catalog.variants_of(tx, sorted({each.variant_id for each in found}))
    }
    moved: Counter[Place] = Counter()
    for each in found:
        if each.variant_id in known:
            moved[each.variant_id, each.location_id] += each.delta
    # What was forgotten with its variant has a shelf again.
    await repository.add_places(tx, [place for place, delta in moved.items() if delta < 0])
    levels = await repository.levels_of(tx, known, locks=True)
    policies = await repository.policies_of(tx, known)
    changes, kept = taken_back(moved, levels, policies, tx.now)
    await apply_changes(tx, changes, Why(REASON, reference, actor_of(tx)), "adjusted")
    return StockUndone(reverted_count=len(changes), kept=kept, below=found[-1].movement_id)
