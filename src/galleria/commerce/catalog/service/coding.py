"""Teaches the dictionary what drafts say, and has them coded by it."""

import itertools
from collections.abc import Sequence

from galleria.commerce import attributes
from galleria.commerce.attributes import Encoded
from galleria.commerce.catalog.model.coding import Coder, Ids, fresh_in
from galleria.commerce.catalog.model.drafts import ProductDraft
from galleria.engines.sql import Reader, Transaction


async def learnt_coder(tx: Transaction, drafts: Sequence[ProductDraft]) -> Coder:
    """A coder by the shop's dictionary, which has every attribute of these drafts from now on."""
    dictionary = await attributes.dictionary(tx)
    fresh = fresh_in(dictionary, drafts)
    if fresh.kinds:
        dictionary = await attributes.learn(tx, fresh.kinds, fresh.labels)
    return Coder(dictionary)


async def supposing_coder(reader: Reader, drafts: Sequence[ProductDraft]) -> Coder:
    """A coder that finds the same faults, and leaves the dictionary as it is."""
    dictionary = await attributes.dictionary(reader)
    fresh = fresh_in(dictionary, drafts)
    return Coder(attributes.supposing(dictionary, fresh.kinds, fresh.labels))


async def read_drafts(
    reader: Reader, coder: Coder, drafts: Sequence[ProductDraft]
) -> list[Encoded]:
    """Each draft's attributes, half coded, with all that is wrong with its words."""
    read = [coder.read(draft) for draft in drafts]
    chosen = coder.chosen
    if chosen:
        known = (await attributes.find_words(reader, chosen)).words
        for draft, encoded in zip(drafts, read, strict=True):
            encoded.errors.extend(coder.strange(draft, encoded, known))
    return read


async def numbers_for(tx: Transaction, coder: Coder) -> Ids:
    """The numbers of all words that the drafts read by the coder need."""
    if not coder.wanted:
        return {}
    return (await attributes.intern_words(tx, coder.wanted, "text")).words


async def supposed_numbers(reader: Reader, coder: Coder) -> Ids:
    """The same for a preview: words that nobody has used yet have numbers below zero."""
    if not coder.wanted:
        return {}
    known = (await attributes.find_words(reader, coder.wanted)).words
    fresh = itertools.count(-1, -1)
    return {
        code: {word: known.get(code, {}).get(word) or next(fresh) for word in words}
        for code, words in coder.wanted.items()
    }
