"""What a process remembers: for seconds, bounded, and forgotten when it is told to."""

from galleria.engines.nearby import Nearby


class Hand:
    """A clock that is wound by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_thing_is_there_until_its_time_is_over() -> None:
    hand = Hand()
    nearby = Nearby(clock=hand)
    thing = object()
    nearby.keep((1, "key", b"a"), thing, 4.0, nearby.generation(1))
    assert nearby.get((1, "key", b"a")) is thing
    assert nearby.get((2, "key", b"a")) is None
    hand.now += 4.0
    assert nearby.get((1, "key", b"a")) is None
    assert len(nearby) == 0


def test_forgetting_a_tenant_leaves_the_others() -> None:
    nearby = Nearby()
    for tenant in (1, 2):
        nearby.keep((tenant, "key", 0), tenant, 60, nearby.generation(tenant))
    nearby.forget(1)
    assert (nearby.get((1, "key", 0)), nearby.get((2, "key", 0))) == (None, 2)
    nearby.forget_all()
    assert nearby.get((2, "key", 0)) is None


def test_what_was_looked_up_before_it_was_forgotten_is_not_kept() -> None:
    nearby = Nearby()
    for is_all in (False, True):
        generation = nearby.generation(1)
        if is_all:
            nearby.forget_all()
        else:
            nearby.forget(1)
        nearby.keep((1, "key", 0), "old", 60, generation)
        assert nearby.get((1, "key", 0)) is None


def test_what_was_asked_for_longest_ago_goes_first() -> None:
    nearby = Nearby(most_kept=2)
    for number in (1, 2, 3):
        nearby.keep((1, "key", number), number, 60, nearby.generation(1))
        nearby.get((1, "key", 1))
    assert [nearby.get((1, "key", number)) for number in (1, 2, 3)] == [1, None, 3]
