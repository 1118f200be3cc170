"""Each client gets the API of the day it was written for."""

import asyncio
from datetime import date
from typing import Any

import msgspec
import pytest

from galleria.app.http import api_app
from galleria.faces.gateway.changes import CHANGES, VERSIONS
from galleria.faces.gateway.errors import UnknownVersion, VersionRetired
from galleria.faces.gateway.versions import ANSWERED_FOR, Change, Versions, headers_of
from galleria.faces.headless.describing import document_of
from galleria.foundation.errors import InvalidInput
from tests.faces.gateway.door import ShopScene

SEARCH = "/store/v1/search"


def renamed(since: date, former: str, newer: str) -> Change:
    """A field is called something else, in bodies and in answers."""

    def rename(here: str, there: str) -> Any:
        return lambda value: {there if key == here else key: each for key, each in value.items()}

    return Change(
        since=since,
        method="POST",
        path="/things/{thing_id}/parts",
        what="renamed",
        former_answer=rename(newer, former),
        newer_request=rename(former, newer),
    )


FIRST, SECOND, THIRD = date(2030, 1, 1), date(2030, 2, 1), date(2030, 3, 1)
THREE = Versions(FIRST, [renamed(THIRD, "b", "c"), renamed(SECOND, "a", "b")])


@pytest.mark.parametrize(("version", "field"), [(0, "a"), (1, "b"), (2, "c")])
def test_what_changed_several_times_is_made_over_step_by_step(version: int, field: str) -> None:
    plan = THREE.plan(THREE.all[version], "POST", "/things/7/parts")
    if plan is None:
        assert field == "c", "the newest is what the rooms speak"
        return
    assert plan.newer_request(msgspec.json.encode({field: 1})) == b'{"c":1}'
    assert plan.former_answer(b'{"c":1}') == msgspec.json.encode({field: 1})


def test_other_addresses_are_left_alone() -> None:
    for method, path in (("GET", "/things/7/parts"), ("POST", "/things/7/8/parts")):
        assert THREE.plan(THREE.all[0], method, path) is None


def test_a_body_of_no_known_shape_is_refused() -> None:
    plan = THREE.plan(THREE.all[0], "POST", "/things/7/parts")
    assert plan is not None
    for body in (b"[1]", b"{", b"7"):
        with pytest.raises(InvalidInput):
            plan.newer_request(body)
    assert plan.newer_request(b"") == b""


def test_who_names_no_day_gets_the_oldest_that_is_answered_still() -> None:
    assert THREE.chosen(None, None, date(2030, 6, 1)).day == FIRST
    assert THREE.chosen(None, None, SECOND + ANSWERED_FOR).day == SECOND
    assert THREE.chosen(None, None, date(2050, 1, 1)).day == THIRD
    assert THREE.chosen(None, "2030-02-01", date(2030, 6, 1)).day == SECOND, "its key says so"
    assert THREE.chosen("2030-03-01", "2030-02-01", date(2030, 6, 1)).day == THIRD


def test_no_day_yet_no_day_ever_and_a_day_that_is_over() -> None:
    today = date(2030, 6, 1)
    with pytest.raises(UnknownVersion, match="still to come"):
        THREE.chosen("2031-01-01", None, today)
    for name in ("2030-01-02", "v1", "", "2030-1-1", "x" * 5_000):
        with pytest.raises(UnknownVersion):
            THREE.chosen(name or "?", None, today)
    with pytest.raises(VersionRetired):
        THREE.chosen("2030-01-01", None, SECOND + ANSWERED_FOR)


def test_a_version_that_will_end_says_so() -> None:
    headers = dict(headers_of(THREE.all[0]))
    assert headers[b"deprecation"] == b"@1896134400"
    assert headers[b"sunset"] == b"Sat, 01 Feb 2031 00:00:00 GMT"
    assert dict(headers_of(THREE.newest)) == {b"galleria-version": b"2030-03-01"}


async def test_an_older_client_is_answered_as_before(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:

        async def bounds(**headers: str) -> Any:
            for _ in range(2):  # worked out, and from memory
                answer = await shopper.get(
                    SEARCH, headers={k.replace("_", "-"): v for k, v in headers.items()}
                )
                assert answer.status_code == 200, answer.text
            return answer.json()["price_range"], answer.headers

        low = {"amount_minor": 2400, "currency": "EUR"}
        newest, said = await bounds(Galleria_Version="2026-11-22")
        assert newest["min"] == low and set(newest) == {"min", "max"}
        assert said["galleria-version"] == "2026-11-22" and "sunset" not in said
        for headers in ({"Galleria_Version": "2026-11-01"}, {}):
            former, said = await bounds(**headers)
            assert former == [newest["min"], newest["max"]]
            assert said["galleria-version"] == "2026-11-01"
            assert said["sunset"].endswith("GMT") and said["deprecation"].startswith("@")
            assert int(said["content-length"]) > 0
        nothing = await shopper.json("GET", SEARCH, params={"q": "zzzzzzzzqqq"})
        assert nothing["price_range"] is None
        assert (await shopper.get(SEARCH, params={"cursor": "?"})).status_code == 422


async def test_a_version_that_is_none_is_refused_before_any_room_sees_it(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        for name in ("2026-01-01", "2999-01-01", "newest"):
            answer = await shopper.get(SEARCH, headers={"Galleria-Version": name})
            assert (answer.status_code, answer.json()["code"]) == (400, "unknown_version")
        page = await shopper.get("/", headers={"Galleria-Version": "newest"})
        assert page.status_code == 200, "pages have no versions"


def test_every_change_is_of_an_operation_there_is() -> None:
    paths = document_of(api_app())["paths"]
    for change in CHANGES:
        assert change.method.lower() in paths[change.path], change.what
        assert change.what.endswith(".")
    assert VERSIONS.all[0].name == "2026-11-01"


async def test_versions_do_not_mix_when_they_are_asked_at_once(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        asked = [
            shopper.json("GET", SEARCH, headers={"Galleria-Version": VERSIONS.all[n % 2].name})
            for n in range(20)
        ]
        for number, page in enumerate(await asyncio.gather(*asked)):
            assert isinstance(page["price_range"], dict if number % 2 else list)
