"""A shop with things to judge, and sets of judgments."""

from collections.abc import AsyncIterator, Sequence

import pytest

from galleria.engines.context import Context
from galleria.growth import relevance
from galleria.growth.relevance import Imported, JudgmentSet, JudgmentSetDraft
from tests.commerce.selling import mug, open_shop, put_on_sale, show


@pytest.fixture
async def shop(house_ctx: Context) -> Context:
    """Three things of two brands; one of them is named by an external id."""
    _, ctx = await open_shop(house_ctx)
    await put_on_sale(
        ctx,
        mug(title="Stoneware Mug", external_ref="kiln:1"),
        mug("cup", title="Tea Cup", brand="Oak"),
        mug("pot", title="Tea Pot"),
    )
    await show(ctx)
    return ctx


async def make_set(ctx: Context, name: str = "Tea", **more: object) -> JudgmentSet:
    """An empty set."""
    return await relevance.create_set(ctx, JudgmentSetDraft(name=name, **more))  # type: ignore[arg-type]


async def in_parts(raw: bytes, size: int = 65_536) -> AsyncIterator[bytes]:
    """The bytes as they come over a wire."""
    for start in range(0, len(raw), size):
        yield raw[start : start + size]


async def take_in(ctx: Context, of: JudgmentSet, raw: bytes) -> Imported:
    """The table is in the set."""
    return await relevance.import_judgments(ctx, of.judgment_set_id, in_parts(raw))


def table(rows: Sequence[tuple[str, str, int]]) -> bytes:
    """Judgments as a file has them."""
    lines = ["query,product_id,grade", *(f"{query},{id},{grade}" for query, id, grade in rows)]
    return "\r\n".join(lines).encode() + b"\r\n"
