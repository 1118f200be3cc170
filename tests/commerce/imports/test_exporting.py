"""The whole shop goes out as a file that, coming back in, changes nothing."""

import gzip
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from galleria.commerce import catalog, imports, inventory
from galleria.commerce.imports import service
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from galleria.platform import tenants
from tests.commerce.imports.conftest import (
    SAMPLES,
    OpenShop,
    contents_of,
    counts,
    json_lines,
    mugs,
    products_of,
    taken_in,
)


async def exported(ctx: Context, *, is_packed: bool = False) -> bytes:
    return b"".join([part async for part in imports.export_shop(ctx, is_packed=is_packed)])


async def rich_shop(ctx: Context) -> None:
    """A shop with everything an export has to keep."""
    for name in ("stationery.jsonl", "garden-shopify.csv"):
        await taken_in(ctx, (SAMPLES / name).read_bytes(), publish=True)
    new = tenants.NewChannel(code="us", name="US", currency="USD", locale="en")
    await tenants.create_channel(ctx, new)
    await inventory.create_location(ctx, inventory.NewLocation(code="leipzig", name="Leipzig"))
    line: dict[str, Any] = {
        "title": "All of it",
        "handle": "all-of-it",
        "description_html": '<p>Text</p><script>no</script><a href="/x">y</a>',
        "attributes": {"t_shirt_size": "L", "b_side": True, "n_w": 1.0, "count": 12},
        "options": [{"name": "Size", "values": ["S", "M"]}],
        "variants": [
            {
                "sku": "ALL-S",
                "option_values": ["S"],
                "prices": [
                    {"amount_minor": 100, "compare_at_minor": 150},
                    {"amount_minor": 120, "channel": "us"},
                ],
                "stock": [{"on_hand": 3}, {"on_hand": 0, "location": "leipzig"}],
                "image_url": "https://example.com/s.jpg",
                "is_shippable": False,
            },
            {"option_values": ["M"], "is_tracked": True, "allows_backorder": True},
        ],
        "media": [{"source_url": "https://example.com/a.jpg", "alt": "A", "alts": {"de": "Ä"}}],
        "category_paths": [["Prints & More", "A3"], ["Sale"]],
        "collections": ["Summer time"],
        "translations": {"de": {"title": "Alles", "options": {"Size": "Größe"}}},
        "seo": {"title": "All", "description": "of it"},
    }
    await taken_in(ctx, json_lines(line))
    await taken_in(ctx, json_lines({"title": "Old", "status": "archived", "tags": ["a", "b"]}))


@pytest.mark.parametrize("is_packed", [False, True])
async def test_an_export_taken_in_again_changes_nothing(shop: Context, is_packed: bool) -> None:
    await rich_shop(shop)
    content = await exported(shop, is_packed=is_packed)
    before = await products_of(shop)
    preview = await taken_in(shop, content, is_dry_run=True)

    run = await taken_in(shop, content)

    assert counts(run) == counts(preview) == (0, 0, len(before), 0)
    assert (run.format, run.problem_count) == ("galleria_export", 0)
    assert await products_of(shop) == before
    assert await exported(shop) == await exported(shop)


async def test_edits_by_hand_are_in_the_export_and_survive_it(shop: Context) -> None:
    await rich_shop(shop)
    product = (await products_of(shop))["all-of-it"]
    changes = catalog.ProductChanges(title="All of it, edited by hand")
    await catalog.update_product(shop, product.product_id, changes)
    async with shop.transaction() as tx:
        url = "https://example.com/a.jpg"
        await catalog.attach_media(tx, product.product_id, url, new_id())

    content = await exported(shop)
    run = await taken_in(shop, content)
    assert counts(run)[:2] == (0, 0)
    assert (await products_of(shop))["all-of-it"].title == "All of it, edited by hand"

    lines = content.splitlines()
    at = next(at for at, line in enumerate(lines) if b"edited by hand" in line)
    lines[at] = lines[at].replace(b"edited by hand", b"edited by file")
    run = await taken_in(shop, b"\n".join(lines))
    assert counts(run)[:2] == (0, 1), "what was edited in the file is the one change"
    assert (await products_of(shop))["all-of-it"].title == "All of it, edited by file"


async def test_another_shop_becomes_the_same_by_an_export(
    shop: Context, other_shop: Context
) -> None:
    await rich_shop(shop)
    new = tenants.NewChannel(code="us", name="US", currency="USD", locale="en")
    await tenants.create_channel(other_shop, new)
    async with other_shop.transaction() as tx:
        await inventory.ensure_location(tx)
    await inventory.create_location(
        other_shop, inventory.NewLocation(code="leipzig", name="Leipzig")
    )
    content = await exported(shop)

    run = await taken_in(other_shop, content)

    assert run.problem_codes == {}
    theirs, ours = await contents_of(other_shop), await contents_of(shop)
    for mine, other in zip(ours["products"].items(), theirs["products"].items(), strict=True):
        assert [*mine[1][:2], *mine[1][3:]] == [*other[1][:2], *other[1][3:]]
    again = await taken_in(other_shop, content)
    assert counts(again) == (0, 0, run.created_count, 0)
    words = [msgspec.json.decode(line) for line in (await exported(other_shop)).splitlines()[1:]]
    first = [msgspec.json.decode(line) for line in content.splitlines()[1:]]
    for line in words + first:
        line.pop("product_id")
    assert sorted(words, key=lambda each: each["handle"]) == sorted(
        first, key=lambda each: each["handle"]
    )


async def test_an_empty_shop_has_an_export_too(shop: Context, other_shop: Context) -> None:
    await taken_in(other_shop, mugs(2))
    content = await exported(shop)
    assert len(content.splitlines()) == 1, "and nothing of another shop is in it"
    run = await taken_in(shop, content)
    assert (run.state, counts(run)) == ("done", (0, 0, 0, 0))


async def test_many_products_are_walked_through_page_by_page(shop: Context) -> None:
    await taken_in(shop, mugs(620))
    lines = (await exported(shop)).splitlines()
    handles = {msgspec.json.decode(line)["handle"] for line in lines[1:]}
    assert (len(lines), len(handles)) == (621, 620)


async def test_an_export_is_written_to_a_file_by_a_job(shop: Context, other_shop: Context) -> None:
    await taken_in(shop, mugs(3))
    export = await imports.start_export(shop)
    with pytest.raises(imports.ExportNotReady):
        await imports.open_export(shop, export.export_id)

    written = await service.write_export(shop, export.export_id)

    assert (written.state, written.product_count) == ("done", 3)
    assert await service.write_export(shop, export.export_id) == written, "safe to repeat"
    _, stream = await imports.open_export(shop, export.export_id)
    content = b"".join([chunk async for chunk in stream])
    assert len(content) == written.size_bytes
    assert len(gzip.decompress(content).splitlines()) == 4
    assert (await imports.list_exports(shop)).items == [written]
    assert (await imports.list_exports(other_shop)).items == []
    with pytest.raises(imports.ExportNotFound):
        await imports.open_export(other_shop, export.export_id)


async def test_old_files_are_removed_and_what_was_done_with_them_stays(
    open_shop: OpenShop,
) -> None:
    ctx = await open_shop()
    run = await taken_in(ctx, mugs(2) + b"{broken\n")
    export = await service.write_export(ctx, (await imports.start_export(ctx)).export_id)
    waiting = await imports.accept_file(ctx, "waits", mugs(1))
    await imports.start_import(ctx, waiting.file_id)
    assert await service.remove_old_files(ctx) == 0

    later = Context(
        ctx.engines, ctx.tenant, ctx.actor, ctx.request_id, now=ctx.now + timedelta(days=31)
    )
    assert await service.remove_old_files(later) == 2
    assert await service.remove_old_files(later) == 0
    with pytest.raises(imports.FileNotFound):
        await imports.get_file(ctx, run.file_id)
    with pytest.raises(imports.ExportNotReady):
        await imports.open_export(ctx, export.export_id)
    assert (await imports.get_run(ctx, run.run_id)).problem_count == 1
    assert (await imports.list_problems(ctx, run.run_id)).items == []
    assert (await imports.get_file(ctx, waiting.file_id)).size_bytes > 0


async def test_pictures_keep_their_ids_at_home_and_their_addresses_elsewhere(
    shop: Context, other_shop: Context
) -> None:
    pictures = [{"source_url": "https://example.com/a.jpg"}, {"media_id": str(new_id())}]
    await taken_in(shop, json_lines({"title": "A", "media": pictures}))
    product = (await products_of(shop))["a"]
    url, fetched = "https://example.com/a.jpg", new_id()
    async with shop.transaction() as tx:
        await catalog.attach_media(tx, product.product_id, url, fetched)
    before = (await products_of(shop))["a"]
    content = await exported(shop)

    elsewhere = await taken_in(other_shop, content)
    assert elsewhere.problem_codes == {"picture_left_out": 1}
    (picture,) = (await products_of(other_shop))["a"].media
    assert (picture.source_url, picture.media_id) == (url, None)

    await catalog.delete_product(shop, product.product_id)
    at_home = await taken_in(shop, content)
    assert (counts(at_home), at_home.problem_codes) == ((1, 0, 0, 0), {})
    assert (await products_of(shop))["a"].media == before.media


async def test_a_place_opened_while_a_file_is_written_is_in_the_next_one(shop: Context) -> None:
    await taken_in(shop, mugs(1))
    writing = imports.export_shop(shop)
    header = await anext(writing)
    place = await inventory.create_location(shop, inventory.NewLocation(code="new", name="New"))
    (tree,) = (await products_of(shop)).values()
    goods = inventory.AdjustStock(delta=4, location_id=place.location_id)
    await inventory.adjust_stock(shop, tree.variants[0].variant_id, goods)
    (line,) = [msgspec.json.decode(each) async for each in writing]
    assert b"galleria_export" in header
    assert line["variants"][0].get("stock", []) == []
    again = [each async for each in imports.export_shop(shop)]
    assert b'{"on_hand":4,"location":"new"}' in b"".join(again)
