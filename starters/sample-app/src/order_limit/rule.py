"""The rule itself: at most so many pieces of a product in one order."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Limit:
    """The most pieces of a product, at least 1, that one order may hold."""

    product_id: str
    title: str
    most: int


def decide(lines: Iterable[Mapping[str, Any]], limits: Iterable[Limit]) -> dict[str, str]:
    """What the checkout is answered; all variants of a product count together.

    Args:
        lines: of the question, each with `product_id` and `quantity`.
        limits: of the shop.
    """
    pieces: Counter[str] = Counter()
    for line in lines:
        pieces[str(line.get("product_id"))] += int(line.get("quantity", 0))
    for limit in limits:
        if pieces[limit.product_id] > limit.most:
            said = f"One order holds at most {limit.most} of “{limit.title[:200]}”."
            return {"decision": "refuse", "message": said}
    return {"decision": "allow"}
