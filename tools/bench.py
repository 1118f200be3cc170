"""Runs a benchmark and keeps its figures: `python -m tools.bench NAME [--save]`.

A benchmark is benchmarks/NAME.py. It prints its conditions and one line a figure, separated by
tabs: `figure value unit bar held|short`, and exits 1 when one is short. `MEASURES = ("src/…",)` in
it names the code it measures. `--save` writes what it printed to docs/benchmarks/NAME.md with a
mark of that code; a house test finds a page whose code has changed since. Where no quiet machine
is at hand, `--note` says on such pages that their figures are older, for two weeks at most.
"""

import argparse
import ast
import hashlib
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from tools.docs import with_part
from tools.house_code import ROOT

PAGES = ROOT / "docs/benchmarks"
LONGEST_OVERDUE = timedelta(days=14)
# Nobody who installs Galleria sets these: the one compiles every module at each start anew.
NOT_OURS = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")
_NOTED = re.compile(r"^\*\*Older than the code since (?P<since>\d{4}-\d\d-\d\d)\*\*", re.MULTILINE)
_CODE_LINE = re.compile(r"^- `(?P<path>[^`]+)` `(?P<mark>[0-9a-f]{12})`$", re.MULTILINE)


def names() -> list[str]:
    """Every benchmark there is."""
    return sorted(path.stem for path in (ROOT / "benchmarks").glob("[!_]*.py"))


def mark_of(path: Path) -> str:
    """Twelve hex digits that change when code under `path` does, not when only its comments do."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    digest = hashlib.sha256()
    for file in files:
        if file.suffix in (".py", ".sql", ".sh"):
            digest.update(f"{file.relative_to(path.parent)}\n".encode())
            digest.update("\n".join(_lines_that_count(file.read_text())).encode())
    return digest.hexdigest()[:12]


def _lines_that_count(text: str) -> Iterable[str]:
    stripped = (line.strip() for line in text.splitlines())
    return (line for line in stripped if line and not line.startswith(("#", "--")))


def measured_by(name: str) -> list[str]:
    """The paths a benchmark's figures depend on: its own file first, then its MEASURES."""
    own = f"benchmarks/{name}.py"
    paths = [own]
    for node in ast.parse((ROOT / own).read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "MEASURES":
            paths += ast.literal_eval(node.value)
    return paths


def outdated(page: Path, root: Path = ROOT) -> list[str]:
    """What is wrong with the figures on a page: code that changed, is gone, or is not named."""
    marks = {match["path"]: match["mark"] for match in _CODE_LINE.finditer(page.read_text())}
    own = f"benchmarks/{page.stem}.py"
    complaints = [] if own in marks else [f"{page.name} does not name {own}"]
    for path, mark in marks.items():
        if not (root / path).exists():
            complaints.append(f"{page.name}: {path} is gone")
        elif mark_of(root / path) != mark:
            complaints.append(f"{page.name}: {path} has changed since; make bench NAME={page.stem}")
    return complaints


def overdue(page: Path, today: date, root: Path = ROOT) -> list[str]:
    """What is wrong with the figures on a page that does not say so itself, or has said so for more
    than two weeks; and a page that says so without need."""
    complaints = outdated(page, root)
    noted = _NOTED.search(page.read_text())
    if noted is None:
        return complaints
    if not complaints:
        return [f"{page.name} says that it is older than its code, and is not"]
    since = date.fromisoformat(noted["since"])
    return [] if since <= today <= since + LONGEST_OVERDUE else complaints


def note_outdated(today: date) -> list[Path]:
    """The pages that say from now on that their figures are older than their code."""
    noted = []
    for page in sorted(PAGES.glob("[!R]*.md")):
        text = page.read_text()
        if outdated(page) and not _NOTED.search(text):
            note = f"**Older than the code since {today}**; to be taken anew within two weeks.\n\n"
            page.write_text(text.replace("<!-- figures -->\n", f"<!-- figures -->\n{note}", 1))
            noted.append(page)
    return noted


def figures(name: str, output: str, at: datetime) -> str:
    """The generated part of a page: when, on what, of which code, and what was printed."""
    code = "\n".join(f"- `{path}` `{mark_of(ROOT / path)}`" for path in measured_by(name))
    return (
        f"`make bench NAME={name}` on {at:%Y-%m-%d}, Python {platform.python_version()}."
        f" The code measured:\n\n{code}\n\n```text\n{output.rstrip()}\n```\n"
    )


def save(name: str, output: str) -> Path:
    """Write the figures to the benchmark's page, keeping what people wrote around them."""
    page = PAGES / f"{name}.md"
    doc = ast.get_docstring(ast.parse((ROOT / f"benchmarks/{name}.py").read_text())) or ""
    fresh = f"# {name}\n\n{doc.strip()}\n\n<!-- figures -->\n<!-- /figures -->\n"
    text = page.read_text() if page.exists() else fresh
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(with_part(text, "figures", figures(name, output, datetime.now(UTC))))
    return page


def is_whole(status: int, output: str) -> bool:
    """Whether a run told all its figures: it exits 1 for a short one, as one does that broke."""
    return status == 0 or (status == 1 and "\tshort\n" in output)


def main(arguments: Sequence[str]) -> int:
    """Run the benchmark and give back its exit status; a run that fell short is saved as well,
    one that broke off is not."""
    parser = argparse.ArgumentParser(prog="tools.bench", description=__doc__)
    parser.add_argument("name", nargs="?", default="", help="which benchmark")
    parser.add_argument("--note", action="store_true", help="mark pages older than their code")
    parser.add_argument("--save", action="store_true", help="write docs/benchmarks/NAME.md")
    options = parser.parse_args(arguments)
    if options.note:
        for page in note_outdated(datetime.now(UTC).date()):
            print(f"noted: {page.relative_to(ROOT)}")
        return 0
    if options.name not in names():
        print(f"make bench NAME=… takes one of: {', '.join(names())}", file=sys.stderr)
        return 2
    command = [sys.executable, "-m", f"benchmarks.{options.name}"]
    lines = []
    environment = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        for line in run.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    output = "".join(lines)
    if options.save and not is_whole(run.returncode, output):
        print("not saved: the benchmark broke off; its page is as it was", file=sys.stderr)
    elif options.save:
        print(f"written: {save(options.name, output).relative_to(ROOT)}")
    return run.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
