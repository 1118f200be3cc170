"""Keeps combinations that are not made from entering: the grammar of the product type decides."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from galleria.commerce import attributes
from galleria.commerce.attributes import (
    Dictionary,
    Grammar,
    ProductType,
    check_combination,
    grammar_of,
    is_legal,
)
from galleria.commerce.catalog.errors import InvalidProduct
from galleria.commerce.catalog.model.wording import Axis
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.errors import FieldError

MOST_FAULTS = 100  # of one product: whoever mends so many asks again
_MOST_NAMED = 8  # alternatives of one fault


class Legality:
    """The grammars of a shop's product types, and the words to explain them in."""

    def __init__(self, reader: Reader, dictionary: Dictionary) -> None:
        """By the dictionary as the reader sees it now."""
        self._reader = reader
        self._dictionary = dictionary
        self._by_handle = {each.handle: each for each in dictionary.types.values() if each.rules}

    def type_with(self, handle: str) -> ProductType | None:
        """The product type of this handle, if it has rules."""
        return self._by_handle.get(handle)

    async def faults_of(
        self, product_type: ProductType, axes: Sequence[Axis], selections: Iterable[Sequence[int]]
    ) -> list[FieldError]:
        """Each rule that a selection breaks, with what would be legal; at most 100.

        Three microseconds for a selection that is legal.
        """
        grammar = grammar_of(self._reader.tenant.tenant_id, self._dictionary, product_type)
        ids = [axis.attribute_id for axis in axes]
        illegal = [
            (at, dict(zip(ids, selection, strict=True)))
            for at, selection in enumerate(selections)
            if not is_legal(grammar, dict(zip(ids, selection, strict=True)))
        ]
        if not illegal:
            return []
        words = await self._words_for(grammar, axes)
        own = {axis.attribute_id: axis.values for axis in axes}
        return [
            fault
            for at, chosen in illegal[:MOST_FAULTS]
            for fault in _faults(at, grammar, chosen, own, words)
        ][:MOST_FAULTS]

    async def _words_for(self, grammar: Grammar, axes: Sequence[Axis]) -> dict[int, str]:
        ids = {value for axis in axes for value in axis.values}
        ids |= {value for domain in grammar.domains.values() for value in domain}
        found = await attributes.values_of(
            self._reader, self._dictionary, [value for value in ids if 0 < value < 2**31]
        )
        return {value_id: value.word for value_id, value in found.items()}


def _faults(
    at: int,
    grammar: Grammar,
    chosen: dict[int, int],
    own: Mapping[int, Sequence[int]],
    words: dict[int, str],
) -> Iterator[FieldError]:
    """One for each rule that is broken; `own` are the values the product has on each axis."""
    for violation in check_combination(grammar, chosen, words):
        reason = violation.words or violation.text
        axis = violation.attribute_id
        legal = [
            words[value]
            for value in own.get(axis, ())
            if value in words and is_legal(grammar, {**chosen, axis: value})
        ]
        named = dict.fromkeys([*legal, *(each.word for each in violation.alternatives)])
        instead = ", ".join(list(named)[:_MOST_NAMED])
        label = grammar.attributes[axis].label
        message = f"{reason} (rule {violation.rule_id!r})"
        if instead:
            message += f"; possible for {label}: {instead}"
        yield FieldError(f"variants[{at}].option_values", "illegal_combination", message)


async def refuse_illegal(
    tx: Transaction,
    product_type_id: UUID | None,
    axes: Sequence[Axis],
    selections: Sequence[Sequence[int]],
) -> None:
    """Pass when a product of this type may have these variants.

    Raises:
        InvalidProduct: naming each rule that is broken, and what would be legal.
    """
    dictionary = await attributes.dictionary(tx)
    product_type = dictionary.types.get(product_type_id) if product_type_id else None
    if product_type is None or not product_type.rules:
        return
    faults = await Legality(tx, dictionary).faults_of(product_type, axes, selections)
    if faults:
        raise InvalidProduct("not all of these combinations are made", errors=faults)
