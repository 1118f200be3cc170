"""What a rule would choose, before it is saved."""

from uuid import UUID

from galleria.commerce import catalog
from galleria.commerce.collections.model.facts import ProductFacts, seconds
from galleria.commerce.collections.model.matching import satisfies
from galleria.commerce.collections.model.rules import Group
from galleria.commerce.collections.schemas import Preview
from galleria.commerce.collections.service.editing import require_rule
from galleria.commerce.collections.service.reading import views_of
from galleria.commerce.collections.service.sorting import gather_facts
from galleria.engines.context import Context

MOST_LOOKED_AT = 2_000  # a second's work; a larger shop is judged by as many spread over it
PROBES = 20
MOST_SHOWN = 20


async def preview_rule(ctx: Context, rule: Group) -> Preview:
    """How many products the rule would choose, and the first twenty of them.

    Exact for a shop of up to 2,000 products. In a larger one as many are looked at, in stretches
    spread over all there are, and the number is reckoned from them.

    Raises:
        InvalidRule: the rule could never be followed.
    """
    await require_rule(ctx, rule)
    total = sum((await catalog.count_products(ctx)).values())
    ids = await _all_ids(ctx) if total <= MOST_LOOKED_AT else await _spread_ids(ctx)
    found: list[ProductFacts] = []
    now_s = seconds(ctx.now)
    for start in range(0, len(ids), 500):
        facts = await gather_facts(ctx, ids[start : start + 500], ctx.now)
        found += [each for each in facts if satisfies(rule, each, now_s)]
    is_estimate = total > len(ids)
    share = len(found) / len(ids) if ids else 0.0
    items = await views_of(ctx, [each.product_id for each in found[:MOST_SHOWN]], {})
    return Preview(
        count=round(share * total) if is_estimate else len(found),
        is_estimate=is_estimate,
        looked_at=len(ids),
        items=items,
    )


async def _all_ids(ctx: Context) -> list[UUID]:
    return await catalog.product_ids_after(ctx, UUID(int=0), MOST_LOOKED_AT)


async def _spread_ids(ctx: Context) -> list[UUID]:
    """Stretches of ids from the oldest product to the newest; ids are made in order of time."""
    first = await catalog.product_ids_after(ctx, UUID(int=0), 1)
    newest = (await catalog.list_products(ctx, limit=1)).items
    if not first or not newest:
        return []
    low, high = first[0].int - 1, newest[0].product_id.int
    found: dict[UUID, None] = {}
    for probe in range(PROBES):
        point = UUID(int=low + (high - low) * probe // PROBES)
        page = await catalog.product_ids_after(ctx, point, MOST_LOOKED_AT // PROBES)
        found |= dict.fromkeys(page)
    return list(found)
