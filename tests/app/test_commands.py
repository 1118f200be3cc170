"""The commands as an operator types them, with JSON for scripts."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import Result

from galleria.cli import MODULES
from tests.app.houses import SLUG, Prepared, Processes, command, running
from tests.app.typing_commands import galleria, json_of

GOODS = [
    {"id": "t1", "title": "Teapot", "sku": "tea-1", "price_minor": 3900, "stock": 4},
    {"id": "t2", "title": "Tea Cosy", "sku": "tea-2", "price_minor": 1900, "stock": 2},
    {"id": "t3", "title": "", "sku": "tea-3", "price_minor": "much"},
]
TEA = ("--shop", "tea-house")


class House:
    """A house whose database runs, so that commands need not start one each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def type(self, *words: str) -> Result:
        """The command, typed for this house."""
        return galleria(*words, GALLERIA_DATA=str(self.folder))

    def ask(self, *words: str, exit_code: int = 0) -> Any:
        """The command's answer in JSON."""
        return json_of(self.type(*words, "--json"), exit_code)


@pytest.fixture
async def processes(prepared: Prepared) -> AsyncIterator[Processes]:
    """The database alone runs."""
    async with running(prepared, "database") as processes:
        yield processes


@pytest.fixture
def house(processes: Processes) -> House:
    """The house to type commands for."""
    return House(processes.folder)


def test_a_shop_from_opening_to_closing(house: House, tmp_path: Path) -> None:
    opened = house.ask("shop", "open", "tea-house", "--name", "Tea House", "--locale", "en")
    assert opened["address"] == "http://tea-house.localhost:8000"
    assert opened["shop"]["status"] == "open"
    assert "[slug_taken]" in house.type("shop", "open", "tea-house").stderr
    assert {shop["slug"] for shop in house.ask("shop", "list")} == {SLUG, "tea-house"}
    closed = house.ask("shop", "close", "tea-house")
    assert closed["shop"]["status"] == "closed"
    assert house.ask("shop", "show", "tea-house")["shop"]["status"] == "closed"


def test_goods_go_in_and_come_out(house: House, tmp_path: Path) -> None:
    house.ask("shop", "open", "tea-house")
    file, packed = tmp_path / "tea.jsonl", tmp_path / "out.jsonl.gz"
    file.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in GOODS))
    wanted = ("import", str(file), *TEA, "--publish")
    dry = house.ask(*wanted, "--dry-run", exit_code=1)
    assert dry["run"]["is_dry_run"]
    assert [change["outcome"] for change in dry["changes"]] == ["created", "created"]
    taken = house.ask(*wanted, exit_code=1)
    assert (taken["run"]["created_count"], taken["run"]["refused_count"]) == (2, 1)
    assert {problem["line"] for problem in taken["problems"]} == {3}
    again = house.ask(*wanted, exit_code=1)
    assert again["run"]["unchanged_count"] == 2, "the same file again changes nothing"
    assert house.type("export", *TEA, "-o", str(packed)).exit_code == 0
    exported = gzip.decompress(packed.read_bytes())
    assert b"Teapot" in exported and b"Tea Cosy" in exported
    packed_again = ("import", str(packed), *TEA)
    assert house.ask(*packed_again)["run"]["unchanged_count"] == 2
    # The first line says when the file was written.
    lines = house.type("export", *TEA).stdout_bytes.splitlines()
    assert lines[1:] == exported.splitlines()[1:]


def test_a_key_is_told_once_and_revoked_for_good(house: House) -> None:
    shop = ("--shop", SLUG)
    made = house.ask("key", "create", *shop, "--name", "till", "--scope", "orders:read")
    assert made["key"].startswith("gal_key_") and made["scopes"] == ["orders:read"]
    (listed,) = (key for key in house.ask("key", "list", *shop) if key["name"] == "till")
    assert made["key"] not in str(listed) and listed["revoked_at"] is None
    assert house.type("key", "revoke", listed["key_id"], *shop).exit_code == 0
    (listed,) = (key for key in house.ask("key", "list", *shop) if key["name"] == "till")
    assert listed["revoked_at"] is not None


def test_what_cannot_be_is_said_and_not_traced(house: House, tmp_path: Path) -> None:
    mail_id = "01a1fb76-b0e8-77b5-ab32-c1ecc25d7e74"
    for words, code in (
        (("shop", "show", "nobody"), "[shop_not_found]"),
        (("key", "create", "--shop", SLUG, "--name", "x", "--scope", "a:b"), "[unknown_scope]"),
        (("import", str(tmp_path / "missing.csv"), "--shop", SLUG), "there is no file"),
        (("mail", mail_id, "--shop", SLUG), "[letter_not_found]"),
        (("events", "drop", "h", mail_id, "--shop", SLUG), "[dead_letter_not_found]"),
        (("key", "revoke", mail_id, "--shop", SLUG), "[key_not_found]"),
        (("restore", str(tmp_path / "missing.tar")), "[folder_not_empty]"),
    ):
        result = house.type(*words)
        assert (result.exit_code, result.stdout) == (1, ""), (words, result.output)
        assert result.stderr.startswith("galleria: ") and code in result.stderr, result.stderr
        assert isinstance(result.exception, SystemExit)


def test_nothing_waits_in_a_quiet_shop(house: House) -> None:
    assert house.ask("mail", "--shop", SLUG) == []
    assert house.ask("events", "list", "--shop", SLUG) == []
    assert house.ask("migrate") == []


async def test_a_process_of_its_own_prints_json_and_nothing_else(processes: Processes) -> None:
    folder = processes.folder
    shops, checks, helped = await asyncio.gather(
        command(folder, "shop", "list", "--json"),
        command(folder, "doctor", "--json"),
        command(folder / "nowhere", "--help"),
    )
    assert (shops[0], shops[2]) == (0, "")
    assert [shop["slug"] for shop in msgspec.json.decode(shops[1])] == [SLUG]
    assert checks[0] == 1, "something is not well"
    wrong = [check for check in msgspec.json.decode(checks[1]) if not check["is_well"]]
    assert [check["name"] for check in wrong] == ["search index"]
    assert wrong[0]["remedy"] == "a running worker rebuilds it", "none has run yet"
    assert helped[0] == 0
    for name in MODULES:
        assert (f" {name} " in helped[1]) == (name != "prepare-demo"), name
    assert not (folder / "nowhere").exists(), "asking for help makes nothing"
