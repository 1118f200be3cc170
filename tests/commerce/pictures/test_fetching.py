"""Pictures by address are fetched once each and put on all that name them."""

import asyncio
import gzip
from datetime import timedelta
from uuid import UUID

import pytest

from galleria.commerce import catalog, pictures
from galleria.commerce.pictures import Counts
from galleria.commerce.pictures.model import Failure, outcome_of
from galleria.commerce.pictures.repository import working
from galleria.commerce.pictures.service import fetching
from galleria.content import images
from galleria.engines.context import Context
from tests.commerce.pictures.conftest import (
    Host,
    fetched,
    heard,
    merged,
    named,
    only,
    png,
    tree,
)
from tests.engines.outbound.servers import Answer, Received, head, plain


async def test_pictures_and_variants_get_what_lies_at_their_addresses(
    shop: Context, host: Host
) -> None:
    front, back = host.put("/front.png", png("front")), host.put("/back.png", png("back"))
    await merged(shop, named("mug", front, variant=back))

    assert await fetched(shop) == Counts(fetched=2)

    mug = await tree(shop, "mug")
    found = {each.source_url: each.media_id for each in mug.media}
    assert found[back] is not None
    media_id = found[front]
    assert media_id is not None
    image = await images.get_image(shop, media_id)
    assert await images.read_image(shop, image) == png("front")
    assert mug.variants[0].media_id == found[back]
    assert mug.version == 1, "nobody has edited it"


async def test_an_address_of_many_products_is_fetched_once(shop: Context, host: Host) -> None:
    logo = host.put("/logo.png", png("logo"))
    await merged(shop, *(named(f"p{n}", logo) for n in range(30)))
    await heard(shop)
    waiting = await only(shop, "waiting")
    assert (waiting.url, waiting.product_count) == (logo, 30)

    assert await fetched(shop) == Counts(fetched=1)

    await merged(shop, *(named(f"q{n}", logo) for n in range(5)))
    await heard(shop)
    assert await pictures.get_counts(shop) == Counts(placing=1)
    assert await fetched(shop) == Counts(fetched=1)
    assert host.asked == {"/logo.png": 1}
    assert (await tree(shop, "q4")).media[0].media_id == (await tree(shop, "p0")).media[0].media_id


async def test_more_products_than_a_commit_holds_get_their_picture(
    shop: Context, host: Host
) -> None:
    logo = host.put("/logo.png", png("logo"))
    await merged(shop, *(named(f"p{n}", logo) for n in range(2_300)))
    assert await fetched(shop) == Counts(fetched=1)
    ids = await catalog.product_ids_after(shop, UUID(int=0), 5_000)
    assert await catalog.pictures_to_fetch(shop, ids) == []


async def test_a_shop_sees_nothing_of_another(
    shop: Context, another_ctx: Context, host: Host
) -> None:
    await merged(shop, named("mug", host.put("/a.png", png("a"))))
    assert await fetched(shop) == Counts(fetched=1)
    assert await pictures.get_counts(another_ctx) == Counts()
    (one,) = (await pictures.list_pictures(shop, "fetched")).items
    with pytest.raises(pictures.PictureNotFound):
        await pictures.get_picture(another_ctx, one.picture_id)


async def test_what_no_product_names_any_more_is_not_wanted(shop: Context, host: Host) -> None:
    await merged(shop, named("mug", host.at("/gone.png"), host.at("/too.png")), named("cup"))
    assert await fetched(shop) == Counts(failed=2)

    good = host.put("/good.png", png("good"))
    await merged(shop, named("mug", good, host.at("/too.png")))
    assert await fetched(shop) == Counts(fetched=1, failed=1)

    await catalog.delete_product(shop, (await tree(shop, "mug")).product_id)
    assert await fetched(shop) == Counts(fetched=1)


def endless(size: int) -> Answer:
    async def answer(request: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, size))
        for _ in range(size // 65536):
            writer.write(bytes(65536))
            await writer.drain()

    return answer


async def never(_: Received, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


async def drips(_: Received, writer: asyncio.StreamWriter) -> None:
    writer.write(head(200, 1_000))
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.1)


BOMB = gzip.compress(bytes(40 * 1024 * 1024))
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (plain(404), "picture_gone"),
        (plain(403), "picture_refused"),
        (plain(304), "picture_refused"),
        (plain(200, b"<html>no</html>", content_type="image/png"), "not_an_image"),
        (plain(200, SVG, content_type="image/svg+xml"), "not_an_image"),
        (plain(200, b""), "not_an_image"),
        (endless(25 * 1024 * 1024), "picture_too_large"),
        (plain(200, BOMB, content_encoding="gzip", content_type="image/png"), "picture_too_large"),
        (plain(302, location="http://127.0.0.1:1/x.png"), "address_refused"),
        (plain(302, location="http://169.254.169.254/latest"), "address_refused"),
    ],
)
async def test_what_is_no_picture_is_given_up_with_a_reason(
    shop: Context, host: Host, answer: Answer, code: str
) -> None:
    await merged(shop, named("mug", host.put("/a", answer)))
    assert await fetched(shop) == Counts(failed=1)
    failed = await only(shop, "failed")
    assert (failed.reason_code, failed.tries, failed.product_count) == (code, 1, 1)
    assert failed.reason
    assert (await tree(shop, "mug")).media[0].media_id is None


@pytest.mark.parametrize(
    ("answer", "code", "pause_s"),
    [
        (plain(503), "host_failing", 60),
        (plain(429, retry_after="600"), "host_failing", 600),
        (plain(503, retry_after="999999"), "host_failing", 28_800),
        (never, "host_too_slow", 60),
        (drips, "host_too_slow", 60),
        (plain(200, b"\x1f\x8b", content_encoding="gzip"), "host_unreachable", 60),
    ],
)
async def test_what_may_pass_is_tried_again_later(
    shop: Context, host: Host, answer: Answer, code: str, pause_s: int
) -> None:
    await merged(shop, named("mug", host.put("/a", answer)))
    assert await fetched(shop) == Counts(waiting=1)
    waiting = await only(shop, "waiting")
    assert (waiting.reason_code, waiting.tries) == (code, 1)
    pause = waiting.next_try_at - waiting.updated_at
    assert abs(pause.total_seconds() - pause_s) < 5
    host.put("/a", png("a"))
    assert await fetched(shop) == Counts(waiting=1), "it is not due"


async def test_redirects_within_reach_are_followed(shop: Context, host: Host) -> None:
    host.put("/there.png", png("there"))
    await merged(shop, named("mug", host.put("/here", plain(301, location="/there.png"))))
    assert await fetched(shop) == Counts(fetched=1)


async def test_a_private_address_is_never_called(shop: Context) -> None:
    urls = ["http://127.0.0.1:1/a.png", "http://[::1]/a.png", "http://10.0.0.1/a.png"]
    await merged(shop, named("mug", *urls))
    assert await fetched(shop) == Counts(failed=3)
    found = (await pictures.list_pictures(shop, "failed")).items
    assert {each.reason_code for each in found} == {"address_refused"}


async def test_a_host_is_asked_a_few_at_once(shop: Context, host: Host) -> None:
    async def slowly(request: Received, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.05)
        await plain(200, png(request.path))(request, writer)

    await merged(shop, named("mug", *(host.put(f"/{n}", slowly) for n in range(20))))
    assert await fetched(shop) == Counts(fetched=20)
    assert host.most_under_way == 4


async def test_of_two_who_fetch_at_once_one_does(shop: Context, host: Host) -> None:
    await merged(shop, named("mug", *(host.put(f"/{n}", png(str(n))) for n in range(20))))
    await heard(shop)
    await asyncio.gather(*(pictures.fetch_pictures(shop) for _ in range(3)))
    assert await pictures.get_counts(shop) == Counts(fetched=20)
    assert set(host.asked.values()) == {1}


async def test_whoever_was_stopped_in_between_leaves_nothing_lost(
    shop: Context, host: Host
) -> None:
    await merged(shop, named("mug", host.put("/a", never), host.put("/b", png("b"))))
    await heard(shop)
    task = asyncio.create_task(pictures.fetch_pictures(shop))
    while not host.asked["/a"] or await pictures.get_counts(shop) != Counts(waiting=1, fetched=1):
        await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    host.put("/a", png("a"))
    assert await fetched(shop) == Counts(waiting=1, fetched=1), "the claim holds for a while"
    later = shop.engines.clock.now() + timedelta(seconds=fetching.CLAIM_S)
    async with shop.transaction() as tx:
        claims = await working.claim(tx, {"127.0.0.1": 4}, 8, later, later)
    assert [(each.url, each.tries) for each in claims] == [(host.at("/a"), 2)]


async def test_a_claim_that_was_taken_over_settles_nothing(shop: Context, host: Host) -> None:
    await merged(shop, named("mug", host.at("/a")))
    await heard(shop)
    now = shop.engines.clock.now()
    async with shop.transaction() as tx:
        (first,) = await working.claim(tx, {"127.0.0.1": 4}, 8, now, now)
    async with shop.transaction() as tx:
        (second,) = await working.claim(tx, {"127.0.0.1": 4}, 8, now, now)
    late = outcome_of(first, Failure("picture_gone", "late"), now)
    async with shop.transaction() as tx:
        assert await working.settle(tx, [late]) == []
    assert (await only(shop, "waiting")).tries == second.tries == 2


ODD = ["https:///a.png", "https://[::1/a.png", "https://x y/a.png", "https://\u2603..\u00df/a.png"]


async def test_an_odd_address_fails_and_keeps_no_other_waiting(shop: Context, host: Host) -> None:
    good = host.put("/good.png", png("good"))
    await merged(shop, named("good", good))
    for number, url in enumerate(ODD):
        async with shop.transaction() as tx:
            await catalog.merge_products(tx, [named(f"odd{number}", url)])
    counts = await fetched(shop)
    assert (counts.fetched, counts.open) == (1, 0)
