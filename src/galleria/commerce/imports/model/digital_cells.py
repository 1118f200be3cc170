"""How a variant is had without a parcel, as a cell of a table: `files max=5 days=30 keeps`.

The kind comes first, `files` or `licences`; then, in any order, `max` downloads of each file, the
`days` in which it may be fetched, `low` licences at which the merchant is told, `keeps` when buyers
keep the file they bought, and `limited` when its stock is counted. What is left out has no limit.
"""

import re

from galleria.commerce.downloads import NewDigitalGood
from galleria.foundation.errors import InvalidInput

_WORD = re.compile(r"(max|days|low)=([0-9]{1,7})|keeps|limited")
_MOST = {"max": 10_000, "days": 36_500, "low": 1_000_000}
_LEAST = {"max": 1, "days": 1, "low": 0}


def digital_cell(terms: NewDigitalGood) -> str:
    """The terms as a cell."""
    numbers = {"max": terms.max_downloads, "days": terms.valid_days, "low": terms.low_at}
    words = [f"{name}={number}" for name, number in numbers.items() if number is not None]
    words += ["keeps"] * terms.keeps_bought + ["limited"] * terms.is_limited
    return " ".join([terms.kind, *words])


def digital_of(text: str) -> NewDigitalGood:
    """What the cell says.

    Raises:
        InvalidInput: it is not written so.
    """
    kind, *words = text.split() or [""]
    if kind not in ("files", "licences"):
        raise InvalidInput(f"{kind[:50]!r} is neither files nor licences")
    numbers: dict[str, int | None] = dict.fromkeys(_MOST)
    for word in words:
        match = _WORD.fullmatch(word)
        name = match[1] if match else None
        if match is None or (name and not _LEAST[name] <= int(match[2]) <= _MOST[name]):
            raise InvalidInput(f"{word[:50]!r} is none of max=5, days=30, low=3, keeps and limited")
        if name:
            numbers[name] = int(match[2])
    return NewDigitalGood(
        kind="files" if kind == "files" else "licences",
        max_downloads=numbers["max"],
        valid_days=numbers["days"],
        low_at=numbers["low"],
        keeps_bought="keeps" in words,
        is_limited="limited" in words,
    )
