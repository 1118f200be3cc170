"""Replacing a key: both open for a while, and the old one ends at its very instant."""

from datetime import timedelta

import pytest

from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from galleria.platform import access, audit
from galleria.platform.access import CreatedKey, KeyChanges, KeyTerms
from galleria.platform.access.model.guarding import Caller
from galleria.platform.access.room import ROOM
from tests.platform.conftest import acting_with, at, client_of, later

HERE = Caller("192.0.2.7")


@pytest.fixture
async def old(shop_ctx: Context) -> CreatedKey:
    """A key with everything on it that goes over."""
    return await access.create_key(
        shop_ctx,
        "till",
        ["orders:read", "stock:write"],
        shop_ctx.now + timedelta(days=30),
        terms=KeyTerms(
            owner="Ana",
            notes="in the back room",
            allowed_networks=["192.0.2.0/24", "2001:db8::/32"],
            requests_per_minute=90,
        ),
    )


async def test_the_new_key_has_all_of_the_old_one_and_a_text_of_its_own(
    shop_ctx: Context, old: CreatedKey
) -> None:
    rotated = await access.rotate_key(later(shop_ctx, days=10), old.key_id, 3600)
    new = rotated.new

    assert (new.name, new.scopes, new.terms) == (old.name, old.scopes, old.terms)
    assert new.expires_at == shop_ctx.now + timedelta(days=40), "as long as it was meant to"
    assert new.key != old.key
    assert (rotated.old.rotated_to, new.rotated_from) == (new.key_id, old.key_id)
    assert (rotated.old.status, new.status) == ("grace", "active")
    actor = await access.admit(later(shop_ctx, days=11), new.key, HERE)
    assert actor is not None
    assert actor.actor.requests_per_minute == 90


async def test_both_open_until_the_very_instant_the_grace_ends_though_they_are_remembered(
    shop_ctx: Context, old: CreatedKey
) -> None:
    rotated = await access.rotate_key(shop_ctx, old.key_id, 60)
    ends_at = rotated.old.grace_ends_at
    assert ends_at is not None
    assert ends_at.microsecond == 0
    assert timedelta(seconds=60) <= ends_at - shop_ctx.now < timedelta(seconds=61)

    tick = timedelta(microseconds=1)
    for _ in range(2):  # looked up, then remembered
        assert await access.admit(at(shop_ctx, ends_at - tick), old.key, HERE)
        assert await access.admit(at(shop_ctx, ends_at - tick), rotated.new.key, HERE)
        with pytest.raises(access.KeyGraceIsOver):
            await access.admit(at(shop_ctx, ends_at), old.key, HERE)
    assert await access.admit(at(shop_ctx, ends_at), rotated.new.key, HERE)
    shown = await access.get_key(at(shop_ctx, ends_at), old.key_id)
    assert shown.status == "grace_ended"


async def test_no_grace_kills_a_leaked_key_at_once(shop_ctx: Context, old: CreatedKey) -> None:
    assert await access.admit(shop_ctx, old.key, HERE), "it is remembered"
    rotated = await access.rotate_key(shop_ctx, old.key_id, 0)
    with pytest.raises(access.KeyGraceIsOver):
        await access.admit(shop_ctx, old.key, HERE)
    assert await access.admit(shop_ctx, rotated.new.key, HERE)


async def test_grace_never_outlives_the_key_and_the_end_says_which_it_was(
    shop_ctx: Context, old: CreatedKey
) -> None:
    rotated = await access.rotate_key(shop_ctx, old.key_id, 60 * 86_400)
    assert rotated.old.grace_ends_at == old.expires_at
    with pytest.raises(access.KeyGraceIsOver):
        await access.admit(later(shop_ctx, days=30), old.key, HERE)


async def test_a_dead_key_is_not_replaced(shop_ctx: Context, old: CreatedKey) -> None:
    with pytest.raises(access.KeyNotRotatable, match="expired"):
        await access.rotate_key(later(shop_ctx, days=30), old.key_id)
    await access.revoke_key(shop_ctx, old.key_id)
    with pytest.raises(access.KeyNotRotatable, match="revoked"):
        await access.rotate_key(shop_ctx, old.key_id)
    with pytest.raises(access.KeyNotFound):
        await access.rotate_key(shop_ctx, new_id())
    assert len((await access.list_keys(shop_ctx)).items) == 1


async def test_a_key_has_one_successor_and_that_may_have_one_of_its_own(
    shop_ctx: Context, old: CreatedKey
) -> None:
    first = await access.rotate_key(shop_ctx, old.key_id, 3600)
    with pytest.raises(access.KeyAlreadyRotated):
        await access.rotate_key(shop_ctx, old.key_id, 0)
    second = await access.rotate_key(shop_ctx, first.new.key_id, 0)
    assert await access.admit(shop_ctx, old.key, HERE), "its own grace goes on"
    with pytest.raises(access.KeyGraceIsOver):
        await access.admit(shop_ctx, first.new.key, HERE)
    assert await access.admit(shop_ctx, second.new.key, HERE)
    with pytest.raises(access.KeyAlreadyRotated):
        await access.cancel_rotation(shop_ctx, old.key_id)


async def test_finishing_ends_the_old_key_now_and_is_safe_to_repeat(
    shop_ctx: Context, old: CreatedKey
) -> None:
    await access.rotate_key(shop_ctx, old.key_id, 3600)
    finished = await access.finish_rotation(later(shop_ctx, seconds=5), old.key_id)
    assert finished.status == "grace_ended"
    with pytest.raises(access.KeyGraceIsOver):
        await access.admit(later(shop_ctx, seconds=5), old.key, HERE)
    again = await access.finish_rotation(later(shop_ctx, seconds=9), old.key_id)
    assert again.grace_ends_at == finished.grace_ends_at
    with pytest.raises(access.KeyNotInGrace):
        await access.cancel_rotation(later(shop_ctx, seconds=9), old.key_id)


async def test_cancelling_leaves_the_old_key_as_it_was(shop_ctx: Context, old: CreatedKey) -> None:
    before = await access.get_key(shop_ctx, old.key_id)
    rotated = await access.rotate_key(shop_ctx, old.key_id, 3600)
    await access.set_brown_out(shop_ctx, old.key_id, 100)
    await access.cancel_rotation(shop_ctx, old.key_id)

    assert await access.get_key(shop_ctx, old.key_id) == before
    assert await access.admit(later(shop_ctx, days=2), old.key, HERE)
    with pytest.raises(access.KeyIsRevoked):
        await access.admit(shop_ctx, rotated.new.key, HERE)
    assert (await access.get_key(shop_ctx, rotated.new.key_id)).revoke_reason == (
        "rotation_cancelled"
    )
    await access.rotate_key(shop_ctx, old.key_id, 3600)


@pytest.mark.parametrize("act", ["finish_rotation", "cancel_rotation"])
async def test_what_is_not_being_replaced_cannot_be_finished_or_cancelled(
    shop_ctx: Context, old: CreatedKey, act: str
) -> None:
    with pytest.raises(access.KeyNotInGrace):
        await getattr(access, act)(shop_ctx, old.key_id)
    with pytest.raises(access.KeyNotInGrace):
        await access.set_brown_out(shop_ctx, old.key_id, 1)
    with pytest.raises(access.KeyNotFound):
        await getattr(access, act)(shop_ctx, new_id())


async def test_nobody_replaces_a_key_that_may_do_more_than_they(
    shop_ctx: Context, old: CreatedKey
) -> None:
    with pytest.raises(access.ScopeNotHeld):
        await access.rotate_key(acting_with(shop_ctx, "keys:write", "orders:read"), old.key_id)
    assert (await access.get_key(shop_ctx, old.key_id)).status == "active"


async def test_another_shop_cannot_touch_the_key(
    shop_ctx: Context, other_shop_ctx: Context, old: CreatedKey
) -> None:
    await access.rotate_key(shop_ctx, old.key_id, 3600)
    for act in (
        access.rotate_key,
        access.finish_rotation,
        access.cancel_rotation,
        access.rotation_of,
        access.get_key,
        access.list_uses,
        access.revoke_key,
    ):
        with pytest.raises(access.KeyNotFound):
            await act(other_shop_ctx, old.key_id)
    with pytest.raises(access.KeyNotFound):
        await access.change_key(other_shop_ctx, old.key_id, KeyChanges(name="mine"))
    assert await access.admit(other_shop_ctx, old.key, HERE) is None


async def test_a_brown_out_refuses_about_its_share_and_says_why(
    shop_ctx: Context, old: CreatedKey
) -> None:
    await access.rotate_key(shop_ctx, old.key_id, 3600)

    async def refused(percent: int, tries: int) -> int:
        await access.set_brown_out(shop_ctx, old.key_id, percent)
        count = 0
        for _ in range(tries):
            try:
                await access.admit(shop_ctx, old.key, HERE)
            except access.KeyInBrownOut as error:
                assert "take the new key" in error.detail
                assert dict(error.headers).keys() == {b"deprecation", b"sunset"}
                count += 1
        return count

    assert await refused(0, 100) == 0
    assert await refused(100, 100) == 100
    # Of 3,000 tries at 10 %: 300, and ten standard deviations of 16.4 each way.
    assert 136 < await refused(10, 3_000) < 464


async def test_it_is_safe_to_finish_once_only_the_new_key_is_used(
    shop_ctx: Context, old: CreatedKey
) -> None:
    rotated = await access.rotate_key(shop_ctx, old.key_id, 7 * 86_400)
    notebook = shop_ctx.engines.notebook
    assert (await access.rotation_of(shop_ctx, old.key_id)).verdict == "new_not_used"

    caller = Caller("192.0.2.99", None, "python-requests/2.31", "/admin/v1/orders/7")
    await access.admit(later(shop_ctx, hours=1), old.key, caller)
    await notebook.write_down()
    view = await access.rotation_of(later(shop_ctx, hours=2), old.key_id)
    assert view.verdict == "old_in_use"
    (group,) = view.still_used_by
    assert (group.client, group.agent, group.route) == (
        "192.0.2.0/24",
        "python-requests/2",
        "admin/orders",
    )
    await access.admit(later(shop_ctx, hours=24), rotated.new.key, caller)
    await notebook.write_down()
    for hours, said in ((24.5, "old_in_use"), (25, "safe")):
        view = await access.rotation_of(later(shop_ctx, hours=hours), old.key_id)
        assert view.verdict == said
    shorter = await access.rotation_of(later(shop_ctx, hours=24.5), old.key_id, quiet_hours=2)
    assert shorter.verdict == "safe"


async def test_the_diary_and_the_log_tell_of_each_step(shop_ctx: Context, old: CreatedKey) -> None:
    await access.rotate_key(shop_ctx, old.key_id, 3600)
    await access.set_brown_out(shop_ctx, old.key_id, 10)
    await access.cancel_rotation(shop_ctx, old.key_id)
    await access.rotate_key(shop_ctx, old.key_id, 3600)
    await access.finish_rotation(shop_ctx, old.key_id)

    told = [
        each.action
        for each in (await audit.list_entries(shop_ctx, subject=f"key:{old.key_id}")).items
    ]
    assert sorted(told) == [
        "keys.brown_out_set",
        "keys.created",
        "keys.rotated",
        "keys.rotated",
        "keys.rotation_cancelled",
        "keys.rotation_finished",
    ]
    rows = await shop_ctx.read("SELECT tag FROM event_log.outbox WHERE tenant_id = $1")
    tags = {row["tag"] for row in rows}
    assert {
        "access.key_rotated.v1",
        "access.key_rotation_cancelled.v1",
        "access.key_rotation_finished.v1",
        "access.key_changed.v1",
    } <= tags


async def test_a_key_is_replaced_over_http(shop_ctx: Context, old: CreatedKey) -> None:
    path = f"/admin/v1/keys/{old.key_id}/rotation"
    async with client_of(ROOM.routes, acting_with(shop_ctx, "*")) as client:
        assert (await client.get(path)).json()["code"] == "key_not_in_grace"
        made = await client.post(path, json={"grace_s": 600})
        assert made.status_code == 201, made.text
        assert await access.admit(shop_ctx, made.json()["new"]["key"], HERE)
        assert (await client.post(path, json={})).json()["code"] == "key_already_rotated"
        shown = (await client.get(path)).json()
        assert shown["verdict"] == "new_not_used"
        assert made.json()["new"]["key"] not in str(shown)
        browned = await client.put(f"{path}/brown-out", json={"percent": 10})
        assert browned.json()["brown_out_percent"] == 10
        assert (await client.put(f"{path}/brown-out", json={"percent": 101})).status_code == 422
        assert (await client.delete(path)).json()["status"] == "active"
        assert (await client.post(path, json={"grace_s": -1})).status_code == 422
        assert (await client.post(path, json={"grace_s": 10**9})).status_code == 422
        assert (await client.post(path, json={"grace_s": 600})).status_code == 201
        assert (await client.post(f"{path}/finish")).json()["status"] == "grace_ended"
    async with client_of(ROOM.routes, acting_with(shop_ctx, "keys:read")) as client:
        for method, place in (("POST", path), ("DELETE", path), ("POST", f"{path}/finish")):
            assert (await client.request(method, place, json={})).status_code == 403
