"""What a shopper has chosen on a browsing page, as it stands in the address."""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

import msgspec

from galleria.faces.storefront.pages.browsing.ranges import SPAN, TypedRange, ranges_in
from galleria.foundation.money import minor_exponent
from galleria.growth.search import SORTS, SortName

PAGE = 24
MOST_SHOWN = 96  # products on one page, after "more" has been pressed three times
LONGEST_WORDS = 200
LONGEST_VALUE = 200
PREFIX = "filter["
CATEGORY = "category"
Filters = Mapping[str, tuple[str, ...]]


class Choices(msgspec.Struct, frozen=True):
    """All that an address says. One state has one address: see `pairs`.

    `ranges` has faulty ones, too: they narrow nothing, and the page says why. `shown` is how many
    products the page shows, a multiple of 24.
    """

    words: str = ""
    filters: Filters = {}
    ranges: Mapping[str, TypedRange] = {}
    price_min: str = ""
    price_max: str = ""
    sort: SortName = "relevance"
    cursor: str | None = None
    shown: int = PAGE

    @property
    def usual_sort(self) -> SortName:
        """The order nobody has to ask for."""
        return "relevance" if self.words else "newest"

    def pairs(self, **changes: str | None) -> list[tuple[str, str]]:
        """The choices as address parameters in their one order, with changes; None takes one away.

        Where one is in the list is not part of the choices: it is left out unless it is a change.
        """
        fields: dict[str, str | None] = {
            "price_min": self.price_min,
            "price_max": self.price_max,
            "sort": None if self.sort == self.usual_sort else self.sort,
        }
        words = changes.pop("q", self.words)
        filters = [
            (f"{PREFIX}{code}]", value)
            for code in sorted(self.filters)
            for value in sorted(self.filters[code])
        ]
        spans = [(f"{SPAN}{code}]", self.ranges[code].text) for code in sorted(self.ranges)]
        rest = [(name, value) for name, value in {**fields, **changes}.items() if value]
        return [*([("q", words)] if words else []), *filters, *spans, *rest]

    def address(self, path: str, **changes: str | None) -> str:
        """The page with changes."""
        query = urlencode(self.pairs(**changes))
        return f"{path}?{query}" if query else path

    def with_values(self, code: str, values: Iterable[str]) -> "Choices":
        """The same with these values of one filter, and no others of it."""
        return msgspec.structs.replace(self, filters={**self.filters, code: tuple(values)})

    def without_value(self, code: str, value: str) -> "Choices":
        """The same without one ticked value."""
        return self.with_values(code, [v for v in self.filters.get(code, ()) if v != value])

    def without_range(self, code: str) -> "Choices":
        """The same with any number of this code."""
        kept = {each: typed for each, typed in self.ranges.items() if each != code}
        return msgspec.structs.replace(self, ranges=kept)

    def without_prices(self) -> "Choices":
        """The same at any price."""
        return msgspec.structs.replace(self, price_min="", price_max="")

    def without_filters(self) -> "Choices":
        """Only words and order are left."""
        return msgspec.structs.replace(self, filters={}, ranges={}, price_min="", price_max="")

    @property
    def count(self) -> int:
        """How many things narrow the list; from and to are one."""
        ticked = sum(map(len, self.filters.values()))
        spans = sum(not each.faulty for each in self.ranges.values())
        return ticked + spans + bool(self.price_min or self.price_max)

    @property
    def has_any(self) -> bool:
        """Something narrows the list."""
        return self.count > 0

    @property
    def is_for_machines(self) -> bool:
        """Search engines should keep the page: it is no excerpt and no answer to somebody."""
        is_usual = self.sort == self.usual_sort and self.shown == PAGE
        return is_usual and not (self.words or self.has_any or self.ranges or self.cursor)


def choices_of(pairs: Iterable[tuple[str, Any]]) -> Choices:
    """The choices in an address; what cannot be read counts as not chosen."""
    single: dict[str, str] = {}
    filters: dict[str, list[str]] = {}
    pairs = list(pairs)
    for name, value in pairs:
        if name.startswith(PREFIX) and name.endswith("]"):
            code = name[len(PREFIX) : -1][:120]
            if code and value:
                filters.setdefault(code, []).append(str(value)[:LONGEST_VALUE])
        else:
            single[name] = str(value)
    if CATEGORY in filters:
        filters[CATEGORY] = innermost(filters[CATEGORY])
    words = " ".join(single.get("q", "").split())[:LONGEST_WORDS]
    usual: SortName = "relevance" if words else "newest"
    possible = [each for each in SORTS if words or each != "relevance"]
    return Choices(
        words=words,
        filters={code: tuple(dict.fromkeys(values)) for code, values in filters.items()},
        ranges=ranges_in(pairs),
        price_min=_price(single.get("price_min", "")),
        price_max=_price(single.get("price_max", "")),
        sort=next((each for each in possible if each == single.get("sort")), usual),
        cursor=single.get("cursor") or None,
        shown=_shown(single.get("shown", "")),
    )


def innermost(paths: Iterable[str]) -> list[str]:
    """The categories without those that another one lies in: ticking inside one narrows to it."""
    kept = list(dict.fromkeys(paths))
    return [each for each in kept if not any(other.startswith(f"{each}/") for other in kept)]


def minor(text: str, currency: str) -> int | None:
    """A price of an address in minor units; None when it is none."""
    try:
        value = round(Decimal(text).scaleb(minor_exponent(currency)))
    except (InvalidOperation, ValueError, OverflowError):
        return None
    return value if 0 <= value < 2**53 else None


def _price(text: str) -> str:
    """A price as it stands in an address, however it was typed; empty when it is none."""
    try:
        value = Decimal(text.strip()[:12].replace(",", "."))
    except InvalidOperation:
        return ""
    if not value.is_finite() or value < 0 or abs(value.adjusted()) > 12:
        return ""
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _shown(text: str) -> int:
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else PAGE
    return min(max(PAGE, wanted // PAGE * PAGE), MOST_SHOWN)
