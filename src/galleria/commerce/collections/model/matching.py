"""Which rules a product meets: one rule by itself, and a thousand of them at once.

A rule book takes every rule apart into clauses, each a list of conditions that must all hold, and
gives each clause a bit. What a condition compares with leads to the bits of the clauses that ask
for it: a value by hashing, a number by its place among all ends of ranges. One pass over the facts
then leaves the bits of the clauses that hold, and no rule is looked at one by one.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from galleria.commerce.collections.model.facts import (
    Key,
    ProductFacts,
    fold,
    key_of,
    seconds,
    words_of,
)
from galleria.commerce.collections.model.rules import Condition, Group, conditions_of

DAY_S = 86_400
# Any-groups inside an all-group multiply. Beyond so many clauses a rule is only narrowed down by
# some of its groups, and then evaluated by itself.
MAX_CLAUSES = 64
# How often a clause may ask for one fact before it is evaluated by itself.
MAX_TURNS = 3
_NONE: frozenset[Key] = frozenset()


class Target(NamedTuple):
    """Where the products go that a rule chooses."""

    collection_id: UUID
    generation: int


def satisfies(rule: Group, facts: ProductFacts, now_s: float) -> bool:
    """The product meets the rule at that moment, in seconds since 1970."""
    parts = [holds(each, facts, now_s) for each in rule.conditions]
    parts += [satisfies(each, facts, now_s) for each in rule.groups]
    return all(parts) if rule.match == "all" else any(parts)


def holds(condition: Condition, facts: ProductFacts, now_s: float) -> bool:
    """The condition holds for the product at that moment."""
    slot = _slot_of(condition)
    if slot.is_range:
        number = _number(slot, facts, now_s)
        if number is None:
            return False
        low, high = _ends(condition)
        return (low is None or low <= number) and (high is None or number <= high)
    present = _values(slot, facts)
    if condition.field == "title":
        return words_of(str(condition.value)) <= set(present)
    return not _keys(condition).isdisjoint(present)


class _Slot(NamedTuple):
    """A fact that conditions ask for: of which field, under which code, a value or a number.

    `turn` tells conditions of one clause apart that ask for the same fact.
    """

    field: str
    code: str
    is_range: bool
    turn: int = 1


def _slot_of(condition: Condition) -> _Slot:
    field, code = condition.field, (condition.code or "").strip()
    if condition.operator == "within_days":
        return _Slot(f"{field}_age", "", True)
    if condition.operator == "between":
        return _Slot(field, code, True)
    if field == "attribute":
        return _Slot("attribute_exists" if condition.operator == "exists" else field, code, False)
    return _Slot(field, fold(code) if field == "option" else "", False)


_SINGLE: dict[str, Callable[[ProductFacts], Key]] = {
    "brand": lambda facts: facts.brand,
    "product_type": lambda facts: facts.product_type,
    "status": lambda facts: facts.status,
    "on_sale": lambda facts: key_of(facts.is_on_sale),
    "in_stock": lambda facts: key_of(facts.is_in_stock),
}


def _values(slot: _Slot, facts: ProductFacts) -> Iterable[Key]:
    """What the product has there; several where it may have several."""
    field = slot.field
    single = _SINGLE.get(field)
    if single is not None:
        return (single(facts),)
    if field == "attribute":
        return facts.attributes.get(slot.code, _NONE)
    if field == "attribute_exists":
        return ("",) if slot.code in facts.attributes else ()
    if field == "option":
        return facts.options.get(slot.code, _NONE)
    if field == "tag":
        return facts.tags
    return facts.category_ids if field == "category" else facts.title_words


_NUMBERS: dict[str, Callable[[ProductFacts], float | None]] = {
    "price_min": lambda facts: facts.price_min,
    "price_max": lambda facts: facts.price_max,
    "discount_percent": lambda facts: facts.discount_percent,
    "stock": lambda facts: facts.stock,
    "variant_count": lambda facts: facts.variant_count,
    "created": lambda facts: facts.created_s,
    "published": lambda facts: facts.published_s,
}


def _number(slot: _Slot, facts: ProductFacts, now_s: float) -> float | None:
    """The number the product has there, None when it has none."""
    if slot.field == "attribute":
        found = facts.attributes.get(slot.code, _NONE)
        return next((value for value in found if isinstance(value, float)), None)
    if slot.field == "created_age":
        return now_s - facts.created_s
    if slot.field == "published_age":
        return None if facts.published_s is None else now_s - facts.published_s
    return _NUMBERS[slot.field](facts)


def _ends(condition: Condition) -> tuple[float | None, float | None]:
    """The range a number must lie in, both ends included."""
    if condition.operator == "within_days":
        return None, (condition.days or 0) * DAY_S
    if condition.field in ("created", "published"):
        since, until = condition.since, condition.until
        return (
            None if since is None else seconds(since),
            None if until is None else seconds(until),
        )
    return condition.low, condition.high


def _keys(condition: Condition) -> set[Key]:
    """The values of which the product must have one."""
    if condition.operator == "exists":
        return {""}
    given = condition.values if condition.operator == "in" else [condition.value]
    if condition.field == "category":
        return {str(UUID(str(each))) for each in given}
    return {key_of(each) for each in given}


class _Hashed:
    """Clauses that ask for one of some values, found by the value."""

    def __init__(self, slot: _Slot) -> None:
        self.slot = slot
        self.masks: dict[Key, int] = {}
        self.asked = 0
        self.free = 0

    def add(self, keys: Iterable[Key], bit: int) -> None:
        """A clause asks for one of the keys."""
        self.asked |= bit
        for key in keys:
            self.masks[key] = self.masks.get(key, 0) | bit


class _Ranged:
    """Clauses that ask for a number in a range, found by its place among all ends.

    With ends e0 < e1 < …, place 2i+1 is the end ei itself and place 2i lies below it, above the
    end before: within a place all numbers meet the same clauses.
    """

    def __init__(self, slot: _Slot) -> None:
        self.slot = slot
        self.ranges: list[tuple[float | None, float | None, int]] = []
        self.ends: list[float] = []
        self.masks: list[int] = []
        self.asked = 0
        self.free = 0

    def add(self, low: float | None, high: float | None, bit: int) -> None:
        """A clause asks for a number in this range; one that ends before it begins holds none."""
        self.asked |= bit
        if low is None or high is None or low <= high:
            self.ranges.append((low, high, bit))

    def place(self, number: float) -> int:
        """Where a number lies among the ends."""
        at = bisect_left(self.ends, number)
        return 2 * at + (at < len(self.ends) and self.ends[at] == number)

    def close(self) -> None:
        """The clauses of each place are known. O(ranges) long integers."""
        found = {end for low, high, _ in self.ranges for end in (low, high) if end is not None}
        self.ends = sorted(found)
        last = 2 * len(self.ends)
        changes = [0] * (last + 2)
        for low, high, bit in self.ranges:
            changes[0 if low is None else self.place(low)] ^= bit
            changes[(last if high is None else self.place(high)) + 1] ^= bit
        mask = 0
        for change in changes[:-1]:
            mask ^= change
            self.masks.append(mask)
        self.ranges.clear()


class RuleBook:
    """All rules of a shop, ready to be asked which of them a product meets."""

    def __init__(self, rules: Sequence[tuple[Target, Group]]) -> None:
        """Compile the rules, each for where its products go."""
        self.targets = frozenset(target for target, _ in rules)
        self._rules = list(rules)
        # Of each clause: which rule it is of, and whether that must still be evaluated.
        self._owners: list[tuple[int, bool]] = []
        hashed: dict[_Slot, _Hashed] = {}
        ranged: dict[_Slot, _Ranged] = {}
        for number, (_, rule) in enumerate(rules):
            clauses, is_whole = clauses_of(rule)
            for clause in clauses:
                is_exact = self._add(clause, hashed, ranged)
                self._owners.append((number, is_whole and is_exact))
        self._all = (1 << len(self._owners)) - 1
        for index in ranged.values():
            index.close()
        indexes: list[_Hashed | _Ranged] = [*hashed.values(), *ranged.values()]
        for each in indexes:
            each.free = self._all & ~each.asked
        self._attributes = [
            (index.slot.code, index.free, index.masks)
            for index in hashed.values()
            if index.slot.field == "attribute"
        ]
        self._hashed = [each for each in hashed.values() if each.slot.field != "attribute"]
        self._ranged = list(ranged.values())
        self._ages = _ages_of(rules)

    def _add(
        self, clause: list[Condition], hashed: dict[_Slot, _Hashed], ranged: dict[_Slot, _Ranged]
    ) -> bool:
        """The next bit stands for this clause; false when its bit promises too much."""
        bit = 1 << len(self._owners)
        seen: Counter[_Slot] = Counter()
        is_exact = True
        for condition in clause:
            asked = _slot_of(condition)
            seen[asked] += 1
            if seen[asked] > MAX_TURNS:
                is_exact = False
                continue
            # What a clause asks of one fact twice is asked by two indexes, so that both count.
            slot = asked._replace(turn=seen[asked])
            if slot.is_range:
                ranged.setdefault(slot, _Ranged(slot)).add(*_ends(condition), bit)
            elif condition.field == "title":
                words = sorted(words_of(str(condition.value)), key=len)
                # The longest word leads to the fewest products; the others are looked at then.
                hashed.setdefault(slot, _Hashed(slot)).add(words[-1:], bit)
                is_exact = is_exact and len(words) == 1
            else:
                hashed.setdefault(slot, _Hashed(slot)).add(_keys(condition), bit)
        return is_exact

    def matches(self, facts: ProductFacts, now: datetime) -> set[Target]:
        """Where the product belongs at that moment."""
        now_s = seconds(now)
        mask = self._candidates(facts, now_s)
        found: set[int] = set()
        while mask:
            lowest = mask & -mask
            mask ^= lowest
            number, is_exact = self._owners[lowest.bit_length() - 1]
            if number in found:
                continue
            if is_exact or satisfies(self._rules[number][1], facts, now_s):
                found.add(number)
        return {self._rules[number][0] for number in found}

    def _candidates(self, facts: ProductFacts, now_s: float) -> int:
        """The bits of the clauses that hold, as far as the indexes can tell."""
        mask = self._all
        for hashed in self._hashed:
            hit = hashed.free
            masks = hashed.masks
            for value in _values(hashed.slot, facts):
                found = masks.get(value)
                if found is not None:
                    hit |= found
            mask &= hit
        attributes = facts.attributes
        for code, free, masks in self._attributes:
            hit = free
            for present in attributes.get(code, _NONE):
                hit |= masks.get(present, 0)
            mask &= hit
        for ranged in self._ranged:
            number = _number(ranged.slot, facts, now_s)
            if number is None:
                mask &= ranged.free
            else:
                mask &= ranged.free | ranged.masks[ranged.place(number)]
        return mask

    @property
    def has_ages(self) -> bool:
        """Some rule asks how old a product is."""
        return bool(self._ages)

    def next_due_s(self, facts: ProductFacts, now: datetime) -> float | None:
        """When the product next grows too old for some rule, in seconds; None when it never does.

        Until then its age changes nothing.
        """
        now_s = seconds(now)
        times = {"created": facts.created_s, "published": facts.published_s}
        coming = [
            born_s + days * DAY_S
            for field, days in self._ages
            if (born_s := times[field]) is not None and born_s + days * DAY_S >= now_s
        ]
        return min(coming, default=None)


def _ages_of(rules: Sequence[tuple[Target, Group]]) -> list[tuple[str, int]]:
    """Each (created or published, days) that some rule asks for."""
    return sorted(
        {
            (condition.field, condition.days)
            for _, rule in rules
            for _, condition in conditions_of(rule)
            if condition.operator == "within_days" and condition.days is not None
        }
    )


def clauses_of(rule: Group) -> tuple[list[list[Condition]], bool]:
    """Lists of conditions: the rule is met only where all of one list hold.

    The flag says whether the converse holds too: else some of its groups were left out, because
    they would have multiplied beyond MAX_CLAUSES.
    """
    parts = [([[each]], True) for each in rule.conditions]
    parts += [clauses_of(each) for each in rule.groups]
    if rule.match == "any":
        return [clause for clauses, _ in parts for clause in clauses], all(w for _, w in parts)
    found: list[list[Condition]] = [[]]
    is_whole = True
    for clauses, part_is_whole in parts:
        if len(found) * len(clauses) > MAX_CLAUSES and len(clauses) > 1:
            is_whole = False
            continue
        found = [[*left, *right] for left in found for right in clauses]
        is_whole = is_whole and part_is_whole
    return found, is_whole
