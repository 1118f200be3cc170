"""Whatever is put in, every redirect leads to its end in one step, and none in a circle."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from galleria.content.redirects.model.redirects import Network, Redirect, Target
from galleria.foundation.ids import new_id

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PATHS = st.sampled_from([f"/{letter}" for letter in "abcdef"])


def redirect(from_path: str, target: Target) -> Redirect:
    return Redirect(
        from_path=from_path,
        target_kind=target.target_kind,
        target_id=target.target_id,
        to_path=target.to_path,
        to_query=target.to_query,
        is_permanent=True,
        source="import",
        created_at=NOW,
    )


PRODUCT = Target("product", new_id())
TARGETS = PATHS.map(lambda path: Target("path", to_path=path)) | st.sampled_from(
    [PRODUCT, Target("url", to_path="https://www.example.com")]
)


@given(st.lists(st.tuples(PATHS, TARGETS), max_size=20))
def test_no_redirect_leads_to_where_another_begins(wanted: list[tuple[str, Target]]) -> None:
    kept: dict[str, Redirect] = {}
    network = Network({})
    for from_path, target in wanted:
        outcome = network.put(redirect(from_path, target))
        kept |= network.changed
        ends = {each.to_path for each in kept.values() if each.target_kind == "path"}
        assert ends.isdisjoint(kept)
        if outcome != "loop":
            assert from_path in kept


@given(st.lists(st.tuples(PATHS, TARGETS), max_size=12), st.data())
def test_what_is_read_of_the_rest_is_enough(
    wanted: list[tuple[str, Target]], data: st.DataObject
) -> None:
    """The same redirects come of it, put in at once or in commits that read what is around."""
    whole = Network({})
    kept: dict[str, Redirect] = {}
    while wanted:
        size = data.draw(st.integers(1, len(wanted)))
        batch, wanted = wanted[:size], wanted[size:]
        beginnings = {path for path, _ in batch}
        ends = {target.to_path for _, target in batch}
        around = {
            path: each
            for path, each in kept.items()
            if path in beginnings | ends or each.to_path in beginnings
        }
        part = Network(around)
        for from_path, target in batch:
            each = redirect(from_path, target)
            assert part.put(each) == whole.put(each)
        kept |= part.changed
    assert kept == whole.changed


def test_a_chain_is_led_to_its_end_and_a_circle_is_refused() -> None:
    network = Network({})
    assert network.put(redirect("/a", Target("path", to_path="/b"))) == "created"
    assert network.put(redirect("/b", Target("path", to_path="/c", to_query="?x=1"))) == "created"
    assert network.at("/a").to == "/c?x=1"
    assert network.put(redirect("/c", Target("path", to_path="/a"))) == "loop"
    assert network.put(redirect("/d", Target("path", to_path="/d"))) == "loop"
    assert network.put(redirect("/z", Target("path", to_path="/a"))) == "created"
    assert network.at("/z").to == "/c?x=1"
    assert network.put(redirect("/c", PRODUCT)) == "created"
    assert {network.at(path).target for path in ("/a", "/b", "/c", "/z")} == {PRODUCT}
    assert network.put(redirect("/a", PRODUCT)) == "unchanged"
