"""Product files over HTTP."""

from uuid import UUID

import msgspec

from galleria.commerce import catalog, imports
from galleria.commerce.imports.room import ROOM
from galleria.commerce.imports.service import write_export
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from tests.commerce.imports.conftest import mugs, packed, products_of, taken_in
from tests.platform.conftest import acting_with, client_of

FILES = "/admin/v1/imports/files"


async def test_a_file_is_sent_imported_and_looked_at(shop: Context) -> None:
    async with client_of(ROOM.routes, shop) as client:
        content = mugs(2) + b"{broken\n"
        sent = await client.post(f"{FILES}?name=mugs.jsonl", content=content)
        assert (sent.status_code, sent.json()["name"]) == (201, "mugs.jsonl")
        assert sent.json()["size_bytes"] == len(content)
        wanted = {"file_id": sent.json()["file_id"], "publish": True}
        asked = await client.post("/admin/v1/imports", json=wanted)
        assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
        one = f"/admin/v1/imports/{asked.json()['run_id']}"

        await imports.run_import_now(shop, UUID(asked.json()["run_id"]))

        seen = (await client.get(one)).json()
        assert (seen["state"], seen["progress"], seen["created_count"]) == ("done", 1.0, 2)
        assert "next_byte" not in seen
        listed = (await client.get("/admin/v1/imports?limit=1")).json()
        assert [run["run_id"] for run in listed["items"]] == [asked.json()["run_id"]]
        problems = (await client.get(f"{one}/problems")).json()
        assert [(each["line"], each["code"]) for each in problems["items"]] == [
            (3, "malformed_json")
        ]
        table = await client.get(f"{one}/problems.csv")
        assert table.headers["content-type"] == "text/csv; charset=utf-8"
        assert "malformed_json" in table.text
        assert (await client.post(f"{one}/cancel")).json()["code"] == "import_finished"


async def test_a_dry_run_shows_its_changes(shop: Context) -> None:
    async with client_of(ROOM.routes, shop) as client:
        sent = await client.post(FILES, content=packed(mugs(3)))
        wanted = {"file_id": sent.json()["file_id"], "is_dry_run": True}
        asked = (await client.post("/admin/v1/imports", json=wanted)).json()
        await imports.run_import_now(shop, UUID(asked["run_id"]))
        changes = await client.get(f"/admin/v1/imports/{asked['run_id']}/changes?limit=2")
        assert [each["outcome"] for each in changes.json()["items"]] == ["created"] * 2
        assert changes.json()["next_cursor"]


async def test_an_import_is_cancelled(shop: Context) -> None:
    async with client_of(ROOM.routes, shop) as client:
        sent = await client.post(FILES, content=mugs(1))
        wanted = {"file_id": sent.json()["file_id"]}
        asked = (await client.post("/admin/v1/imports", json=wanted)).json()
        for _ in range(2):
            answer = await client.post(f"/admin/v1/imports/{asked['run_id']}/cancel")
            assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")


async def test_a_large_body_is_streamed(shop: Context) -> None:
    async def body() -> object:
        for at in range(120):
            yield mugs(1_000, first=at * 1_000)

    async with client_of(ROOM.routes, shop) as client:
        sent = await client.post(FILES, content=body())  # type: ignore[arg-type]
        assert sent.status_code == 201, sent.text
        assert sent.json()["size_bytes"] > 5_000_000


async def test_an_export_is_asked_for_and_fetched(shop: Context) -> None:
    await taken_in(shop, mugs(2))
    async with client_of(ROOM.routes, shop) as client:
        asked = await client.post("/admin/v1/exports", json={"is_packed": False})
        assert (asked.status_code, asked.json()["file"]) == (202, None)
        one = f"/admin/v1/exports/{asked.json()['export_id']}"
        assert (await client.get(f"{one}/file")).json()["code"] == "export_not_ready"

        await write_export(shop, UUID(asked.json()["export_id"]))

        ready = (await client.get(one)).json()
        assert ready["product_count"] == 2
        file = await client.get(ready["file"])
        assert file.headers["content-length"] == str(ready["size_bytes"])
        assert "attachment" in file.headers["content-disposition"]
        header, *lines = map(msgspec.json.decode, file.content.splitlines())
        assert (header["galleria_export"], len(lines)) == (1, 2)
        assert len((await client.get("/admin/v1/exports")).json()["items"]) == 1


async def test_mistakes_have_their_answers(shop: Context) -> None:
    async with client_of(ROOM.routes, shop) as client:
        sent = await client.post(FILES, content=b"\x89PNG\r\n")
        cases = (
            ({"file_id": sent.json()["file_id"]}, 422, "unreadable_file"),
            ({"file_id": str(new_id())}, 404, "product_file_not_found"),
        )
        for body, status, code in cases:
            answer = await client.post("/admin/v1/imports", json=body)
            assert (answer.status_code, answer.json()["code"]) == (status, code)
            assert "type" in answer.json()
        for path in (f"imports/{new_id()}", f"imports/{new_id()}/problems.csv"):
            assert (await client.get(f"/admin/v1/{path}")).json()["code"] == "import_not_found"
        for limit in ("0", "101", "x"):
            assert (await client.get(f"/admin/v1/imports?limit={limit}")).status_code in (400, 422)
        assert (await client.get("/admin/v1/imports?cursor=x")).json()["code"] == "invalid_cursor"
        bad = await client.post("/admin/v1/imports", json={"file": "x"})
        assert bad.status_code in (400, 422)


async def test_reading_and_writing_need_their_scopes(shop: Context) -> None:
    async with client_of(ROOM.routes, acting_with(shop, "imports:read")) as client:
        assert (await client.get("/admin/v1/imports")).status_code == 200
        for path in (FILES, "/admin/v1/imports", "/admin/v1/exports"):
            assert (await client.post(path, json={})).status_code == 403
        one = f"/admin/v1/imports/{new_id()}/cancel"
        assert (await client.post(one)).status_code == 403
    async with client_of(ROOM.routes, acting_with(shop, "products:read")) as client:
        for path in ("imports", "exports", f"imports/{new_id()}", f"exports/{new_id()}/file"):
            assert (await client.get(f"/admin/v1/{path}")).status_code == 403


async def test_an_import_is_held_up_and_taken_back_over_http(shop: Context) -> None:
    async with client_of(ROOM.routes, shop) as client:
        sent = await client.post(FILES, content=mugs(3))
        asked = await client.post("/admin/v1/imports", json={"file_id": sent.json()["file_id"]})
        run_id = UUID(asked.json()["run_id"])
        one = f"/admin/v1/imports/{run_id}"
        early = await client.post(f"{one}/undo")
        assert (early.status_code, early.json()["code"]) == (409, "import_not_undoable")
        assert (await client.post(f"{one}/pause")).json()["state"] == "paused"
        assert (await client.post(f"{one}/resume")).json()["state"] == "waiting"
        await imports.run_import_now(shop, run_id)
        assert (await client.post(f"{one}/pause")).json()["code"] == "import_not_paused"
        assert (await client.get(one)).json()["undo"] is None
        edited = await products_of(shop)
        changes = catalog.ProductChanges(title="By hand")
        await catalog.update_product(shop, edited["mug-0-m0"].product_id, changes)

        undo = await client.post(f"{one}/undo")
        assert (undo.status_code, undo.json()["state"]) == (202, "undoing")
        assert undo.json()["undo"]["phase"] == "products"
        await imports.run_import_now(shop, run_id)

        seen = (await client.get(one)).json()
        assert (seen["state"], seen["progress"]) == ("undone", 1.0)
        assert (seen["undo"]["removed_count"], seen["undo"]["kept_count"]) == (2, 1)
        (remark,) = (await client.get(f"{one}/undo/remarks")).json()["items"]
        assert (remark["handle"], remark["code"]) == ("mug-0-m0", "edited_since")
        table = await client.get(f"{one}/undo/remarks.csv")
        assert "mug-0-m0,,edited_since" in table.text
        assert "next_byte" not in seen and "step_count" not in seen
    reader = acting_with(shop, "imports:read")
    async with client_of(ROOM.routes, reader) as client:
        for verb in ("pause", "resume", "undo"):
            assert (await client.post(f"{one}/{verb}")).status_code == 403
    async with client_of(ROOM.routes, shop) as client:
        unknown = f"/admin/v1/imports/{new_id()}"
        for verb in ("pause", "resume", "undo"):
            answer = await client.post(f"{unknown}/{verb}")
            assert answer.json()["code"] == "import_not_found"
        assert (await client.get(f"{unknown}/undo/remarks.csv")).status_code == 404


async def test_a_file_is_looked_at_and_an_import_repeated_over_http(shop: Context) -> None:
    async with client_of(ROOM.routes, shop) as client:
        file = await imports.accept_file(shop, "odd.csv", b"A;B\n1;Cup\n")
        path, asked = "/admin/v1/imports/look", {"file_id": str(file.file_id)}
        look = (await client.post(path, json=asked)).json()
        assert (look["format"], look["header"], look["delimiter"]) == (None, ["A", "B"], ";")
        rules = [{"field": "sku", "column": "A"}, {"field": "title", "column": "B"}]
        look = (await client.post(path, json={**asked, "document": {"rules": rules}})).json()
        assert (look["format"], look["products"][0]["title"]) == ("mapping", "Cup")

        known = await imports.accept_file(shop, "known.jsonl", mugs(2))
        run = await imports.start_import(shop, known.file_id, is_dry_run=True, keeps={"prices"})
        answer = await client.post(f"/admin/v1/imports/{run.run_id}/repeat", json={})
        assert answer.status_code == 202
        again = answer.json()
        assert (again["is_dry_run"], again["keeps_prices"]) == (False, True)
        assert again["run_id"] != str(run.run_id)
