"""Each house rule, shown a breach and something that only looks like one."""

import ast
from textwrap import dedent

import pytest

from tests.house import rules


def parsed(source: str) -> ast.Module:
    return ast.parse(dedent(source))


def test_a_function_may_fill_the_page_and_no_more() -> None:
    page = "def f():\n" + "    x = 1\n" * (rules.FUNCTION_LINES - 1)
    assert rules.long_functions(parsed(page)) == []
    assert rules.long_functions(parsed(page + "    x = 1\n")) != []


def test_context_and_transaction_are_not_counted_as_parameters() -> None:
    six = "async def f(ctx, tx, a, b, c, d, *, e, f): ..."
    assert rules.crowded_functions(parsed(six)) == []
    assert rules.crowded_functions(parsed(six.replace("ctx", "g"))) != []


@pytest.mark.parametrize(
    "source",
    [
        "x = 1",
        '"""A module."""\ndef public(): ...',
        '"""A module."""\nclass Port(Protocol):\n    def get(self): ...',
    ],
)
def test_a_missing_docstring_is_found(source: str) -> None:
    assert len(rules.unexplained(parsed(source))) == 1


def test_what_is_private_or_inherited_needs_no_docstring() -> None:
    source = '''
    """A module."""
    def _private(): ...
    class Port(Protocol):
        """A port."""
        @property
        def name(self): ...
    class Adapter:
        """It keeps what the port says."""
        def get(self): ...
    '''
    assert rules.unexplained(parsed(source)) == []


@pytest.mark.parametrize(
    "path", ["src/galleria/commerce/utils/x.py", "tools/helpers.py", "src/a/_common.py"]
)
def test_a_name_that_says_nothing_is_found(path: str) -> None:
    assert rules.empty_name(path)


def test_a_name_that_merely_contains_such_a_word_passes() -> None:
    assert not rules.empty_name("src/galleria/commerce/common_sense.py")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1 FROM t",
        "\n  UPDATE catalog.product SET title = $2",
        "UPDATE catalog.product p SET title = $2",
        "INSERT INTO t VALUES (1)",
        "DELETE FROM t WHERE tenant_id = $1",
        "WITH gone AS (DELETE FROM t RETURNING 1) SELECT 1",
        "MERGE INTO t USING u ON true",
    ],
)
def test_sql_is_told_from_prose(statement: str) -> None:
    assert rules.stray_sql(parsed(f"x = {statement!r}")) != []
    assert rules.stray_sql(parsed(f"def f():\n    {statement!r}")) == [], "a docstring is prose"


@pytest.mark.parametrize("prose", ["select a size", "Select one", "Delete from the list", "UPDATE"])
def test_prose_is_not_taken_for_sql(prose: str) -> None:
    assert rules.stray_sql(parsed(f"x = {prose!r}")) == []


def test_sql_in_an_f_string_is_found() -> None:
    assert rules.stray_sql(parsed('x = f"SELECT {columns} FROM {table}"')) != []


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("src/galleria/commerce/catalog/repository.py", True),
        ("src/galleria/commerce/catalog/repository/merging.py", True),
        ("src/galleria/engines/sql/directory.py", True),
        ("src/galleria/commerce/catalog/service.py", False),
    ],
)
def test_sql_has_its_places(path: str, allowed: bool) -> None:
    assert rules.may_hold_sql(path) is allowed


def test_a_foreign_table_is_found_and_an_alias_is_not() -> None:
    rooms = {"catalog", "orders", "p"}
    sql = "SELECT p.title FROM orders.order_line l JOIN catalog.product p ON p.product_id = l.x"
    assert rules.foreign_tables(sql, "orders", rooms) == ["catalog.product"]
    assert rules.foreign_tables(sql, "orders", {"orders"}) == []


def test_a_table_without_protection_is_found() -> None:
    sql = """
    CREATE TABLE a.open (x int); -- SELECT galleria.protect('a.open');
    CREATE TABLE a.safe (x int);
    CREATE TABLE a.safe_2026 PARTITION OF a.safe DEFAULT;
    CREATE TABLE a.person (x int);
    SELECT galleria.protect('a.safe');
    CREATE POLICY seen ON a.person USING (true);
    """
    assert rules.unprotected_tables(sql) == ["a.open"]


def test_migrations_count_from_one_without_a_gap() -> None:
    assert rules.badly_numbered(["0001_create_catalog.sql", "0002_add_brand.sql"]) == []
    assert rules.badly_numbered(["0001_create_catalog.sql", "0003_add_brand.sql"]) != []
    assert rules.badly_numbered(["0001_catalog.sql"]) != []
