"""Pages about the code are true: generated ones match it, decisions and figures have their form."""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from tests.house.tree import ROOT, last_changed, text, under
from tools import bench, docs, docs_events, docs_reference
from tools.house_code import import_everything

PARTS = ["Context", "Decision", "Consequences", "Alternatives", "Enforced by"]
DECISIONS = [path for path in under("docs/decisions/", suffix=".md") if "README" not in path]


def test_every_setting_event_error_and_metric_is_documented() -> None:
    assert import_everything() == []
    assert docs.differences(docs.pages()) == [], "make docs"


def test_no_published_event_lost_or_retyped_a_field() -> None:
    import_everything()
    assert docs_events.breaks() == []


def test_every_subscription_reads_only_what_is_published() -> None:
    import_everything()
    assert docs_events.misread() == []


class Line(msgspec.Struct):
    sku: str
    quantity: int


class Placed(msgspec.Struct):
    order_id: UUID
    at: datetime
    lines: list[Line]
    note: str | None
    totals: dict[str, int]


def test_the_shape_of_an_event_is_that_of_its_json() -> None:
    assert docs_events.fields_of(Placed) == {
        "order_id": "uuid",
        "at": "instant",
        "lines": {"list": {"fields": {"sku": "string", "quantity": "integer"}}},
        "note": {"optional": "string"},
        "totals": {"map": "integer"},
    }
    with pytest.raises(TypeError):
        docs_events.shape_of(Path)


@pytest.mark.parametrize(
    ("reader", "publisher", "understood"),
    [
        ("string", "string", True),
        ("string", "integer", False),
        ({"optional": "string"}, "string", True),
        ("string", {"optional": "string"}, False),
        ({"list": {"fields": {"a": "uuid"}}}, {"list": {"fields": {"a": "uuid", "b": "x"}}}, True),
        ({"fields": {"a": "uuid", "b": "x"}}, {"fields": {"a": "uuid"}}, False),
    ],
)
def test_a_reader_may_know_less_than_is_published_and_nothing_else(
    reader: docs_events.Shape, publisher: docs_events.Shape, understood: bool
) -> None:
    assert docs_events.fits(reader, publisher) is understood


def test_a_page_that_differs_or_that_nothing_generates_is_found(tmp_path: Path) -> None:
    expected: Mapping[str, str] = {"docs/reference/errors.md": "new\n"}
    stray = tmp_path / "docs/reference/old.md"
    stray.parent.mkdir(parents=True)
    stray.write_text(docs_reference.NOTE)
    stray.with_name("guide.md").write_text("written by people")
    missing, unwanted = docs.differences(expected, tmp_path)
    assert "+new" in missing
    assert "old.md: nothing generates this page" in unwanted


def test_events_json_holds_what_a_machine_can_read() -> None:
    recorded = json.loads(text("docs/reference/events.json"))
    assert all(re.fullmatch(r"[a-z_]+\.[a-z_]+\.v\d+", tag) for tag in recorded)


@pytest.mark.parametrize("path", DECISIONS)
def test_a_decision_has_its_five_parts_and_a_short_context(path: str) -> None:
    assert re.search(r"/\d{4}-[a-z0-9]+(-[a-z0-9]+)+\.md$", path)
    title, *sections = re.split(r"^## ", text(path), flags=re.MULTILINE)
    assert re.match(r"# \d{4}\.? \S", title), "the first line is `# NNNN Title`"
    assert [section.partition("\n")[0].strip() for section in sections] == PARTS
    context = sections[0].partition("\n")[2]
    sentences = re.findall(r"[.?!](?=\s|$)", re.sub(r"\b(e\.g|i\.e)\.", "", context))
    assert 1 <= len(sentences) <= 4, f"{len(sentences)} sentences of context"
    assert all(section.partition("\n")[2].strip() for section in sections)


def test_decisions_are_numbered_without_a_gap_and_all_listed() -> None:
    numbers = sorted(int(Path(path).name[:4]) for path in DECISIONS)
    assert numbers == list(range(1, len(numbers) + 1))
    listed = text("docs/decisions/README.md")
    assert [path for path in DECISIONS if f"({Path(path).name})" not in listed] == []


def test_no_figure_in_the_docs_is_older_than_its_code_without_saying_so() -> None:
    pages = sorted((ROOT / "docs/benchmarks").glob("[!R]*.md"))
    today = last_changed()
    assert [complaint for page in pages for complaint in bench.overdue(page, today)] == []


def test_a_page_says_for_two_weeks_that_its_figures_are_older(tmp_path: Path) -> None:
    page = tmp_path / "docs/benchmarks/search.md"
    code = tmp_path / "benchmarks/search.py"
    for file in (page, code):
        file.parent.mkdir(parents=True)
    code.write_text("x = 1\n")
    noted = "**Older than the code since 2026-11-22**; to be taken anew within two weeks.\n"
    page.write_text(f"{noted}- `benchmarks/search.py` `000000000000`\n")
    assert bench.overdue(page, date(2026, 11, 22), tmp_path) == []
    assert bench.overdue(page, date(2026, 12, 6), tmp_path) == []
    assert "has changed since" in bench.overdue(page, date(2026, 12, 7), tmp_path)[0]
    page.write_text(f"{noted}- `benchmarks/search.py` `{bench.mark_of(code)}`\n")
    assert "and is not" in bench.overdue(page, date(2026, 11, 23), tmp_path)[0]


@pytest.mark.parametrize(
    ("status", "output", "whole"),
    [
        (0, "cost\t3\tms\t5\theld\n", True),
        (1, "cost\t7\tms\t5\tshort\n", True),
        (1, "cost\t3\tms\t5\theld\n", False),
        (1, "", False),
        (-9, "cost\t7\tms\t5\tshort\n", False),
    ],
)
def test_a_benchmark_that_broke_off_leaves_its_page_alone(
    status: int, output: str, whole: bool
) -> None:
    assert bench.is_whole(status, output) is whole


def test_a_figure_whose_code_changed_is_found_and_a_comment_changes_nothing(tmp_path: Path) -> None:
    page = tmp_path / "docs/benchmarks/search.md"
    code = tmp_path / "benchmarks/search.py"
    for file in (page, code):
        file.parent.mkdir(parents=True)
    code.write_text("x = 1\n")
    page.write_text(f"- `benchmarks/search.py` `{bench.mark_of(code)}`\n")
    assert bench.outdated(page, tmp_path) == []
    code.write_text("# why\n\nx = 1\n")
    assert bench.outdated(page, tmp_path) == []
    code.write_text("x = 2\n")
    assert "has changed since" in bench.outdated(page, tmp_path)[0]
