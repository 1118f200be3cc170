"""Collections in the back office: picked by hand, put in order, chosen by a rule, taken back."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from galleria.commerce import collections
from galleria.commerce.catalog import ProductTree
from galleria.commerce.collections import Collection, Condition, Group, NewCollection
from galleria.engines.context import Context
from tests.commerce.selling import mug, put_on_sale
from tests.faces.backoffice.conftest import NewShop, Person, SignedIn


async def _held(shop: Context, made: Collection) -> list[UUID]:
    page = await collections.list_members(shop, made.collection_id)
    return [each.product_id for each in page.items]


async def _goods(shop: Context, *handles: str) -> list[UUID]:
    sold = [mug(handle, title=handle.capitalize(), tags=[handle]) for handle in handles]
    return [each.product_id for each in await put_on_sale(shop, *sold) if each.product_id]


async def _made(shop: Context, *product_ids: UUID) -> Collection:
    best = await collections.create_collection(shop, NewCollection(title="Best"))
    if product_ids:
        await collections.fill_collection(shop, best.collection_id, product_ids, [])
    return best


async def test_a_collection_is_made_described_removed_and_taken_back(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    page = await mia.get("/collections")
    assert "No collection yet." in page.text
    page = await mia.submit(page, "/collections", title="Summer", kind="hand")
    (summer,) = (await collections.list_collections(shop)).items
    path = f"/collections/{summer.collection_id}"
    assert page.path == mia.base + path
    assert "Nothing is in it yet." in page.text

    page = await mia.send(
        page,
        path,
        {
            "title": "High summer",
            "translations.de": "Hochsommer",
            "description_html": "Warm\n\nDays",
            "sort_order": "price",
            "published_from": "2026-06-01T08:30",
            "seo.title": "Summer things",
        },
    )
    assert "“High summer” is saved." in page.text
    saved = await collections.get_collection(shop, summer.collection_id)
    assert (saved.title, saved.translations) == ("High summer", {"de": "Hochsommer"})
    assert saved.description_html == "<p>Warm</p><p>Days</p>"
    assert (saved.sort_order, saved.seo.title) == ("price", "Summer things")
    assert saved.published_from is not None
    assert saved.published_from.isoformat() == "2026-06-01T08:30:00+00:00"

    refused = await mia.send(
        page, path, {"published_until": "2026-05-01T00:00", "title": "Kept as typed"}
    )
    assert refused.status == 422
    assert "It ends before it begins." in refused.text
    assert "Kept as typed" in refused.text
    stale = await mia.send(page, path, {"version": "1"})
    assert stale.status == 412

    page = await mia.submit(await mia.get(path), f"{path}/remove")
    assert page.path == f"{mia.base}/collections"
    assert (await collections.list_collections(shop)).items == []
    page = await mia.submit(page, f"{path}/restore")
    assert "“High summer” is back." in page.text
    assert "High summer" in (await mia.get("/collections")).text


async def test_members_are_found_added_ordered_taken_out_and_put_back(
    shop: Context, at_work: SignedIn
) -> None:
    ids = await _goods(shop, "apple", "berry", "cherry")
    best = await _made(shop)
    mia = await at_work(shop)
    path = f"/collections/{best.collection_id}"
    page = await mia.get(f"{path}?q=b")
    assert "Berry" in page.text
    assert "Cherry" not in page.text
    token = {"form_token": page.token}
    fields = [*token.items(), ("action", "add"), *(("product_id", str(each)) for each in ids)]
    page = await mia.browser.post(f"{mia.base}{path}/members", fields)
    assert "3 products were added." in page.text
    assert await _held(shop, best) == ids
    nothing = await mia.browser.post(f"{mia.base}{path}/members", {**token, "action": "add"})
    assert "Nothing was chosen." in nothing.text

    page = await mia.submit(page, f"{path}/members", action=f"up:{ids[2]}")
    assert await _held(shop, best) == [ids[0], ids[2], ids[1]]
    page = await mia.submit(page, f"{path}/members", action=f"down:{ids[0]}")
    assert await _held(shop, best) == [ids[2], ids[0], ids[1]]
    places = {f"place[{each}]": str(number) for number, each in enumerate(ids)}
    page = await mia.send(page, f"{path}/members", {**places, "action": "order"})
    assert await _held(shop, best) == ids

    page = await mia.submit(page, f"{path}/members", action=f"remove:{ids[1]}")
    assert await _held(shop, best) == [ids[0], ids[2]]
    assert "The product is out of the collection." in page.text
    fields = [*token.items(), ("action", "add"), ("product_id", str(ids[1]))]
    await mia.browser.post(f"{mia.base}{path}/members", fields)
    assert await _held(shop, best) == [ids[0], ids[2], ids[1]]
    odd = await mia.browser.post(f"{mia.base}{path}/members", {**token, "action": "sing"})
    assert odd.status == 422


async def test_a_rule_is_written_row_by_row_looked_at_and_saved(
    shop: Context, at_work: SignedIn
) -> None:
    ids = await _goods(shop, "apple", "berry", "cherry")
    best = await _made(shop, ids[2])
    mia = await at_work(shop)
    path = f"/collections/{best.collection_id}/rule"
    page = await mia.get(path)
    page = await mia.send(page, path, {"action": "add:0"})
    page = await mia.send(page, path, {"action": "group"})
    assert page.text.count('class="condition"') == 3
    page = await mia.send(page, path, {"action": "drop:1"})
    rows = {
        "rows[0].kind": "tag",
        "rows[0].value": "apple\r\nBERRY",
        "rows[1].kind": "price_min",
        "rows[1].value": "20,00",
        "rows[1].high": "24.00",
        "match[1]": "any",
    }
    page = await mia.send(page, path, {**rows, "action": "preview"})
    assert "2 products" in page.text
    assert "Apple" in page.text
    assert await _held(shop, best) == [ids[2]]

    page = await mia.send(page, path, {"action": "save"})
    assert "The rule is saved." in page.text
    saved = (await collections.get_collection(shop, best.collection_id)).rule
    assert saved == Group(
        conditions=[Condition(field="tag", operator="in", values=["apple", "BERRY"])],
        groups=[
            Group(
                match="any",
                conditions=[
                    Condition(field="price_min", operator="between", low=2_000, high=2_400)
                ],
            )
        ],
    )
    await collections.apply_rule(shop, best.collection_id)
    assert set(await _held(shop, best)) == set(ids[:2])
    page = await mia.get(path)
    again = dict(page.form(mia.base + path))
    assert (again["rows[1].value"], again["rows[1].high"]) == ("20.00", "24.00")
    token = {"form_token": page.token, "action": "by_hand"}
    page = await mia.browser.post(mia.base + path, token)
    assert (await collections.get_collection(shop, best.collection_id)).rule is None
    assert len(await _held(shop, best)) == 2


async def test_what_a_row_cannot_say_is_marked_where_it_stands(
    shop: Context, at_work: SignedIn
) -> None:
    best = await _made(shop)
    mia = await at_work(shop)
    path = f"/collections/{best.collection_id}/rule"
    page = await mia.get(path)
    for row, message in (
        ({"rows[0].kind": "category", "rows[0].value": "garden"}, "This category is not here"),
        ({"rows[0].kind": "stock", "rows[0].value": "many"}, "f-rows-0--value-wrong"),
        ({"rows[0].kind": "price_min", "rows[0].value": "x"}, "f-rows-0--value-wrong"),
        ({"rows[0].kind": "attribute", "rows[0].value": "x"}, "f-rows-0--code-wrong"),
        ({"rows[0].kind": "published_days", "rows[0].value": "0"}, "f-rows-0--value-wrong"),
        ({"rows[0].kind": "published", "rows[0].value": "May"}, "f-rows-0--value-wrong"),
        (
            {"rows[0].kind": "stock", "rows[0].value": "3", "rows[0].high": "2"},
            "It ends before it begins.",
        ),
        ({"rows[0].kind": "mood"}, "f-rows-0--kind"),
        ({"rows[0].kind": "tag", "rows[0].value": ""}, "Write at least one condition."),
    ):
        for action in ("save", "preview"):
            answer = await mia.send(page, path, {**row, "action": action})
            assert answer.status == 422, row
            assert message in answer.text, row
    assert (await collections.get_collection(shop, best.collection_id)).rule is None


async def test_every_kind_of_condition_comes_back_as_it_was_saved(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    kitchen = next(each for each in a_mug.categories if not each.is_direct)
    given = [
        Condition(field="tag", operator="in", values=["a", "b, c"]),
        Condition(field="category", operator="in", values=[str(kitchen.category_id)]),
        Condition(field="title", operator="contains", value="red mug"),
        Condition(field="attribute", operator="in", code="capacity_ml", values=[350.0]),
        Condition(field="attribute", operator="in", code="dishwasher_safe", values=[True]),
        Condition(field="attribute", operator="exists", code="material"),
        Condition(field="attribute", operator="between", code="capacity_ml", low=2.5),
        Condition(field="option", operator="in", code="Colour", values=["Blue"]),
        Condition(field="price_max", operator="between", high=1_290),
        Condition(field="on_sale", operator="is", value=False),
        Condition(field="discount_percent", operator="between", low=10.0, high=50.0),
        Condition(field="in_stock", operator="is", value=True),
        Condition(field="published", operator="within_days", days=30),
        Condition(
            field="created",
            operator="between",
            since=_day("2026-01-01"),
            until=_day("2026-02-01"),
        ),
        Condition(field="status", operator="is", value="draft"),
    ]
    rule = Group(match="any", conditions=given)
    wanted = NewCollection(title="All", rule=rule)
    made = await collections.create_collection(shop, wanted)
    mia = await at_work(shop)
    path = f"/collections/{made.collection_id}/rule"
    page = await mia.send(await mia.get(path), path, {"action": "save"})
    assert page.status == 200
    assert (await collections.get_collection(shop, made.collection_id)).rule == rule


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def test_a_rule_with_groups_inside_groups_is_not_squeezed_in(
    shop: Context, at_work: SignedIn
) -> None:
    one = Condition(field="tag", operator="is", value="x")
    deep = Group(groups=[Group(groups=[Group(conditions=[one])])])
    made = await collections.create_collection(shop, NewCollection(title="Deep", rule=deep))
    mia = await at_work(shop)
    page = await mia.get(f"/collections/{made.collection_id}/rule")
    assert "groups inside groups" in page.text


@pytest.mark.parametrize("path", ["", "/rule"])
async def test_who_may_only_read_sees_no_button_and_another_shop_nothing(
    shop: Context, at_work: SignedIn, new_shop: NewShop, path: str
) -> None:
    ids = await _goods(shop, "apple")
    best = await _made(shop, *ids)
    reader: Person = await at_work(shop, "viewer")
    page = await reader.get(f"/collections/{best.collection_id}{path}")
    assert page.status == 200
    assert not page.has_form(f"{reader.base}/collections/{best.collection_id}/remove")
    token = {"form_token": page.token} if "form_token" in page.text else {"form_token": "x"}
    answer = await reader.browser.post(
        f"{reader.base}/collections/{best.collection_id}/remove", token
    )
    assert answer.status == 403
    stranger = await at_work(await new_shop())
    assert (await stranger.get(f"/collections/{best.collection_id}{path}")).status == 404
