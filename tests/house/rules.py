"""The house rules as functions of a source text: each gives one line for each breach.

They are kept apart from the tests that apply them to the whole tree, so that test_rules can show
each of them a breach and see it caught.
"""

import ast
import re
from collections.abc import Collection, Iterator
from pathlib import PurePosixPath

# Nineteen of twenty files in the code bases we learnt from are shorter than this; what is longer
# holds two subjects. Aim for 400.
FILE_LINES = 600
# One screen, docstring included. Aim for 40.
FUNCTION_LINES = 60
# More than a reader keeps apart at a call; a struct takes the rest.
PARAMETERS = 6
# Passed first everywhere, so nobody has to tell them apart.
UNCOUNTED_PARAMETERS = {"self", "cls", "ctx", "tx", "reader"}
# Such a file attracts whatever has no place, and everything comes to import it.
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}

Function = ast.FunctionDef | ast.AsyncFunctionDef

_STATEMENT = re.compile(
    r"\s*(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\S+(\s+(AS\s+)?\w+)?\s+SET\s|DELETE\s+FROM\s"
    r"|MERGE\s+INTO\s|WITH\s+(RECURSIVE\s+)?\w+(\s*\([^)]*\))?\s+AS\s|CREATE\s+(TEMP\s+)?TABLE\s"
    r"|ALTER\s+TABLE\s|DROP\s+TABLE\s|TRUNCATE\s|COPY\s+\S+\s+(FROM|TO)\s)"
)
_TABLE = re.compile(
    r"\b(?:FROM|JOIN|INTO|UPDATE|REFERENCES|TABLE|ONLY|USING)\s+([a-z_]+)\.([a-z0-9_]+)"
)
_CREATED = re.compile(
    r"CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?([a-z_]+\.[a-z0-9_]+)", re.IGNORECASE
)
_PARTITION = re.compile(r"CREATE\s+TABLE\s+\S+\s+PARTITION\s+OF", re.IGNORECASE)
_PROTECTED = re.compile(r"galleria\.protect\w*\(\s*'([a-z_]+\.[a-z0-9_]+)'")
_POLICY = re.compile(r"CREATE\s+POLICY\s+\S+\s+ON\s+([a-z_]+\.[a-z0-9_]+)", re.IGNORECASE)
_MIGRATION = re.compile(r"(\d{4})_[a-z]+_[a-z0-9_]+\.sql")


def functions(tree: ast.Module) -> Iterator[Function]:
    """Every function and method, nested ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def long_functions(tree: ast.Module) -> list[str]:
    """Functions of more than FUNCTION_LINES lines, from `def` to the last line."""
    sizes = ((node, (node.end_lineno or node.lineno) - node.lineno + 1) for node in functions(tree))
    return [
        f"{node.lineno}: {node.name} has {size} lines, at most {FUNCTION_LINES}"
        for node, size in sizes
        if size > FUNCTION_LINES
    ]


def crowded_functions(tree: ast.Module) -> list[str]:
    """Functions of more than PARAMETERS parameters; the context and the like are not counted."""
    complaints = []
    for node in functions(tree):
        every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        counted = [each.arg for each in every if each.arg not in UNCOUNTED_PARAMETERS]
        if len(counted) > PARAMETERS:
            complaints.append(f"{node.lineno}: {node.name} takes {len(counted)} parameters")
    return complaints


def unexplained(tree: ast.Module) -> list[str]:
    """A module without a docstring; public functions and methods of a protocol without one."""
    complaints = [] if ast.get_docstring(tree) or not tree.body else ["1: the module says nothing"]
    for node in tree.body:
        within = node.body if isinstance(node, ast.ClassDef) and _is_protocol(node) else [node]
        complaints += [
            f"{each.lineno}: {each.name} has no docstring"
            for each in within
            if isinstance(each, Function)
            and not each.name.startswith("_")
            and not _is_property(each)
            and not ast.get_docstring(each)
        ]
    return complaints


def _is_protocol(node: ast.ClassDef) -> bool:
    named = any(ast.unparse(base).split("[")[0].endswith("Protocol") for base in node.bases)
    return named and not node.name.startswith("_")


def _is_property(node: Function) -> bool:
    return any(ast.unparse(decorator) == "property" for decorator in node.decorator_list)


def empty_name(path: str) -> bool:
    """Whether a file or a folder on the way to it has a name that says nothing."""
    return bool(EMPTY_NAMES & {part.split(".")[0].strip("_") for part in PurePosixPath(path).parts})


def may_hold_sql(path: str) -> bool:
    """Whether SQL may stand in this file of the product: engines and repositories."""
    parts = PurePosixPath(path).parts
    return "engines" in parts or "repository" in parts or parts[-1] == "repository.py"


def texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, text) of each string that is no docstring; the fixed parts of an f-string joined."""
    skipped = {id(text) for text in _standing_alone(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [part for part in node.values if isinstance(part, ast.Constant)]
            skipped |= {id(part) for part in parts}
            yield node.lineno, "{}".join(str(part.value) for part in parts)
        elif isinstance(node, ast.Constant) and _is_text(node.value) and id(node) not in skipped:
            yield node.lineno, str(node.value)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _standing_alone(tree: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def stray_sql(tree: ast.Module) -> list[str]:
    """Strings that are SQL statements."""
    return [f"{line}: SQL outside a repository" for line, text in texts(tree) if _is_sql(text)]


def _is_sql(text: str) -> bool:
    return _STATEMENT.match(text) is not None


def foreign_tables(sql: str, own: str, rooms: Collection[str]) -> list[str]:
    """Tables of other rooms that a room's SQL names; each room owns the schema of its name."""
    tables = {(match[1], match[2]) for match in _TABLE.finditer(sql)}
    return sorted(
        f"{schema}.{name}" for schema, name in tables if schema in rooms and schema != own
    )


_HANDED = re.compile(r"^-- Hands over to: ([a-z_]+)\.$", re.MULTILINE)


def new_owners(sql: str) -> set[str]:
    """Rooms that a migration says it hands some of its tables to, once: `-- Hands over to: x.`"""
    return set(_HANDED.findall(sql))


def unprotected_tables(sql: str) -> list[str]:
    """Tables a room creates without putting them under row-level security.

    A table that belongs to no single tenant carries a policy of its own instead of protect().
    """
    sql = re.sub(r"--[^\n]*", "", sql)
    partitions = {match[0].split()[2] for match in _PARTITION.finditer(sql)}
    created = {match[1] for match in _CREATED.finditer(sql)} - partitions
    return sorted(created - {m[1] for p in (_PROTECTED, _POLICY) for m in p.finditer(sql)})


def badly_numbered(names: Collection[str]) -> list[str]:
    """Migrations of one room that are not named NNNN_verb_noun.sql, or not numbered 1, 2, 3 …"""
    matches = {name: _MIGRATION.fullmatch(name) for name in names}
    complaints = [f"{name}: not NNNN_verb_noun.sql" for name, match in matches.items() if not match]
    numbers = sorted(int(match[1]) for match in matches.values() if match)
    if numbers != list(range(1, len(numbers) + 1)):
        complaints.append(f"the numbers are {numbers}")
    return complaints


def imported_packages(tree: ast.Module) -> set[str]:
    """The top-level packages a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found
