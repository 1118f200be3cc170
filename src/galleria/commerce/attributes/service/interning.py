"""Words turned into numbers, many at once: what imports and the editing of products call."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

import msgspec

from galleria.commerce.attributes import errors
from galleria.commerce.attributes.events import dictionary_changed
from galleria.commerce.attributes.model.attributes import (
    MAX_ATTRIBUTES,
    SHARED,
    Attribute,
    AttributeValue,
    Kind,
    fresh_attribute,
    is_code,
    word_fault,
    word_key,
)
from galleria.commerce.attributes.model.dictionary import Dictionary
from galleria.commerce.attributes.repository import entries, values, versions
from galleria.commerce.attributes.service.snapshots import dictionary
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.errors import FieldError


class Interned(msgspec.Struct, frozen=True):
    """The numbers behind names: attributes with their kinds by code, words by code and word.

    An attribute whose values are not chosen among words has none in `words`.
    """

    attribute_ids: dict[str, int]
    kinds: dict[str, Kind]
    words: dict[str, dict[str, int]]


async def find_words(reader: Reader, wanted: Mapping[str, Collection[str]]) -> Interned:
    """As much of `intern_words` as is in the dictionary already, in one statement."""
    keys = _keys_of(wanted)
    return _interned(await values.find_words(reader, keys), wanted)


async def intern_words(
    tx: Transaction,
    wanted: Mapping[str, Collection[str]],
    kind_of_new: Kind | Mapping[str, Kind] = "select",
) -> Interned:
    """The number of every attribute and word, made where the dictionary lacks them.

    One statement when nothing is missing. Otherwise the names are locked until the commit, and
    looked up again, since somebody else may have made them meanwhile.

    Args:
        tx: the transaction that will use the numbers.
        wanted: words by code, each as somebody wrote it; no words ask for the attribute alone.
        kind_of_new: the kind of an attribute that is missing, or the kinds by code; a code that
            is not among them becomes a select.

    Raises:
        InvalidAttribute: a code that is none.
        InvalidAttributeValue: a word that is none.
        DictionaryFull: the shop would have more than 10,000 attributes.
    """
    _refuse_faulty(wanted)
    keys = _keys_of(wanted)
    found = await values.find_words(tx, keys)
    if _is_complete(found, keys):
        return _interned(found, wanted)
    await versions.lock_names(tx)
    found = await values.find_words(tx, keys)
    kinds = {} if isinstance(kind_of_new, str) else kind_of_new
    default: Kind = kind_of_new if isinstance(kind_of_new, str) else "select"
    missing = {code: kinds.get(code, default) for code in keys if code not in found.attributes}
    if missing:
        await _add_attributes(tx, missing, found)
    await _add_words(tx, wanted, found)
    return _interned(found, wanted)


def _refuse_faulty(wanted: Mapping[str, Collection[str]]) -> None:
    for code, words in wanted.items():
        if not is_code(code):
            raise errors.InvalidAttribute(
                f"{code[:100]!r} is no code", errors=[FieldError(code[:100], "invalid_code", "")]
            )
        for word in words:
            if fault := word_fault(word):
                place = FieldError(f"attributes.{code}", "invalid_word", fault)
                raise errors.InvalidAttributeValue(f"{word[:50]!r}: {fault}", errors=[place])


def _keys_of(wanted: Mapping[str, Collection[str]]) -> dict[str, Sequence[str]]:
    return {code: list(dict.fromkeys(map(word_key, words))) for code, words in wanted.items()}


def _is_complete(found: values.Found, keys: Mapping[str, Sequence[str]]) -> bool:
    return all(
        code in found.attributes
        and (
            found.attributes[code][1] not in SHARED
            or all((code, key) in found.values for key in words)
        )
        for code, words in keys.items()
    )


async def learn(
    tx: Transaction, kinds: Mapping[str, Kind], labels: Mapping[str, str]
) -> Dictionary:
    """The dictionary, which has attributes of these codes from now on.

    Those it lacked are of the kind given, and called as `labels` says or as their code reads.

    Raises:
        DictionaryFull: the shop would have more than 10,000 attributes.
    """
    await versions.lock_names(tx)
    found = await values.find_words(tx, {code: [] for code in kinds})
    missing = {code: kind for code, kind in kinds.items() if code not in found.attributes}
    if missing:
        await _add_attributes(tx, missing, found, labels)
    return await dictionary(tx)


async def _add_attributes(
    tx: Transaction,
    kinds: Mapping[str, Kind],
    found: values.Found,
    labels: Mapping[str, str] = MappingProxyType({}),
) -> None:
    last = await entries.last_number(tx)
    if last + len(kinds) > MAX_ATTRIBUTES:
        raise errors.DictionaryFull(f"a shop has at most {MAX_ATTRIBUTES} attributes")
    made: list[Attribute] = [
        fresh_attribute(number, code, kinds[code], labels.get(code, ""))
        for number, code in enumerate(sorted(kinds), last + 1)
    ]
    await entries.add_attributes(tx, made)
    await versions.renew_dictionary(tx)
    tx.publish(*dictionary_changed("attribute", "learnt", [each.attribute_id for each in made]))
    found.attributes.update({each.code: (each.attribute_id, each.kind) for each in made})


async def _add_words(
    tx: Transaction, wanted: Mapping[str, Collection[str]], found: values.Found
) -> None:
    # Of two spellings of one word the first is kept.
    fresh: dict[tuple[str, str], str] = {}
    for code, words in wanted.items():
        if found.attributes[code][1] in SHARED:
            for word in words:
                fresh.setdefault((code, word_key(word)), " ".join(word.split()))
    fresh = {place: word for place, word in fresh.items() if place not in found.values}
    if not fresh:
        return
    last = await values.last_number(tx)
    made = [
        AttributeValue(
            value_id=number,
            attribute_id=found.attributes[code][0],
            word=word,
            labels={},
            position=number,
        )
        for number, ((code, _), word) in enumerate(fresh.items(), last + 1)
    ]
    await values.add_values(tx, made)
    # A rollback gives their numbers to other words; nobody may remember what these were.
    await versions.renew_values(tx)
    found.values.update({place: each.value_id for place, each in zip(fresh, made, strict=True)})


def _interned(found: values.Found, wanted: Mapping[str, Collection[str]]) -> Interned:
    return Interned(
        attribute_ids={code: number for code, (number, _) in found.attributes.items()},
        kinds={code: kind for code, (_, kind) in found.attributes.items()},
        words={
            code: {
                word: number
                for word in words
                if (number := found.values.get((code, word_key(word)))) is not None
            }
            for code, words in wanted.items()
        },
    )
