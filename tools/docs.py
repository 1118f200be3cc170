"""Generated pages: `python -m tools.docs` compares them with the code, `--write` writes them.

A page is generated whole (docs/reference) or between two marks of a page that people write
(docs/architecture.md). Exits 1 when a page differs, is missing, or no code stands behind it.
"""

import argparse
import difflib
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tools import docs_commands, docs_events, docs_floors, docs_reference, docs_versions
from tools.house_code import ROOT, import_everything

WHOLE_PAGES: Mapping[str, Callable[[], str]] = {
    "docs/reference/README.md": docs_reference.contents,
    "docs/reference/commands.md": docs_commands.page,
    "docs/reference/rooms.md": docs_reference.rooms,
    "docs/reference/settings.md": docs_reference.settings,
    "docs/reference/errors.md": docs_reference.errors,
    "docs/reference/metrics.md": docs_reference.metrics,
    "docs/reference/events.md": docs_events.page,
    "docs/reference/events.json": docs_events.shapes_file,
    "docs/reference/api-changelog.md": docs_versions.page,
    "docs/reference/openapi.json": docs_reference.openapi,
    "docs/reference/storefront.graphql": docs_reference.storefront_graphql,
    "docs/reference/admin.graphql": docs_reference.admin_graphql,
    "docs/floors.svg": docs_floors.drawing,
}
PARTS: Mapping[str, Mapping[str, Callable[[], str]]] = {
    "docs/architecture.md": {"visits": docs_floors.visits},
    "docs/decisions/README.md": {"decisions": docs_reference.decisions},
}


def pages() -> dict[str, str]:
    """Each generated page's text as it should be, by its path from the project's root."""
    texts = {path: make() for path, make in WHOLE_PAGES.items()}
    for path, parts in PARTS.items():
        text = (ROOT / path).read_text()
        for name, make in parts.items():
            text = with_part(text, name, make())
        texts[path] = text
    return texts


def with_part(text: str, name: str, part: str) -> str:
    """`text` with `part` between the marks `<!-- name -->` and `<!-- /name -->`.

    Raises:
        ValueError: the page lacks the two marks.
    """
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    pattern = re.compile(f"(?<={re.escape(begin)}\n).*?(?={re.escape(end)})", re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"the page lacks the marks {begin} and {end}")
    return pattern.sub(lambda _: part, text)


def differences(expected: Mapping[str, str], root: Path = ROOT) -> list[str]:
    """A unified diff for each page that is not as `expected`, and a line for each stray page."""
    found = []
    for path, text in sorted(expected.items()):
        file = root / path
        present = file.read_text() if file.exists() else ""
        if present != text:
            diff = difflib.unified_diff(
                present.splitlines(), text.splitlines(), path, "generated", lineterm="", n=1
            )
            found.append("\n".join(diff))
    strays = {
        file.relative_to(root).as_posix()
        for file in (root / "docs/reference").rglob("*")
        if file.is_file() and docs_reference.NOTE in file.read_text()
    }
    found += [f"{path}: nothing generates this page" for path in sorted(strays - set(expected))]
    return found


def main() -> int:
    """Compare or write, as the command line says."""
    parser = argparse.ArgumentParser(prog="tools.docs", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the pages that differ")
    parser.add_argument(
        "--allow-event-breaks",
        action="store_true",
        help="write even where a published event lost or retyped a field",
    )
    options = parser.parse_args()
    if failures := import_everything():
        print("These modules cannot be imported:", *failures, sep="\n  ", file=sys.stderr)
        return 1
    if (breaks := docs_events.breaks()) and not options.allow_event_breaks:
        print(
            "A published event never loses or retypes a field; give the new form a new version:",
            *breaks,
            sep="\n  ",
            file=sys.stderr,
        )
        return 1
    expected = pages()
    differing = differences(expected)
    if not options.write:
        for difference in differing:
            print(difference)
        if differing:
            print("The pages above differ from the code: run make docs.", file=sys.stderr)
        return bool(differing)
    for path, text in expected.items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text)
    print(f"{len(expected)} pages, {len(differing)} written anew")
    return 0


if __name__ == "__main__":
    sys.exit(main())
