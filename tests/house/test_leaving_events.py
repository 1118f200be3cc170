"""Somebody has decided of every event whether it may leave the house."""

import galleria.bindings  # noqa: F401  loads every room, and so every event
from galleria.platform.access import SHOP_SCOPES
from galleria.platform.webhooks import LEAVES, STAYS, event_types
from tools.docs_events import published


def test_every_event_leaves_the_house_or_stays_in_it_for_a_reason() -> None:
    undecided = published().keys() - LEAVES.keys() - STAYS.keys()
    assert not undecided, "name them in platform/webhooks/model/catalogue.py"
    assert not LEAVES.keys() & STAYS.keys()
    assert not (LEAVES.keys() | STAYS.keys()) - published().keys(), "nobody publishes these"
    assert all(STAYS.values())


def test_every_event_that_leaves_is_read_by_a_scope_there_is() -> None:
    assert set(LEAVES.values()) <= SHOP_SCOPES


def test_every_event_that_leaves_can_be_chosen_and_shown() -> None:
    types = event_types()
    assert [each.tag for each in types] == sorted(LEAVES)
    assert all(each.fields and each.sample and each.title for each in types)
