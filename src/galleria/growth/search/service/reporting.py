"""What shoppers ask most, what takes longest, and what finds nothing."""

import csv
import io
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from galleria.engines.context import Context
from galleria.growth.search.model.noting import (
    AskedKind,
    AskedSort,
    AskedWords,
    ClickedProduct,
    days_before,
    folded,
)
from galleria.growth.search.repository import noting as repository

MOST_LISTED = 1_000
LEAST_SHOWN = 20  # times, before clicks say something of a product
_QUESTIONS_LOOKED_AT = 200_000
_MOST_CLICKED = 100_000
_SORT_OF: dict[AskedKind, AskedSort] = {"top": "asked", "slow": "slowest", "empty": "empty"}
_COLUMNS = ("Words", "Language", "Asked", "Found nothing", "Clicked", "Mean ms", "Slowest ms")


async def asked_words(
    ctx: Context,
    which: AskedKind = "top",
    *,
    days: int = 7,
    part: str = "",
    locale: str = "",
    sort: AskedSort | None = None,
    most: int = 100,
) -> list[AskedWords]:
    """What was asked in the last 1 to 90 days (UTC) and how it fared, at most `most` words.

    Among those 500 of each day that come first in the list; `part` is to be in the words.
    """
    first, last = days_before(days, ctx.now)
    order = sort or _SORT_OF[which]
    span = (first.date(), last.date())
    return await repository.asked_words(ctx, which, span, folded(part), locale, order, most)


def asked_as_csv(asked: Sequence[AskedWords]) -> bytes:
    """The words as CSV in UTF-8 with a byte order mark."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(_COLUMNS)
    for each in asked:
        counts = (each.asked_count, each.empty_count, each.clicked_count)
        times = (f"{each.mean_ms:.1f}", f"{each.slowest_ms:.1f}")
        rows.writerow((_as_text(each.words), each.locale, *counts, *times))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _as_text(words: str) -> str:
    """What a spreadsheet does not take for a formula, whatever a stranger has typed."""
    return f"'{words}" if words.startswith(("=", "+", "-", "@", "\t")) else words


async def clicked_products(
    ctx: Context, channel_id: UUID, locale: str, days: int = 30
) -> list[ClickedProduct]:
    """How products fared in the answers of the last days that were shown often enough to tell."""
    since = ctx.now - timedelta(days=days)
    bounds = (_QUESTIONS_LOOKED_AT, LEAST_SHOWN, _MOST_CLICKED)
    return await repository.clicked_products(ctx, since, (channel_id, locale), bounds)
