"""What shoppers' clients tell of answers: taken in when it is one of theirs, refused when junk."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from galleria.foundation.ids import new_id
from galleria.growth import search
from tests.faces.gateway.door import ShopScene

PATH = "/store/v1/search/events"
QUERY_ID = "01939b1e-7f6a-7c3e-9d2b-3f5a8c1e4d70"
CLICK = {"action_name": "click", "query_id": QUERY_ID}


async def events_of(shop: ShopScene) -> list[Any]:
    await shop.ctx.engines.notebook.write_down()
    return await shop.ctx.read("SELECT * FROM search.event WHERE tenant_id = $1")


async def test_an_answer_has_a_name_that_events_can_be_sent_to(shop: ShopScene) -> None:
    async with shop.shopper() as shopper, shop.clerk() as clerk:
        answer = await shopper.json("GET", "/store/v1/search?q=mug&client_id=app")
        own = await shopper.json("GET", f"/store/v1/search?q=mug&query_id={QUERY_ID}")
        assert own["query_id"] == QUERY_ID != answer["query_id"]
        about = {"object_id": answer["items"][0]["product_id"], "object_id_field": "product_id"}
        wanted = {
            "action_name": "click",
            "query_id": answer["query_id"],
            "event_id": str(new_id()),
            "client_id": "app",
            "session_id": "s-1",
            "timestamp": "2020-01-01T00:00:00Z",
            "message_type": "CONVERSION",
            "message": "mug",
            "event_attributes": {"object": about, "position": {"ordinal": 1}},
        }
        sent = await shopper.request("POST", PATH, json={"events": [wanted, wanted]})
        assert (sent.status_code, sent.json()) == (202, {"taken": 2})
        (kept,) = await events_of(shop)
        assert (kept["object_id"], kept["ordinal"]) == (about["object_id"], 1)
        assert kept["happened_at"] == kept["taken_at"], "a clock of years ago is not believed"
        (asked,) = (await clerk.json("GET", "/admin/v1/search/questions?ranking=top"))["items"]
        assert (asked["words"], asked["asked_count"], asked["clicked_count"]) == ("mug", 2, 1)
        table = await clerk.get("/admin/v1/search/questions.csv?days=1")
        assert "mug,en,2,0,1," in table.text
        assert (await shopper.get("/admin/v1/search/questions")).status_code == 401


def junk() -> Iterator[dict[str, Any]]:
    yield {}
    yield {"events": "many"}
    yield {"events": [CLICK] * 101}
    yield {"events": [{"action_name": "click"}]}
    for change in (
        {"action_name": "DROP TABLE"},
        {"action_name": "a" * 41},
        {"action_name": ""},
        {"query_id": "none"},
        {"event_id": 7},
        {"client_id": "x" * 101},
        {"session_id": "a\x00b"},
        {"timestamp": "yesterday"},
        {"timestamp": "2026-01-01T00:00:00"},
        {"user_id": "ana"},
        {"event_attributes": {"position": {"ordinal": 0}}},
        {"event_attributes": {"object": {"object_id": "x" * 101}}},
        {"event_attributes": {"browser": "all of it"}},
    ):
        yield {"events": [{**CLICK, **change}]}


@pytest.mark.parametrize("body", list(junk()), ids=lambda body: msgspec.json.encode(body)[:60])
async def test_junk_is_refused_and_nothing_of_it_kept(
    shop: ShopScene, body: dict[str, Any]
) -> None:
    async with shop.shopper() as shopper:
        before = len(await events_of(shop))
        answer = await shopper.request("POST", PATH, json=body)
        assert answer.status_code == 422, answer.text
        assert len(await events_of(shop)) == before


async def test_what_is_too_large_or_no_json_is_refused(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        large = {"events": [{**CLICK, "message": "x" * 500, "client_id": "é" * 100}] * 100}
        assert (await shopper.request("POST", PATH, json=large)).status_code == 202
        body = b'{"events": [' + b" " * 300_000 + b"]}"
        typed = {"content-type": "application/json"}
        assert (await shopper.post(PATH, content=body, headers=typed)).status_code == 413
        plain = {"content-type": "text/plain"}
        assert (await shopper.post(PATH, content=b"{}", headers=plain)).status_code == 415
        assert (await shopper.get("/store/v1/search?q=mug&query_id=x")).status_code == 422
        wide = await shopper.get(f"/store/v1/search?q=mug&client_id={'x' * 101}")
        assert wide.status_code == 422


async def test_the_shops_own_pages_note_what_is_typed_too(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        assert (await shopper.get("/search", params={"q": "kiln goods"})).status_code == 200
    await shop.ctx.engines.notebook.write_down()
    assert "kiln goods" in {each.words for each in await search.asked_words(shop.ctx)}
