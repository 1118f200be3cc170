"""What this process remembers of the dictionaries: asking again costs one small read.

Whatever is remembered stands under the version it was read at, and a version never comes again,
not even after a rollback. So a change shows to whoever sees its commit, and a transaction sees
its own.
"""

from collections import OrderedDict
from collections.abc import Collection, Hashable
from typing import Generic, TypeVar
from uuid import UUID

from msgspec.structs import replace

from galleria.commerce.attributes.model.attributes import (
    AttributeValue,
    ValueView,
    view_of,
    word_key,
)
from galleria.commerce.attributes.model.dictionary import Dictionary, dictionary_of
from galleria.commerce.attributes.model.grammar import Grammar
from galleria.commerce.attributes.repository import entries, values, versions
from galleria.engines.sql import Reader

Key = TypeVar("Key", bound=Hashable)
Thing = TypeVar("Thing")

# A dictionary of 250 attributes takes some 200 kB, a value 400 bytes, a grammar of 100 rules 60 kB.
_MAX_DICTIONARIES = 64
_MAX_VALUES = 50_000
_MAX_GRAMMARS = 256
_MAX_SWATCHES = 1_000  # attributes, of which each has some tens
_MOST_COLOURS = 1_000  # of one attribute


class Recent(Generic[Key, Thing]):
    """The things asked for last, at most `capacity`. Used by one event loop."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._things: OrderedDict[Key, Thing] = OrderedDict()

    def get(self, key: Key) -> Thing | None:
        """The thing, which now counts as asked for last, or None."""
        thing = self._things.get(key)
        if thing is not None:
            self._things.move_to_end(key)
        return thing

    def put(self, key: Key, thing: Thing) -> None:
        """The thing is remembered; the one not asked for longest makes room."""
        self._things[key] = thing
        self._things.move_to_end(key)
        if len(self._things) > self._capacity:
            self._things.popitem(last=False)


_dictionaries: Recent[tuple[int, UUID], Dictionary] = Recent(_MAX_DICTIONARIES)
_values: Recent[tuple[int, UUID, int], AttributeValue] = Recent(_MAX_VALUES)
_swatches: Recent[tuple[int, UUID, int], dict[str, str]] = Recent(_MAX_SWATCHES)
grammars: Recent[tuple[int, UUID | None, UUID, int], Grammar] = Recent(_MAX_GRAMMARS)
"""By tenant, the dictionary's version, the product type and its version."""


async def dictionary(reader: Reader) -> Dictionary:
    """The shop's dictionary as the reader sees it now: one small read when it is remembered."""
    version, values_version = await versions.versions_of(reader)
    if version is None:
        return dictionary_of(None)
    remembered = _dictionaries.get((reader.tenant.tenant_id, version))
    if remembered is not None and remembered.values_version == values_version:
        return remembered
    snapshot = remembered or await _read_dictionary(reader, version)
    snapshot = replace(snapshot, values_version=values_version)
    _dictionaries.put((reader.tenant.tenant_id, version), snapshot)
    return snapshot


async def _read_dictionary(reader: Reader, version: UUID) -> Dictionary:
    return dictionary_of(
        version,
        await entries.everything(reader, entries.ATTRIBUTES),
        await entries.everything(reader, entries.SETS),
        await entries.everything(reader, entries.DEFINITIONS),
        await entries.everything(reader, entries.PRODUCT_TYPES),
    )


async def words_of(
    reader: Reader, value_ids: Collection[int], locale: str | None = None
) -> dict[int, ValueView]:
    """How the values read, by the numbers asked for; what exists no more is left out.

    A value that was merged reads as what it was merged into. One small read when all are
    remembered, a second one for those that are not.
    """
    found = await values_of(reader, await dictionary(reader), value_ids) if value_ids else {}
    return {value_id: view_of(value, locale) for value_id, value in found.items()}


async def values_of(
    reader: Reader, known: Dictionary, value_ids: Collection[int]
) -> dict[int, AttributeValue]:
    """The values of these numbers with their labels in all languages; else as `words_of`.

    `known` is the dictionary as the reader sees it now. No statement when all are remembered.
    """
    version = known.values_version
    if version is None:
        return {}
    tenant_id = reader.tenant.tenant_id
    found: dict[int, AttributeValue] = {}
    for value_id in value_ids:
        value = _values.get((tenant_id, version, value_id))
        if value is not None:
            found[value_id] = value
    missing = [each for each in dict.fromkeys(value_ids) if each not in found]
    if missing:
        for value_id, value in (await values.values_behind(reader, missing)).items():
            _values.put((tenant_id, version, value_id), value)
            found[value_id] = value
    return found


async def swatches_of(
    reader: Reader, known: Dictionary, attribute_ids: Collection[int]
) -> dict[int, dict[str, str]]:
    """The swatches of these attributes' values, by the `word_key` of what each is called in any
    language: colours (#rrggbb) and ids of pictures.

    `known` is the dictionary as the reader sees it now. No statement when all are remembered.
    """
    version = known.values_version
    if version is None:
        return {each: {} for each in attribute_ids}
    tenant_id = reader.tenant.tenant_id
    wanted = [each for each in attribute_ids if _swatches.get((tenant_id, version, each)) is None]
    if wanted:
        found: dict[int, dict[str, str]] = {each: {} for each in wanted}
        for value in await values.with_swatches(reader, wanted, _MOST_COLOURS):
            if value.swatch is not None and not value.is_archived:
                for word in (*value.labels.values(), value.word):
                    found[value.attribute_id].setdefault(word_key(word), value.swatch)
        for attribute_id, swatches in found.items():
            _swatches.put((tenant_id, version, attribute_id), swatches)
    return {each: _swatches.get((tenant_id, version, each)) or {} for each in attribute_ids}
