"""The commands as an operator types them, with JSON for scripts."""

import asyncio
import gzip
import shutil
from pathlib import Path

import msgspec
import pytest

from galleria.bindings import all_subscriptions
from galleria.cli import MODULES
from tests.app.houses import SLUG, Processes, command
from tests.app.typing_commands import House, galleria

GOODS = [
    {"id": "t1", "title": "Teapot", "sku": "tea-1", "price_minor": 3900, "stock": 4},
    {"id": "t2", "title": "Tea Cosy", "sku": "tea-2", "price_minor": 1900, "stock": 2},
    {"id": "t3", "title": "", "sku": "tea-3", "price_minor": "much"},
]
SAMPLES = Path(__file__).parents[1] / "commerce/imports/samples"
TEA = ("--shop", "tea-house")


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


def test_a_file_of_queries_is_answered_as_shoppers_are(house: House, tmp_path: Path) -> None:
    house.ask("shop", "open", "kettles")
    goods, queries, found = (tmp_path / name for name in ("k.jsonl", "q.txt", "found.tsv"))
    goods.write_bytes(
        b"".join(
            msgspec.json.encode({"id": f"k{n}", "title": f"Kettle {n}", "price_minor": 900}) + b"\n"
            for n in range(12)
        )
    )
    house.ask("import", str(goods), "--shop", "kettles", "--publish")
    queries.write_text("kettle 3\n\n  \nteapot\nkettle\t\n", encoding="utf-8-sig")
    wanted = ("search", "run", str(queries), "--shop", "kettles")
    lines = house.type(*wanted).stdout.splitlines()
    assert lines[0] == "kettle 3\tk3"
    assert [line.partition("\t")[0] for line in lines].count("kettle ") == 10
    assert not any(line.startswith("teapot") for line in lines)
    assert house.type(*wanted, "--limit", "2", "-o", str(found)).stdout == ""
    assert len(found.read_text().splitlines()) == 3
    assert house.type(*wanted, "--ranking", "standard").stdout == house.type(*wanted).stdout
    no_such = house.type(*wanted, "--ranking", "no-such")
    assert no_such.exit_code == 1 and "no-such" in no_such.stderr
    unknown = house.type("search", "run", str(queries), "--shop", "kettels", "-o", str(found))
    assert unknown.exit_code == 1
    assert len(found.read_text().splitlines()) == 3, "what was found before is kept"
    missing = house.type("search", "run", str(tmp_path / "none.txt"), "--shop", "kettles")
    assert missing.exit_code == 1 and "no file" in missing.stderr


def test_a_shop_gets_a_search_index_of_its_own_and_comes_back(house: House, tmp_path: Path) -> None:
    house.ask("shop", "open", "apart")
    goods = tmp_path / "k.jsonl"
    goods.write_bytes(
        b"".join(
            msgspec.json.encode({"id": f"k{n}", "title": f"Kettle {n}", "price_minor": 900}) + b"\n"
            for n in range(3)
        )
    )
    house.ask("import", str(goods), "--shop", "apart", "--publish")
    place = ("search", "place", "--shop", "apart", "--in")
    moved = house.type(*place, "own")
    assert (moved.exit_code, moved.stdout) == (0, "apart: has its own index\n"), moved.stderr
    shared, own = house.ask("search", "shards")
    assert (shared["shop"], own["shop"], own["wish"]) == (None, "apart", "own")
    assert (own["documents"], own["state"]) == (3, "well")
    queries = tmp_path / "q.txt"
    queries.write_text("kettle 2\n")
    found = house.type("search", "run", str(queries), "--shop", "apart").stdout.splitlines()
    assert found[0] == "kettle 2\tk2"
    assert "(shared)" in house.type("search", "shards").stdout
    noted = house.type(*place, "by-size", "--no-wait")
    assert noted.stdout == "apart: noted; a worker sees to it\n"
    back = house.type(*place, "by-size")
    assert (back.exit_code, back.stdout) == (0, "apart: shares the index\n"), back.stderr
    assert [each["shop"] for each in house.ask("search", "shards")] == [None]
    assert house.type("search", "run", str(queries), "--shop", "apart").stdout.splitlines() == found
    assert house.type("search", "place", "--shop", "nobody", "--in", "own").exit_code == 1
    assert house.type(*place, "elsewhere").exit_code == 2


def test_judgments_of_a_file_measure_the_search_and_the_second_time_the_change(
    house: House, tmp_path: Path
) -> None:
    house.ask("shop", "open", "judged")
    goods, judged = tmp_path / "k.jsonl", tmp_path / "kettles.csv"
    goods.write_bytes(
        b"".join(
            msgspec.json.encode({"id": f"k{n}", "title": f"Kettle {n}", "price_minor": 900}) + b"\n"
            for n in range(3)
        )
    )
    house.ask("import", str(goods), "--shop", "judged", "--publish")
    judged.write_text("query,product_id,grade\nkettle 1,k1,3\nteapot,k2,1\nkettle 1,k9,3\n")
    wanted = ("search", "judge", str(judged), "--shop", "judged")
    first = house.type(*wanted)
    assert first.exit_code == 0, first.stderr
    assert "2 judgments taken, 1 refused" in first.stdout
    assert "line 4: product_unknown k9" in first.stderr
    assert first.stdout.splitlines()[-1].split()[:3] == ["all", "2", "0.500"]
    assert "0.500 before, 0.500 now: 0 queries gained, 0 lost" in house.type(*wanted).stdout
    told = house.ask(*wanted)
    assert (told["run"]["figures"]["ndcg"], told["change"]["query_count"]) == (0.5, 2)
    missing = house.type("search", "judge", str(tmp_path / "none.csv"), "--shop", "judged")
    assert missing.exit_code == 1 and "no file" in missing.stderr
    judged.write_text("nothing")
    assert "[unreadable_judgments]" in house.type(*wanted).stderr


def test_a_shop_moves_in_with_orders_and_redirects(house: House) -> None:
    house.ask("shop", "open", "moved-in")
    for name, format in (
        ("shopify-orders.csv", "shopify_orders_csv"),
        ("shopify-redirects.csv", "shopify_redirects_csv"),
    ):
        wanted = ("import", str(SAMPLES / name), "--shop", "moved-in")
        taken = house.ask(*wanted, exit_code=1)["run"]
        assert (taken["format"], taken["created_count"], taken["refused_count"]) == (format, 2, 2)
        again = house.ask(*wanted, exit_code=1)["run"]
        assert (again["created_count"], again["unchanged_count"]) == (0, 2)


def test_an_import_is_undone_and_one_that_ended_is_not_paused(house: House, tmp_path: Path) -> None:
    house.ask("shop", "open", "tea-house")
    file = tmp_path / "tea.jsonl"
    file.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in GOODS))
    taken = house.ask("import", str(file), *TEA, exit_code=1)
    run_id = taken["run"]["run_id"]
    for verb in ("pause", "resume"):
        assert "[import_not_paused]" in house.type("import", verb, run_id, *TEA).stderr

    undone = house.ask("import", "undo", run_id, *TEA)

    assert undone["run"]["state"] == "undone"
    assert (undone["run"]["undo_removed_count"], undone["remarks"]) == (2, [])
    again = house.type("import", "undo", run_id, *TEA)
    assert again.stdout.startswith("undone: 2 products removed, 0 as before, 0 kept")
    lines = house.type("export", *TEA).stdout_bytes.splitlines()
    assert len(lines) == 1, "only the line that says when"
    taken = house.ask("import", str(file), *TEA, exit_code=1)
    assert taken["run"]["created_count"] == 2, "to have it again, import it again"


def test_a_key_is_told_once_and_revoked_for_good(house: House) -> None:
    shop = ("--shop", SLUG)
    made = house.ask("key", "create", *shop, "--name", "till", "--scope", "orders:read")
    assert made["key"].startswith("gal_rk_") and made["scopes"] == ["orders:read"]
    (listed,) = (key for key in house.ask("key", "list", *shop) if key["name"] == "till")
    assert made["key"] not in str(listed) and listed["revoked_at"] is None
    assert house.type("key", "list", *shop).stdout.count("active  never") == 2
    assert house.type("key", "revoke", listed["key_id"], *shop).exit_code == 0
    (listed,) = (key for key in house.ask("key", "list", *shop) if key["name"] == "till")
    assert listed["revoked_at"] is not None
    lines = house.type("key", "list", *shop).stdout.splitlines()
    assert lines[0].split()[-3:] == ["status", "last", "used"]
    (line,) = (line for line in lines if " till " in line)
    assert line.endswith("revoked  never"), line


def test_a_key_is_replaced_watched_and_finished(house: House) -> None:
    shop = ("--shop", SLUG)
    old = house.ask("key", "create", *shop, "--name", "kiosk", "--scope", "orders:read")
    rotated = house.ask("key", "rotate", old["key_id"], *shop, "--grace", "600")
    assert rotated["new"]["key"].startswith("gal_rk_")
    assert rotated["old"]["status"] == "grace"
    again = house.type("key", "rotate", old["key_id"], *shop)
    assert again.exit_code == 1 and "[key_already_rotated]" in again.stderr
    assert house.type("key", "brown-out", old["key_id"], *shop, "--percent", "10").exit_code == 0
    assert "new not used" in house.type("key", "rotation", old["key_id"], *shop).stdout
    assert "nobody has used it" in house.type("key", "usage", old["key_id"], *shop).stdout
    assert house.type("key", "finish", old["key_id"], *shop).exit_code == 0
    late = house.type("key", "cancel", old["key_id"], *shop)
    assert late.exit_code == 1 and "[key_not_in_grace]" in late.stderr
    refused = house.type("key", "create", *shop, "--name", "x", "--kind", "golden")
    assert refused.exit_code == 1 and "[invalid_input]" in refused.stderr


def test_a_key_is_bound_to_a_profile_and_a_place(house: House) -> None:
    shop = ("key", "create", "--shop", SLUG, "--name", "kiosk-1", "--scope", "kiosk:sell")
    made = house.ask(*shop, "--profile", "kiosk", "--fixed", "--location", "main")
    assert (made["profile"], made["profile_is_fixed"], made["location"]) == ("kiosk", True, "main")
    refused = house.type(*shop, "--profile", "nothing-such")
    assert refused.exit_code == 1 and "[key_binding_unknown]" in refused.stderr
    both = ("key", "create", "--shop", SLUG, "--name", "x", "--search-limits", "{}")
    refused = house.type(*both, "--profile", "kiosk")
    assert refused.exit_code == 1 and "bound to no device" in refused.stderr


def test_a_key_of_the_search_is_made_with_its_limits(house: House) -> None:
    shop = ("key", "create", "--shop", SLUG, "--name", "web")
    limits = '{"categories": ["tea"], "most_per_page": 5}'
    made = house.ask(*shop, "--scope", "search:read", "--search-limits", limits)
    assert made["key"].startswith("gal_rk_") and made["scopes"] == ["search:read"]
    assert house.ask(*shop, "--search-limits", "{}")["scopes"] == ["search:read"]
    for more, told in (
        (("--search-limits", '{"all": 1}'), "[invalid_input]"),
        (("--search-limits", "{"), "[invalid_input]"),
        (("--search-limits", "{}", "--scope", "orders:read"), "search:read and no other"),
    ):
        refused = house.type(*shop, *more)
        assert refused.exit_code == 1 and told in refused.stderr


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


@pytest.mark.parametrize("verb", ["replay", "drop"])
def test_the_example_of_a_handler_is_one_that_there_is(verb: str) -> None:
    words = galleria("events", verb, "--help").stdout.split()
    example = words[words.index("Example:") :]
    assert example[1:4] == ["galleria", "events", verb]
    assert example[4] in {each.handler for each in all_subscriptions()}


def test_measuring_says_that_it_commits_and_changes_nothing(house: House) -> None:
    helped = " ".join(galleria("bench", "quick", "--help").stdout.split())
    assert "nothing written" not in helped and "commit" in helped
    before = house.type("export", "--shop", SLUG).stdout_bytes.splitlines()[1:]
    figures = house.ask("bench", "quick", "--shop", SLUG, "--seconds", "0.05")
    assert figures[-1]["name"] == "commit" and figures[-1]["per_s"] > 0
    assert house.type("export", "--shop", SLUG).stdout_bytes.splitlines()[1:] == before


def test_nothing_waits_in_a_quiet_shop(house: House) -> None:
    assert house.ask("mail", "--shop", SLUG) == []
    assert house.ask("events", "list", "--shop", SLUG) == []
    assert house.ask("migrate") == []


async def test_a_process_of_its_own_prints_json_and_nothing_else(processes: Processes) -> None:
    folder = processes.folder
    shutil.rmtree(folder / "records")
    shops, checks, helped = await asyncio.gather(
        command(folder, "shop", "list", "--json"),
        command(folder, "doctor", "--json"),
        command(folder / "nowhere", "--help"),
    )
    assert (shops[0], shops[2]) == (0, "")
    assert [shop["slug"] for shop in msgspec.json.decode(shops[1])] == [SLUG]
    assert checks[0] == 1, "something is not well"
    wrong = [check for check in msgspec.json.decode(checks[1]) if not check["is_well"]]
    assert [check["name"] for check in wrong] == ["index of records"]
    assert wrong[0]["remedy"].startswith("start `galleria worker`")
    assert helped[0] == 0
    for name in MODULES:
        assert (f" {name} " in helped[1]) == (name != "prepare-demo"), name
    assert not (folder / "nowhere").exists(), "asking for help makes nothing"
