"""Wanted pictures over HTTP, by job and event, and counted by import."""

from datetime import UTC, datetime, timedelta

import pytest

from galleria.commerce import imports, pictures
from galleria.commerce.pictures import Counts, model
from galleria.commerce.pictures.jobs import ENQUEUES, FETCH, SUBSCRIPTIONS, wake
from galleria.commerce.pictures.model import MAX_TRIES, Claim, Failure
from galleria.commerce.pictures.room import ROOM
from galleria.engines.context import Context
from galleria.engines.event_log import Relay
from galleria.engines.jobs.queue import subscription_of
from galleria.foundation.ids import new_id
from tests.commerce.pictures.conftest import Host, fetched, heard, merged, named, png
from tests.platform.conftest import acting_with, client_of

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


async def queued(ctx: Context) -> int:
    """How many jobs to fetch wait for this shop."""
    rows = await ctx.read(
        "SELECT dedupe_key FROM jobs.pgqueuer WHERE $1::int IS NOT NULL AND entrypoint = $2",
        FETCH.name,
    )
    return sum(row["dedupe_key"].startswith(f"{ctx.tenant.tenant_id}:") for row in rows)


async def test_failures_are_listed_page_by_page_and_tried_again(shop: Context, host: Host) -> None:
    await merged(shop, named("mug", *(host.at(f"/{n}.png") for n in range(5))))
    assert await fetched(shop) == Counts(failed=5)
    async with client_of(ROOM.routes, acting_with(shop, "products:read", "products:write")) as http:
        counts = (await http.get("/admin/v1/pictures/counts")).json()
        assert counts == {"waiting": 0, "placing": 0, "fetched": 0, "failed": 5}
        seen: list[str] = []
        query = {"state": "failed", "limit": "2"}
        while True:
            page = (await http.get("/admin/v1/pictures", params=query)).json()
            seen += [each["picture_id"] for each in page["items"]]
            if page["next_cursor"] is None:
                break
            query["cursor"] = page["next_cursor"]
        assert len(seen) == len(set(seen)) == 5
        wrong = await http.get("/admin/v1/pictures", params={**query, "state": "fetched"})
        assert wrong.json()["code"] == "invalid_cursor"

        host.put("/0.png", png("0"))
        again = await http.post(f"/admin/v1/pictures/{seen[0]}/retry")
        assert (again.json()["state"], again.json()["tries"]) == ("waiting", 0)
        assert again.json()["reason"] is None
        assert (await http.post("/admin/v1/pictures/retry")).json() == {"retried_count": 4}
        assert (await http.post("/admin/v1/pictures/retry")).json() == {"retried_count": 0}
        assert await fetched(shop) == Counts(fetched=1, failed=4)
        found = {each: (await http.get(f"/admin/v1/pictures/{each}")).json() for each in seen}
        assert sum(each["media_id"] is not None for each in found.values()) == 1
        nobody = await http.get(f"/admin/v1/pictures/{new_id()}")
        assert (nobody.status_code, nobody.json()["code"]) == (404, "picture_not_found")


async def test_who_may_only_read_tries_nothing_again(shop: Context) -> None:
    async with client_of(ROOM.routes, acting_with(shop, "products:read")) as http:
        assert (await http.post("/admin/v1/pictures/retry")).status_code == 403


async def test_what_is_wanted_asks_for_a_job(shop: Context, host: Host) -> None:
    await merged(shop, named("mug", host.at("/a.png")))
    relay = Relay(shop.engines, [*SUBSCRIPTIONS, *map(subscription_of, ENQUEUES)])
    while await relay.drain():
        pass
    assert await queued(shop) == 1


async def test_what_is_due_wakes_the_queue_and_what_is_not_does_not(
    shop: Context, host: Host
) -> None:
    await wake(shop)
    await merged(shop, named("mug", host.at("/a.png")))
    await heard(shop)
    relay = Relay(shop.engines, [subscription_of(each) for each in ENQUEUES])
    await relay.drain()
    before = await queued(shop)
    later = Context(shop.engines, shop.tenant, shop.actor, "later")
    await wake(later)
    await relay.drain()
    assert await queued(shop) == before + 1
    assert await fetched(shop) == Counts(failed=1)
    await wake(Context(shop.engines, shop.tenant, shop.actor, "later"))
    await relay.drain()
    assert await queued(shop) == before + 1


async def test_an_import_counts_the_pictures_it_was_the_first_to_name(
    shop: Context, host: Host
) -> None:
    async def taken_in(*urls: str) -> imports.Run:
        media = ",".join(f'{{"source_url":"{url}"}}' for url in urls)
        line = f'{{"id":"{new_id()}","title":"A","media":[{media}]}}\n'.encode()
        file = await imports.accept_file(shop, "a.jsonl", line)
        run = await imports.start_import(shop, file.file_id)
        return await imports.run_import_now(shop, run.run_id)

    one, two = host.put("/1.png", png("1")), host.at("/2.png")
    first = await taken_in(one, two)
    await heard(shop)
    second = await taken_in(two)
    assert await fetched(shop) == Counts(fetched=1, failed=1)
    counts = await imports.pictures_of(shop, [first, second])
    assert counts == {first.run_id: Counts(fetched=1, failed=1), second.run_id: Counts()}
    async with client_of(_import_routes(), acting_with(shop, "imports:read")) as http:
        shown = (await http.get(f"/admin/v1/imports/{first.run_id}")).json()
        assert shown["pictures"]["failed"] == 1
        listed = (await http.get("/admin/v1/imports")).json()["items"]
        assert [each["pictures"]["fetched"] for each in listed] == [0, 1]


def _import_routes() -> list[object]:
    from galleria.commerce.imports.room import ROOM as IMPORTS  # noqa: PLC0415

    return list(IMPORTS.routes)


def claim(tries: int) -> Claim:
    return Claim(new_id(), "https://x.example/a.png", "x.example", tries)


def test_a_failure_that_may_pass_is_tried_later_each_time_and_given_up_at_last() -> None:
    outcomes = [
        model.outcome_of(claim(tries), Failure("host_failing", "", 0), NOW)
        for tries in range(1, MAX_TRIES + 1)
    ]
    assert [each.state for each in outcomes] == ["waiting"] * (MAX_TRIES - 1) + ["failed"]
    pauses = [each.next_try_at - NOW for each in outcomes[:-1]]
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(minutes=1)


def test_a_failure_that_stays_is_given_up_at_once() -> None:
    assert model.outcome_of(claim(1), Failure("picture_gone", ""), NOW).state == "failed"


@pytest.mark.parametrize(
    ("status", "retry_after", "code", "retry_after_s"),
    [
        (404, "", "picture_gone", None),
        (410, "", "picture_gone", None),
        (401, "", "picture_refused", None),
        (204, "", "picture_refused", None),
        (429, "120", "host_failing", 120),
        (503, "Wed, 21 Oct 2026 07:28:00 GMT", "host_failing", 0),
        (500, "99999999999", "host_failing", 0),
        (408, "", "host_failing", 0),
    ],
)
def test_a_status_says_whether_trying_again_may_help(
    status: int, retry_after: str, code: str, retry_after_s: int | None
) -> None:
    failure = model.failure_of_status(status, retry_after)
    assert (failure.code, failure.retry_after_s) == (code, retry_after_s)


def test_an_address_has_one_id_and_a_host() -> None:
    url = "https://CDN.Example.com:8443/a.png?x=1"
    assert model.picture_id_of(url) == model.picture_id_of(url)
    assert model.picture_id_of(url) != model.picture_id_of(url + "#")
    assert model.picture_id_of(url).version == 8
    assert model.host_of(url) == "cdn.example.com"
    assert model.host_of("http://[broken/a.png") == model.host_of("http:///a.png") == "-"


def test_nothing_to_fetch_is_all_done() -> None:
    assert Counts().share == 1.0
    assert Counts(waiting=1, placing=1, fetched=1, failed=1).share == 0.5


def test_only_imports_are_counted_apart() -> None:
    request = pictures.request_of_import(new_id())
    assert model.counted_request(request) == request
    assert model.counted_request("some request") == ""
