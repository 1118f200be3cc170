"""What goes into the search index, what a shopper may ask of it, and what comes back.

Values only, the same for every engine behind the port. A product has one document for each sales
channel and locale it is shown in; the tenant is in none of these values, because the port puts it
on every write and every question itself.
"""

import re
import unicodedata
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from math import isfinite

import msgspec

from galleria.engines.search_index.errors import InvalidSearchDocument, InvalidSearchQuery
from galleria.foundation.money import Money

# Facets that every product has. Attribute and option codes never begin with @, so that a merchant
# may well have an attribute called "brand".
BRAND = "@brand"
CATEGORY = "@category"
COLLECTION = "@collection"
TAG = "@tag"
AVAILABLE = "@available"
# Which facets products have, whatever their values: to be counted, not to be filtered by.
TRAITS = "@traits"

MAX_WORDS = 12
MAX_WORDS_LENGTH = 200
MAX_FACET_VALUE_LENGTH = 200
MAX_OFFSET = 10_000  # offset + limit; deeper pages cost more and no shopper turns to them
MAX_LIMIT = 100
MAX_CODES = 40  # facets wanted, and filters, in one question
MAX_VALUES = 200  # values of one filter, and of one facet in an answer
MAX_AXES = 3  # of a product: every combination of their values is a term
MAX_PINNED = 50
MAX_HIDDEN = 200
MAX_LIFTS = 20
MAX_LIFT = 100.0
MAX_SYNONYMS = 40  # of one question
MAX_COMBINATIONS = 10_000  # of the values of several filters
MAX_WEIGHT = 10.0  # of a field or a signal
MAX_NUMBERS = 20  # of one product by one code

_SCOPE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,119}")
_CODE = re.compile(r"@?[^@\s\x00-\x1f][^\x00-\x1f]{0,119}")


class Sort(StrEnum):
    """The order of the hits."""

    RELEVANCE = "relevance"  # without words: the most popular first
    PRICE_ASC = "price_asc"
    PRICE_DESC = "price_desc"
    NEWEST = "newest"
    TITLE = "title"


class Match(StrEnum):
    """How much the engine had to give in to find something."""

    ALL_WORDS = "all_words"
    CORRECTED = "corrected"  # words within one typing mistake count too
    SOME_WORDS = "some_words"  # nothing has all the words; these have most of them


class SearchVariant(msgspec.Struct, frozen=True):
    """What tells a variant from the others: a value for each axis, by the axis' facet code."""

    values: Mapping[str, str]
    is_available: bool = True


class SearchDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One product as one channel shows it in one locale.

    Args:
        product_id: any text of 1 to 200 characters.
        text: all that should be found besides title and brand: description, SKUs, attribute
            values. Order and repetition do not matter.
        category_paths: each category as its path from the root, steps joined by `/`; every
            ancestor is then found and counted as well.
        facets: values by attribute or option code, values as they are counted and shown.
        variants: all that can be bought, each with a value for the same one to three axes. An
            axis is a facet, too: filters on several axes hold for a product only when one of its
            variants has all their values, and when only what is available is looked for, one
            that is. Without axes a product needs none.
        codes: SKUs and barcodes: a question that is one of them, whatever its hyphens and spaces,
            finds the product before all others.
        prices: what a shopper pays "from", at most one amount a currency.
        numbers: values by code, to be narrowed to a range of: lengths in one unit, powers, years.
        popularity: 0 to 1, the caller's measure; what without words comes first.
        margin: 0 to 1, the caller's measure of what a sale earns.
    """

    product_id: str
    channel: str
    locale: str
    title: str
    handle: str = ""
    text: str = ""
    brand: str = ""
    category_paths: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    facets: Mapping[str, tuple[str, ...]] = {}
    variants: tuple[SearchVariant, ...] = ()
    codes: tuple[str, ...] = ()
    prices: tuple[Money, ...] = ()
    is_available: bool = True
    published_at: datetime | None = None
    numbers: Mapping[str, tuple[float, ...]] = {}
    popularity: float = 0.0
    margin: float = 0.0

    def __post_init__(self) -> None:
        if not 1 <= len(self.product_id) <= 200:
            raise InvalidSearchDocument("a product id has 1 to 200 characters")
        if not _is_scope(self.channel, self.locale):
            raise InvalidSearchDocument(f"no channel and locale: {self.channel!r} {self.locale!r}")
        if not all(map(_is_own_code, self.facets)):
            raise InvalidSearchDocument("a facet code has 1 to 120 characters, the first not @")
        axes = self.axes
        if len(axes) > MAX_AXES or not all(map(_is_own_code, axes)):
            raise InvalidSearchDocument(f"at most {MAX_AXES} axes, with codes as facets have")
        if any(each.values.keys() != axes for each in self.variants):
            raise InvalidSearchDocument("each variant has a value for each axis")
        _check_numbers(self.numbers)
        for name, value in (("popularity", self.popularity), ("margin", self.margin)):
            if not 0.0 <= value <= 1.0:
                raise InvalidSearchDocument(f"{name} {value} is not between 0 and 1")

    @property
    def axes(self) -> AbstractSet[str]:
        """What its variants differ in."""
        return self.variants[0].values.keys() if self.variants else frozenset()


class FacetFilter(msgspec.Struct, frozen=True):
    """Keep products with any of these values of one facet, such as `color` or `BRAND`."""

    code: str
    any_of: tuple[str, ...]


class RangeFilter(msgspec.Struct, frozen=True):
    """Keep products with a number of this code from `least` to `most`, both included."""

    code: str
    least: float | None = None
    most: float | None = None


class Ranking(msgspec.Struct, frozen=True, kw_only=True):
    """What the order of the hits is made of, when sorted by relevance.

    First the words: a word counts more in the title and the brand than elsewhere, by these weights
    (BM25 summed over the fields). Then the signals, by which the first hundred hits are put in
    order anew: a score is multiplied by 1 + the sum of weight x value, each value from 0 to 1.

    Args:
        title, brand: how much a word in them adds, beside what it counts as part of the text.
        popularity, margin: as the documents say.
        freshness: 1 on the day of publication, half of it every `fresh_days`.
        availability: 1 for what can be had.
        kinds: how far hits stand back that are of another kind than most; 1 is usual, 0 not at all.
        most_of_a_brand: of each ten hits at most so many of one brand, as long as there are others;
            0 for any number.
    """

    title: float = 2.0
    brand: float = 0.0
    popularity: float = 0.5
    margin: float = 0.0
    freshness: float = 0.0
    fresh_days: int = 30
    availability: float = 0.0
    kinds: float = 1.0
    most_of_a_brand: int = 0

    def __post_init__(self) -> None:
        words, signals = (self.title, self.brand), (self.popularity, self.margin, self.freshness)
        weights = (*words, *signals, self.availability, self.kinds)
        if not all(0.0 <= each <= MAX_WEIGHT for each in weights):
            raise InvalidSearchQuery(f"a weight is 0 to {MAX_WEIGHT:g}")
        if not 1 <= self.fresh_days <= 3650 or not 0 <= self.most_of_a_brand <= 10:
            raise InvalidSearchQuery("fresh for 1 to 3650 days, at most 0 to 10 of a brand")


class Synonym(msgspec.Struct, frozen=True):
    """Words that a shopper may have typed, and others that will do as well."""

    words: str
    means: tuple[str, ...]


class Lift(msgspec.Struct, frozen=True):
    """Products that come earlier than their words alone would put them, or later with `by` below 0.

    Words score some 5 to 20.
    """

    filter: FacetFilter
    by: float


class SearchQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A shopper's question. All filters hold at once; the values inside one filter are choices.

    Args:
        words: as typed; what is beyond 200 characters or 12 words is not looked at. Words in
            quotation marks are demanded side by side; there is no other syntax.
        synonyms: where these words are typed side by side, what they mean will do as well; at most
            40, those with the most words first.
        pinned: ids of products that come first, in this order, whatever their words, as long as
            the page and the filters let them through; when sorted by relevance or the newest
            first.
        hidden: ids of products that are not found.
        lifts: what comes earlier or later; when sorted by relevance.
        ranking: what the order by relevance is made of.
        completes_last_word: the last word may be the beginning of a longer one.
        filters: what the shopper ticked. A facet's own filter does not narrow its own counts.
        ranges: what numbers the products may have; as `filters` otherwise, of products.
        bounds_of: codes whose lowest and highest number are wanted, their own range left aside.
        counts_variants: also say of each value, and in all, how many variants there are.
        category: path of the category page this is asked on; narrows the counts as well.
        collection: handle of the collection page this is asked on; narrows the counts as well.
        facets: codes to count values of; `facet_values` of each at most, the commonest first.
        wants_price_bounds: also say the lowest and highest price, the price filter left aside.
        currency: needed by price filters, bounds and sorts; products without a price in it do
            not pass a price filter and come last in a price sort.
        after: `next_position` of an earlier answer to the same question; instead of `offset`.

    Raises:
        InvalidSearchQuery: a bound is exceeded, or a price is asked for without a currency.
    """

    channel: str
    locale: str
    words: str = ""
    synonyms: tuple[Synonym, ...] = ()
    pinned: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    lifts: tuple[Lift, ...] = ()
    ranking: Ranking = Ranking()
    completes_last_word: bool = False
    filters: tuple[FacetFilter, ...] = ()
    ranges: tuple[RangeFilter, ...] = ()
    bounds_of: tuple[str, ...] = ()
    counts_variants: bool = False
    category: str | None = None
    collection: str | None = None
    only_available: bool = False
    currency: str | None = None
    price_min_minor: int | None = None
    price_max_minor: int | None = None
    wants_price_bounds: bool = False
    facets: tuple[str, ...] = ()
    facet_values: int = 20
    sort: Sort = Sort.RELEVANCE
    limit: int = 20
    offset: int = 0
    after: str | None = None

    def __post_init__(self) -> None:
        if not _is_scope(self.channel, self.locale):
            raise InvalidSearchQuery(f"no channel and locale: {self.channel!r} {self.locale!r}")
        _check_facets(self)
        _check_ranges(self)
        if not 0 <= self.limit <= MAX_LIMIT or self.offset < 0:
            raise InvalidSearchQuery(f"limit is 0 to {MAX_LIMIT}, offset 0 or more")
        if self.offset and self.after is not None:
            raise InvalidSearchQuery("a page begins at an offset or after a position, not both")
        if self.currency is None and _needs_currency(self):
            raise InvalidSearchQuery("prices are compared in a currency, and none is named")
        if len(self.synonyms) > MAX_SYNONYMS:
            raise InvalidSearchQuery(f"at most {MAX_SYNONYMS} synonyms in one question")
        if len(self.pinned) > MAX_PINNED or len(self.hidden) > MAX_HIDDEN:
            raise InvalidSearchQuery(f"at most {MAX_PINNED} pinned products, {MAX_HIDDEN} hidden")
        if len(self.lifts) > MAX_LIFTS or any(abs(each.by) > MAX_LIFT for each in self.lifts):
            raise InvalidSearchQuery(f"at most {MAX_LIFTS} lifts, by -{MAX_LIFT:g} to {MAX_LIFT:g}")
        for bound in (self.price_min_minor, self.price_max_minor):
            if bound is not None and not 0 <= bound < 2**53:
                raise InvalidSearchQuery("a price bound is 0 or more, in minor units")


class SuggestQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What a shopper has typed so far; the last word may be unfinished.

    `synonyms`, `pinned`, `hidden` and `lifts` are as in `SearchQuery`; the words of hidden products
    complete nothing.
    """

    channel: str
    locale: str
    prefix: str
    limit: int = 8
    synonyms: tuple[Synonym, ...] = ()
    pinned: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    lifts: tuple[Lift, ...] = ()

    def __post_init__(self) -> None:
        if not _is_scope(self.channel, self.locale):
            raise InvalidSearchQuery(f"no channel and locale: {self.channel!r} {self.locale!r}")
        if not 1 <= self.limit <= 20 or len(self.hidden) > MAX_HIDDEN:
            raise InvalidSearchQuery(f"limit is 1 to 20, and at most {MAX_HIDDEN} are hidden")


class Hit(msgspec.Struct, frozen=True):
    """One product found. Scores compare within one answer only; 0 when sorted otherwise."""

    product_id: str
    handle: str
    title: str
    score: float


class FacetValue(msgspec.Struct, frozen=True):
    """A value and how many products the shopper would see by choosing it; when asked for, how many
    variants these have that the filters mean."""

    value: str
    count: int
    variants: int | None = None


class Facet(msgspec.Struct, frozen=True):
    """Values of one facet, the commonest first, then by name; chosen values are always there.

    `error_bound` is how far a count may be from the truth: 0 means that the counts are exact. An
    estimate is off by more than the bound in one case of twenty.
    """

    code: str
    values: tuple[FacetValue, ...]
    error_bound: int = 0
    is_estimate: bool = False


class NumberBounds(msgspec.Struct, frozen=True):
    """The lowest and highest number of a code among the products."""

    code: str
    least: float
    most: float


class Completeness(msgspec.Struct, frozen=True):
    """How much of the index an answer comes from: parts asked, parts that answered in time, and
    documents that the question looked at (None when nobody counted)."""

    parts: int = 1
    parts_answered: int = 1
    examined: int | None = None


class PriceBounds(msgspec.Struct, frozen=True):
    """The lowest and highest price among the products, in minor units."""

    min_minor: int
    max_minor: int


class SearchResult(msgspec.Struct, frozen=True, kw_only=True):
    """One page of an answer, and how complete it is.

    Args:
        total: products that match; a lower bound when `total_is_exact` is false.
        next_position: give it back as `after` for the next page; None on the last one.
        did_you_mean: the words without what was taken for typing mistakes, when hits were found
            by that.
        is_partial: the deadline came first: facets, values of one, or bounds may be missing; or
            not all parts of the index answered.
        variants: how many variants match, when asked for.
        numbers: the bounds asked for, of codes that any of the products has.
    """

    hits: tuple[Hit, ...]
    total: int
    total_is_exact: bool = True
    match: Match = Match.ALL_WORDS
    facets: tuple[Facet, ...] = ()
    price_bounds: PriceBounds | None = None
    numbers: tuple[NumberBounds, ...] = ()
    variants: int | None = None
    next_position: str | None = None
    did_you_mean: str | None = None
    is_partial: bool = False
    completeness: Completeness = Completeness()
    took_ms: float = 0.0


class Suggestions(msgspec.Struct, frozen=True):
    """How the words may go on, the commonest first, and the first products for them."""

    completions: tuple[str, ...]
    hits: tuple[Hit, ...]


class IndexStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The state of the whole index.

    `needs_rebuild` is true for an index that is damaged, or was made afresh because it was missing
    or damaged, until a rebuild has finished. One that is not readable needs a writer first.
    """

    documents: int
    segments: int
    size_bytes: int
    needs_rebuild: bool
    is_readable: bool = True


def words_of(text: str) -> list[str]:
    """The words a shopper typed: at most 12, from the first 200 characters, NFKC, no syntax."""
    cut = text[:MAX_WORDS_LENGTH].encode("utf-8", "ignore").decode()
    return (
        unicodedata.normalize("NFKC", cut)[:MAX_WORDS_LENGTH]
        .replace("\x00", " ")
        .split()[:MAX_WORDS]
    )


def facet_value(value: str) -> str:
    """A facet value as it is kept and compared: white space as one space, 200 characters."""
    # Nearly every value is clean already, and an index takes in tens of them with a product.
    if len(value) <= MAX_FACET_VALUE_LENGTH and value.isprintable() and "  " not in value:
        return value.strip()
    cleaned = " ".join(value[: 2 * MAX_FACET_VALUE_LENGTH].replace("\x00", " ").split())
    return cleaned.encode("utf-8", "ignore").decode()[:MAX_FACET_VALUE_LENGTH]


@lru_cache(maxsize=10_000)  # thousands of products share a category
def category_steps(path: str) -> tuple[str, ...]:
    """A category path and all its ancestors, the root first: "a/b" is ("a", "a/b")."""
    steps = [step for step in facet_value(path).split("/") if step]
    return tuple("/".join(steps[: depth + 1]) for depth in range(len(steps)))


def language_of(locale: str) -> str:
    """The language a locale speaks: "de" of "de-CH"."""
    return locale.partition("-")[0].lower()


@lru_cache(maxsize=20_000)
def _is_own_code(code: str) -> bool:
    """A code of the shop's own. Remembered: the same codes come with every product."""
    return _CODE.fullmatch(code) is not None and code[0] != "@"


def _is_scope(channel: str, locale: str) -> bool:
    return bool(_SCOPE_NAME.fullmatch(channel) and _SCOPE_NAME.fullmatch(locale))


def _needs_currency(query: SearchQuery) -> bool:
    return (
        query.price_min_minor is not None
        or query.price_max_minor is not None
        or query.wants_price_bounds
        or query.sort in (Sort.PRICE_ASC, Sort.PRICE_DESC)
    )


def _check_numbers(numbers: Mapping[str, tuple[float, ...]]) -> None:
    for code, values in numbers.items():
        if not _is_own_code(code) or len(values) > MAX_NUMBERS or not all(map(isfinite, values)):
            raise InvalidSearchDocument(f"at most {MAX_NUMBERS} finite numbers by a facet code")


def _check_ranges(query: SearchQuery) -> None:
    if len(query.ranges) > MAX_CODES or len(query.bounds_of) > MAX_CODES:
        raise InvalidSearchQuery(f"at most {MAX_CODES} ranges and {MAX_CODES} bounds")
    if not all(
        _CODE.fullmatch(code) for code in [*query.bounds_of, *(r.code for r in query.ranges)]
    ):
        raise InvalidSearchQuery("a facet code has 1 to 120 characters")
    if len({each.code for each in query.ranges}) != len(query.ranges):
        raise InvalidSearchQuery("one range a code")
    ends = (end for each in query.ranges for end in (each.least, each.most) if end is not None)
    if not all(map(isfinite, ends)):
        raise InvalidSearchQuery("a range ends at finite numbers")


def _check_facets(query: SearchQuery) -> None:
    codes = [*query.facets, *(each.code for each in query.filters)]
    if len(query.facets) > MAX_CODES or len(query.filters) > MAX_CODES:
        raise InvalidSearchQuery(f"at most {MAX_CODES} facets and {MAX_CODES} filters")
    if not all(_CODE.fullmatch(code) for code in codes):
        raise InvalidSearchQuery("a facet code has 1 to 120 characters")
    if any(each.code == TRAITS for each in query.filters):
        raise InvalidSearchQuery(f"{TRAITS} is counted, not filtered by")
    if len({each.code for each in query.filters}) != len(query.filters):
        raise InvalidSearchQuery("one filter a facet: put its values together")
    if not all(1 <= len(each.any_of) <= MAX_VALUES for each in query.filters):
        raise InvalidSearchQuery(f"a filter has 1 to {MAX_VALUES} values")
    if not 1 <= query.facet_values <= MAX_VALUES:
        raise InvalidSearchQuery(f"facet_values is 1 to {MAX_VALUES}")
