"""What the shopper's filters leave, each product held to one of its variants.

A variant is a document inside its product's. Filters on attributes hold for a product when each
holds for it, and one of its variants has, of all that it differs from the others in, what they
say; what its variants do not differ in is the product's alone.
"""

from collections.abc import Mapping, Sequence
from math import prod

from galleria.engines.search_index.errors import InvalidSearchQuery
from galleria.engines.search_index.model import (
    AVAILABLE,
    CATEGORY,
    COLLECTION,
    MAX_AXES,
    MAX_COMBINATIONS,
    FacetFilter,
    RangeFilter,
    SearchQuery,
    category_steps,
)
from galleria.engines.search_index.naming import quoted
from galleria.engines.search_index.opensearch.clauses import (
    EVERYTHING,
    NOTHING,
    Clause,
    all_of,
    any_of,
    none_of,
    term,
    terms,
)
from galleria.engines.search_index.opensearch.schema import (
    facet_field,
    number_field,
    price_field,
    said_of,
    sortable,
    value_token,
)
from galleria.engines.search_index.preparing import product_key, scope_of

THERE = FacetFilter(AVAILABLE, ("true",))
PRICES = "price"  # no code: a code of ours begins with @


class Narrowing:
    """The filters of a question, to be had with one or another left out."""

    def __init__(self, tenant_id: int, query: SearchQuery) -> None:
        """Raises InvalidSearchQuery: their values have too many combinations."""
        self.tenant_id = tenant_id
        self._query = query
        self._filters = {each.code: each for each in query.filters}
        self._ranges = {each.code: each for each in query.ranges}
        # Any of them may be axes of one product, and no product has more axes than these.
        most = sorted((len(f.any_of) for f in query.filters if _may_be_axis(f.code)), reverse=True)
        if prod(most[:MAX_AXES]) > MAX_COMBINATIONS:
            raise InvalidSearchQuery("these values have too many combinations; choose fewer")

    def page(self) -> list[Clause]:
        """What the page narrows by, before any filter: whose, in which channel and language, and
        which category, collection or availability; and what is hidden on it."""
        query, tenant_id = self._query, self.tenant_id
        clauses = [term("scope", scope_of(tenant_id, query.channel, query.locale))]
        if query.category is not None:
            # Without steps the path is "" and no product has that: an empty page, not all there is.
            path = (category_steps(query.category) or ("",))[-1]
            clauses.append(self.having(FacetFilter(CATEGORY, (path,))))
        if query.collection is not None:
            clauses.append(self.having(FacetFilter(COLLECTION, (query.collection,))))
        if query.only_available:
            clauses.append(self.having(THERE))
        if query.hidden:
            clauses.append(none_of([self.products(query.hidden)]))
        return clauses

    def having(self, wanted: FacetFilter) -> Clause:
        """Products with any of the values."""
        tokens = [value_token(self.tenant_id, wanted.code, value) for value in wanted.any_of]
        return terms(facet_field(wanted.code), tokens)

    def products(self, product_ids: Sequence[str]) -> Clause:
        """These products."""
        return terms("key", [product_key(self.tenant_id, each) for each in product_ids])

    def without(self, code: str | None) -> dict[str, FacetFilter]:
        """The filters on facets but one."""
        return {each: wanted for each, wanted in self._filters.items() if each != code}

    def clauses(
        self,
        filters: Mapping[str, FacetFilter],
        *,
        without_range: str | None = None,
        with_prices: bool = True,
    ) -> list[Clause]:
        """Products that these filters let through, and the ranges and prices asked for."""
        clauses = [self.having(each) for each in filters.values()]
        clauses += [
            self._within(each) for each in self._ranges.values() if each.code != without_range
        ]
        clauses += self._priced() if with_prices else []
        clauses += self._held(filters)
        return clauses

    @property
    def has_filters(self) -> bool:
        """The shopper narrows by something."""
        return bool(self._filters or self._ranges or self._priced())

    @property
    def has_prices(self) -> bool:
        """The shopper narrows by price."""
        return bool(self._priced())

    def has_range(self, code: str) -> bool:
        """The shopper narrows by the numbers of a code."""
        return code in self._ranges

    def is_split(self, code: str) -> bool:
        """The values of this facet must be counted among the variants that the filters mean."""
        others = self.without(code)
        if code == AVAILABLE:
            return any(map(_may_be_axis, others))
        return _may_be_axis(code) and (any(map(_may_be_axis, others)) or self.is_only_there(others))

    def is_only_there(self, filters: Mapping[str, FacetFilter]) -> bool:
        """Only what can be had is looked for."""
        wanted = filters.get(AVAILABLE)
        only = wanted is not None and set(wanted.any_of) == {"true"}
        return only or self._query.only_available

    def variant(self, filters: Mapping[str, FacetFilter]) -> Clause:
        """Variants, inside their product, that the filters mean."""
        clauses: list[Clause] = []
        if self.is_only_there(filters):
            clauses.append({"term": {"variants.is_there": True}})
        for code, wanted in filters.items():
            if _may_be_axis(code):
                tokens = [value_token(self.tenant_id, code, value) for value in wanted.any_of]
                is_no_axis = none_of([term("variants.axes", quoted(code))])
                clauses.append(any_of([terms("variants.values", tokens), is_no_axis]))
        return all_of(clauses) if clauses else EVERYTHING

    def _held(self, filters: Mapping[str, FacetFilter]) -> list[Clause]:
        """Products of which one variant is what the filters mean, where those may fall on
        different ones: on two of its axes, or on one when only what can be had is looked for."""
        asked = [quoted(code) for code in filters if _may_be_axis(code)]
        least = 1 if self.is_only_there(filters) else 2
        if len(asked) < least:
            return []
        # Said of product and variant: where nobody has such axes the engine looks at no variant.
        of_product = any_of([term("axes", code) for code in asked], least)
        of_variant = any_of([term("variants.axes", code) for code in asked], least)
        meant = all_of([of_variant, self.variant(filters)])
        variant = {"nested": {"path": "variants", "query": meant}}
        return [any_of([none_of([of_product]), variant])]

    def _within(self, wanted: RangeFilter) -> Clause:
        begins = said_of(self.tenant_id, wanted.code)
        least = begins + ("" if wanted.least is None else sortable(wanted.least))
        most = begins + ("g" if wanted.most is None else sortable(wanted.most))
        return {"range": {number_field(wanted.code): {"gte": least, "lte": most}}}

    def _priced(self) -> list[Clause]:
        query = self._query
        bounds = {"gte": query.price_min_minor, "lte": query.price_max_minor}
        given = {end: amount for end, amount in bounds.items() if amount is not None}
        if not given:
            return []
        assert query.currency is not None, "checked when the query was made"
        return [{"range": {price_field(query.currency): given}}]


def _may_be_axis(code: str) -> bool:
    return code[0] != "@"


def nothing_if(is_nothing: bool) -> list[Clause]:
    """A clause that no product answers, where that is so."""
    return [NOTHING] if is_nothing else []
