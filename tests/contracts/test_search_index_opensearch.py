"""What the adapter for a cluster keeps besides the contract: addresses, failures, locks, fields."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.engines.search_index import (
    BRAND,
    Completeness,
    FacetFilter,
    RangeFilter,
    SearchOverloaded,
    SearchTimeout,
    SearchUnavailable,
    SearchWriterBusy,
)
from galleria.engines.search_index.opensearch import (
    OpenSearchIndex,
    SearchAddress,
    open_opensearch,
    parse_search_url,
)
from galleria.engines.search_index.opensearch.lock import LEASE_S, WriterLock
from galleria.engines.search_index.opensearch.schema import (
    facet_slot,
    number_in,
    number_token,
    sortable,
)
from galleria.engines.search_index.opensearch.sending import Changes
from galleria.engines.search_index.opensearch.transport import Transport
from galleria.engines.search_index.opensearch.turns import Turns
from galleria.foundation.errors import InvalidInput
from tests.contracts.search_engines import OPENSEARCH_URL, needs_opensearch
from tests.contracts.search_shops import document, question

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


def test_an_address_says_where_under_what_name_and_in_how_many_parts() -> None:
    assert parse_search_url("http://localhost") == SearchAddress(origin="http://localhost:9200")
    assert parse_search_url("https://me:p%40ss@[::1]:443/shops-1?shards=6&spread=2") == (
        SearchAddress(
            origin="https://[::1]:443",
            name="shops-1",
            authorization="Basic bWU6cEBzcw==",
            shards=6,
            spread=2,
        )
    )


@pytest.mark.parametrize(
    "url",
    [
        "localhost:9200",
        "ftp://localhost",
        "http://",
        "http://host:port",
        "http://host/UPPER",
        "http://host/a/b",
        "http://host/_all",
        "http://host?shards=0",
        "http://host?shards=x",
        "http://host?shards=2&spread=2",
        "http://host?spread=2",
        "http://host?colour=1",
        "http://secret:secret@host/*",
    ],
)
def test_an_address_that_cannot_be_right_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_search_url(url)
    assert "secret" not in str(refused.value)


@given(NUMBERS, NUMBERS)
def test_numbers_sort_as_they_are_written(one: float, other: float) -> None:
    assert (sortable(one) < sortable(other)) == (one < other)
    assert number_in(number_token(1, "a b", one)) == one


def test_what_was_said_last_of_a_product_is_what_is_sent() -> None:
    changes = Changes()
    changes.replace(1, ["1:a", "1:b"], [])
    changes.empty(1)
    assert (changes.products, changes.emptied) == ({}, {1})
    changes.replace(1, ["1:a"], [])
    assert changes.products == {1: {"1:a": ()}}
    assert not changes.is_empty


# A cluster that fails as clusters do.

Said = tuple[int, Any, float]  # status, body, seconds until it answers


@asynccontextmanager
async def server(says: Callable[[str], Said]) -> AsyncIterator[OpenSearchIndex]:
    """An index at a server on this machine that answers each path so."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            length = 0
            while (header := await reader.readline()).strip():
                name, _, value = header.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            await reader.readexactly(length)
            status, body, delay_s = says(line.split()[1].decode())
            await asyncio.sleep(delay_s)
            encoded = json.dumps(body).encode()
            head = f"HTTP/1.1 {status} Said\r\nContent-Length: {len(encoded)}\r\n\r\n"
            writer.write(head.encode() + encoded)
            await writer.drain()
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    index = open_opensearch(parse_search_url(f"http://127.0.0.1:{port}"))
    yield index
    await index.close()
    listening.close()


def answers(*responses: Any, delay_s: float = 0.0, status: int = 200) -> Callable[[str], Said]:
    """There is an index, and searches in it are answered so."""

    def says(path: str) -> Said:
        if "_alias" in path:
            return 200, {"galleria-v1-000001": {"aliases": {}}}, 0.0
        return status, {"responses": responses}, delay_s

    return says


def found(*product_ids: str, failed: int = 0, timed_out: bool = False, **more: Any) -> Any:
    """A search that found these, of four parts of an index of which some failed."""
    cards = [["x", "", each, [], "", 0.0, 0.0, 0, True] for each in product_ids]
    return {
        "timed_out": timed_out,
        "_shards": {"total": 4, "successful": 4 - failed, "failed": failed},
        "hits": {
            "total": {"value": len(cards), "relation": "eq"},
            "hits": [
                {"fields": {"card": [_base64(msgspec.msgpack.encode(card))]}, "sort": [1.0, "k"]}
                for card in cards
            ],
        },
    } | more


def _base64(data: bytes) -> str:
    return str(msgspec.to_builtins(data)).rstrip("=")


async def test_what_some_parts_of_the_index_did_not_answer_is_said() -> None:
    async with server(answers(found("a", "b", failed=1))) as index:
        answer = await index.search(1, question())
    assert [hit.title for hit in answer.hits] == ["a", "b"]
    assert (answer.is_partial, answer.total_is_exact) == (True, False)
    assert answer.completeness == Completeness(parts=4, parts_answered=3)


async def test_what_was_found_in_time_is_shown_and_what_was_not_counted_is_left_out() -> None:
    color = (FacetFilter("color", ("red",)),)
    asked = question(facets=(BRAND, "color"), filters=color)
    counted: dict[str, Any] = {"facet:%40brand": {"all": {"buckets": []}}}
    in_time, late = found("a", aggregations=counted), found(timed_out=True)
    async with server(answers(in_time, late)) as index:
        answer = await index.search(1, asked)
    assert (answer.total, answer.is_partial) == (1, True)
    assert [facet.code for facet in answer.facets] == [BRAND]
    async with server(answers(found("a", timed_out=True), late)) as index:
        answer = await index.search(1, asked)
    assert (len(answer.hits), answer.facets, answer.total_is_exact) == (1, (), False)
    async with server(answers(found(timed_out=True), late)) as index:
        with pytest.raises(SearchTimeout):
            await index.search(1, asked)


async def test_a_cluster_that_has_too_much_to_do_is_told_from_one_that_fails() -> None:
    tripped = {"error": {"type": "circuit_breaking_exception"}, "status": 429}
    broken = {"error": {"type": "search_phase_execution_exception"}, "status": 503}
    for said, error in (
        (answers(status=429), SearchOverloaded),
        (answers(tripped), SearchOverloaded),
        (answers(status=503), SearchUnavailable),
        (answers(broken), SearchUnavailable),
        (answers(status=404), SearchUnavailable),
        (answers("not what a cluster says"), SearchUnavailable),
    ):
        async with server(said) as index:
            with pytest.raises(error) as raised:
                await index.search(1, question())
            assert type(raised.value) is error


async def test_a_cluster_that_says_nothing_is_waited_for_until_the_deadline() -> None:
    async with server(answers(delay_s=30.0)) as index:
        with pytest.raises(SearchTimeout):
            await index.search(1, question(), deadline_s=0.1)


async def test_a_cluster_that_is_not_there_is_unavailable_and_its_index_not_readable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        index = open_opensearch(parse_search_url(f"http://127.0.0.1:{free.getsockname()[1]}"))
        with pytest.raises(SearchUnavailable):
            await index.search(1, question())
        with pytest.raises(SearchUnavailable):
            await index.open_writer()
        status = await index.status()
        assert (status.is_readable, status.needs_rebuild) == (False, True)
    await index.close()


async def test_questions_take_turns_and_too_many_are_refused() -> None:
    turns = Turns(1, 4)
    served: list[int] = []

    async def ask(tenant_id: int) -> None:
        async with turns.taken(tenant_id, 5.0):
            served.append(tenant_id)
            await asyncio.sleep(0.01)

    asked = [asyncio.create_task(ask(each)) for each in (1, 1, 1, 1)]
    await asyncio.sleep(0)
    with pytest.raises(SearchOverloaded):
        await ask(1)
    other = asyncio.create_task(ask(2))
    await asyncio.sleep(0)
    with pytest.raises(SearchOverloaded):
        await ask(3)
    await asyncio.gather(*asked, other)
    assert served.index(2) < 3
    async with turns.taken(1, 1.0):
        with pytest.raises(SearchTimeout):
            async with turns.taken(2, 0.01):
                pass
    await ask(3)


# What a real one does.


def fresh_address(**more: Any) -> SearchAddress:
    """A name that nobody has used."""
    return msgspec.structs.replace(
        parse_search_url(OPENSEARCH_URL), name=f"test-{uuid4().hex}", **more
    )


@pytest.fixture
async def address() -> AsyncIterator[SearchAddress]:
    """A name in the cluster; what was made under it is removed."""
    made = fresh_address(shards=3, spread=2)
    yield made
    async with httpx.AsyncClient(base_url=made.origin) as cluster:
        for each in (await cluster.get(f"/{made.name}-*/_alias")).json():
            await cluster.delete(f"/{each}")


def engines(test: Any) -> Any:
    """A test that needs a real cluster."""
    for mark in needs_opensearch:
        test = mark(test)
    return test


@asynccontextmanager
async def opened(address: SearchAddress) -> AsyncIterator[OpenSearchIndex]:
    """The index at an address."""
    index = open_opensearch(address)
    yield index
    await index.close()


@engines
async def test_a_shop_may_be_spread_over_some_of_the_parts(address: SearchAddress) -> None:
    made = [
        document(str(n), f"Lamp {n}", facets={"size": (str(n % 5),)}, numbers={"watts": (n,)})
        for n in range(60)
    ]
    async with opened(address) as index:
        async with await index.open_writer() as writer:
            await writer.apply(1, made)
            await writer.commit()
            answer = await index.search(
                1,
                question("lamp", facets=("size",), ranges=(RangeFilter("watts", 10, 19),)),
                deadline_s=30,
            )
            assert (answer.total, answer.completeness.parts) == (10, 2)
            assert [each.count for each in answer.facets[0].values] == [2] * 5
            assert answer.facets[0].error_bound == 0
            await writer.delete_tenant(1)
            await writer.commit()
        assert await index.count(1) == 0


@engines
async def test_no_attribute_becomes_a_field_and_no_index_is_made_by_accident(
    address: SearchAddress,
) -> None:
    async with opened(address) as index, httpx.AsyncClient(base_url=address.origin) as cluster:
        async with await index.open_writer() as writer:
            before = (await cluster.get(f"/{address.name}-v1/_mapping")).json()
            made = [
                document(str(n), "T", facets={f"code {n} {each}": ("x",) for each in range(50)})
                for n in range(20)
            ]
            await writer.apply(1, made)
            await writer.commit()
            assert (await cluster.get(f"/{address.name}-v1/_mapping")).json() == before
            answer = await index.search(
                1, question(filters=(FacetFilter("code 7 7", ("x",)),)), deadline_s=30
            )
            assert [hit.product_id for hit in answer.hits] == ["7"]
            for each in (await cluster.get(f"/{address.name}-v1/_alias")).json():
                await cluster.delete(f"/{each}")
            await writer.apply(1, [document("late", "T")])
            with pytest.raises(SearchUnavailable):
                await writer.commit()
        names = (await cluster.get(f"/{address.name}-*/_alias")).json()
        assert list(names) == [f"{address.name}-writer"]
        # The next writer makes it afresh.
        async with await index.open_writer():
            assert (await index.status()).needs_rebuild


@engines
async def test_a_writer_that_was_away_too_long_finds_another_one_and_writes_no_more(
    address: SearchAddress,
) -> None:
    transport = Transport(address, 2)
    now_s = 1_000.0
    first = WriterLock(transport, address, clock=lambda: now_s)
    second = WriterLock(transport, address, clock=lambda: now_s + LEASE_S + 1)
    await first.take()
    with pytest.raises(SearchWriterBusy):
        await WriterLock(transport, address, clock=lambda: now_s + 1).take()
    await second.take()
    with pytest.raises(SearchUnavailable):
        await first.renew()
    await first.release()
    await second.renew()
    await second.release()
    third = WriterLock(transport, address, clock=lambda: now_s)
    await third.take()
    await third.release()
    await transport.close()


@engines
async def test_a_writer_whose_renewal_was_taken_without_an_answer_is_still_the_writer(
    address: SearchAddress,
) -> None:
    transport = Transport(address, 2)
    lock = WriterLock(transport, address)
    await lock.take()
    async with httpx.AsyncClient(base_url=address.origin) as cluster:
        path = f"/{address.name}-writer/_doc/writer"
        said = (await cluster.get(path)).json()["_source"]
        assert (await cluster.put(path, json=said)).status_code == 200
    await lock.renew()
    with pytest.raises(SearchWriterBusy):
        await WriterLock(transport, address).take()
    await lock.release()
    await transport.close()


@engines
async def test_what_a_writer_does_ends_with_its_lease_when_the_cluster_is_silent(
    address: SearchAddress,
) -> None:
    transport = Transport(address, 2)
    lock = WriterLock(transport, address, lease_s=0.5)  # not renewed before it ends
    await lock.take()
    began_s = monotonic()
    with pytest.raises(SearchUnavailable):
        async with lock.writing():
            await asyncio.sleep(30)
    assert monotonic() - began_s < 5
    async with lock.writing():
        await lock.renew()
    await lock.release()
    await transport.close()


@engines
async def test_a_rebuild_goes_on_where_a_writer_left_it(address: SearchAddress) -> None:
    async with opened(address) as index:
        async with await index.open_writer() as writer:
            await writer.apply(1, [document("old", "Old")])
            await writer.commit()
            rebuild = await writer.begin_rebuild()
            assert rebuild.reached is None
            await rebuild.add(1, [document("1", "First"), document("2", "First")])
            await rebuild.keep("1:2")
        async with await index.open_writer() as writer:
            # Changes go into what is half made as well, whether anybody is at it or not.
            await writer.apply(1, [document("1", "Changed")], ["old"])
            await writer.commit()
            rebuild = await writer.begin_rebuild()
            assert rebuild.reached == "1:2"
            await rebuild.add(1, [document("1", "Stale"), document("3", "Third")])
            await rebuild.finish()
        answer = await index.search(1, question(limit=10), deadline_s=30)
        assert sorted(hit.title for hit in answer.hits) == ["Changed", "First", "Third"]
        assert not (await index.status()).needs_rebuild


@engines
async def test_codes_that_share_a_field_are_told_apart(address: SearchAddress) -> None:
    codes = [f"code{n}" for n in range(200) if facet_slot(f"code{n}") == facet_slot("code0")]
    assert len(codes) > 1
    async with opened(address) as index:
        async with await index.open_writer() as writer:
            await writer.apply(1, [document(each, "T", facets={each: ("x",)}) for each in codes])
            await writer.commit()
        answer = await index.search(1, question(facets=tuple(codes)), deadline_s=30)
        assert [[v.count for v in facet.values] for facet in answer.facets] == [[1]] * len(codes)


@engines
async def test_the_longest_codes_can_be_counted(address: SearchAddress) -> None:
    code = "\U00020000" * 120
    async with opened(address) as index:
        async with await index.open_writer() as writer:
            made = document("1", "T", facets={code: ("x",)}, numbers={code: (1.5,)})
            await writer.apply(1, [made])
            await writer.commit()
        answer = await index.search(1, question(facets=(code,), bounds_of=(code,)), deadline_s=30)
        assert [each.value for each in answer.facets[0].values] == ["x"]
        assert answer.numbers[0].least == 1.5


@engines
async def test_indexes_of_an_older_format_go_when_a_rebuild_has_ended(
    address: SearchAddress,
) -> None:
    older, others = f"{address.name}-v0-000007", f"{address.name}-v0-v0-000007"
    async with opened(address) as index, httpx.AsyncClient(base_url=address.origin) as cluster:
        for each in (older, others):
            assert (await cluster.put(f"/{each}")).status_code == 200
        async with await index.open_writer() as writer:
            assert older in (await cluster.get(f"/{address.name}-*/_alias")).json()
            await (await writer.begin_rebuild()).finish()
        left = set((await cluster.get(f"/{address.name}-*/_alias")).json())
        assert left == {others, f"{address.name}-v1-000002", f"{address.name}-writer"}


@engines
async def test_many_parts_of_a_product_are_replaced_as_one(address: SearchAddress) -> None:
    def parts(count: int) -> list[Any]:
        return [document("one", "T", channel=f"c{n}") for n in range(count)]

    async with opened(address) as index:
        async with await index.open_writer() as writer:
            for count in (120, 3, 7):
                await writer.apply(1, parts(count))
                await writer.commit()
                assert await index.count(1) == count
            await writer.apply(1, parts(50))
            await writer.apply(1, parts(2))
            await writer.commit()
        assert await index.count(1) == 2
