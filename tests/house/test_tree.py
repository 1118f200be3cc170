"""The house rules, applied to every file of the project."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

import pytest

from tests.house import rules
from tests.house.tree import ROOT, files, text, tree, under

PYTHON = ("src/", "tests/", "tools/", "benchmarks/", "starters/")
ROOM = re.compile(r"src/galleria/(?!engines/|foundation/|demo/)([a-z_]+)/([a-z_]+)/")


def rooms() -> set[str]:
    return {match[2] for path in files() if (match := ROOM.match(path))}


def breaches(paths: Iterable[str], rule: Callable[..., list[str]]) -> list[str]:
    return [f"{path}:{line}" for path in paths for line in rule(tree(path))]


@pytest.mark.parametrize("suffix", [".py", ".sql", ".html", ".css", ".js", ".sh"])
def test_no_file_is_longer_than_a_person_reads(suffix: str) -> None:
    lengths = {path: text(path).count("\n") for path in files() if path.endswith(suffix)}
    assert {p: n for p, n in lengths.items() if n > rules.FILE_LINES} == {}


def test_no_function_is_longer_than_a_page() -> None:
    assert breaches(under(*PYTHON), rules.long_functions) == []


def test_no_function_takes_more_than_six_things() -> None:
    # Options of a command and parameters of an address are read by name and never passed by us.
    wire = re.compile(r"src/galleria/cli/|/routes(\.py|/)")
    paths = [path for path in under("src/", "tools/", "starters/") if not wire.search(path)]
    assert breaches(paths, rules.crowded_functions) == []


def test_every_module_and_public_function_says_what_it_does() -> None:
    assert breaches(under("src/", "tools/", "benchmarks/", "starters/"), rules.unexplained) == []


def test_every_file_name_says_what_is_in_it() -> None:
    assert [path for path in files() if rules.empty_name(path)] == []


def test_sql_stands_in_repositories_and_engines_only() -> None:
    paths = [path for path in under("src/") if not rules.may_hold_sql(path)]
    assert breaches(paths, rules.stray_sql) == []


def test_no_room_touches_the_tables_of_another() -> None:
    complaints = []
    every_room = rooms()
    for path in [*under("src/"), *under("src/", suffix=".sql")]:
        if match := ROOM.match(path):
            sql, others = text(path), every_room
            if path.endswith(".py"):
                sql = "\n".join(string for _, string in rules.texts(tree(path)))
            else:
                others = every_room - rules.new_owners(sql)
            foreign = rules.foreign_tables(sql, match[2], others)
            complaints += [f"{path}: {table}" for table in foreign]
    assert complaints == []


def test_every_table_of_a_room_is_under_row_level_security() -> None:
    by_room: dict[str, str] = defaultdict(str)
    for path in under("src/", suffix=".sql"):
        if match := ROOM.match(path):
            by_room[match[0]] += text(path)
    assert {r: t for r, sql in by_room.items() if (t := rules.unprotected_tables(sql))} == {}


def test_migrations_are_numbered_and_named_by_what_they_do() -> None:
    by_folder: dict[str, list[str]] = defaultdict(list)
    for path in under("src/", suffix=".sql"):
        file = PurePosixPath(path)
        if file.parent.name == "migrations":
            by_folder[str(file.parent)].append(file.name)
    assert {f: c for f, names in by_folder.items() if (c := rules.badly_numbered(names))} == {}


def test_a_migration_is_the_only_place_for_a_sql_file() -> None:
    strays = [path for path in under("src/", suffix=".sql") if "/migrations/" not in path]
    assert strays == []


# Dots in brackets keep these lines from finding themselves.
_HOSTS = re.compile(
    r"pypi[.]org|pythonhosted[.]org|npmjs[.]org|crates[.]io|maven[.]org|proxy[.]golang"
    r"|debian[.]org|(?<!no-emit-)index[-]url"
)
_FOLDERS = re.compile(r"(?<![\w.$}/-])/(?:work|root|home)/[\w.]")


def test_no_file_names_this_machine_or_a_package_registry() -> None:
    complaints = []
    for path in files():
        for number, line in enumerate(text(path).splitlines(), 1):
            if _FOLDERS.search(line) or _HOSTS.search(line):
                complaints.append(f"{path}:{number}: {line.strip()[:80]}")
    assert complaints == []


def test_tests_use_the_real_thing() -> None:
    stand_ins = re.compile(r"unittest[.]mock|Magic[M]ock|[m]ocker\b|monkeypatch[.]setattr")
    assert [path for path in under("tests/") if stand_ins.search(text(path))] == []


def test_every_room_has_tests_of_its_own() -> None:
    homes = {match[0] for path in files() if (match := ROOM.match(path))}
    tested = {str(PurePosixPath(path).parent) for path in under("tests/")}
    missing = {
        home
        for home in homes
        if (ROOT / home / "__init__.py").exists()
        and not any(f"{t}/".startswith(home.replace("src/galleria/", "tests/")) for t in tested)
    }
    assert missing == set()


def test_every_link_between_pages_leads_somewhere() -> None:
    link = re.compile(r"\]\((?!https?://|mailto:|#)([^)#\s]+)")
    complaints = []
    for path in under("", suffix=".md"):
        for target in link.findall(re.sub(r"```.*?```", "", text(path), flags=re.DOTALL)):
            if not (ROOT / PurePosixPath(path).parent / target).exists():
                complaints.append(f"{path}: {target}")
    assert complaints == []
