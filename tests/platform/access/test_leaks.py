"""Keys that turn up in public, traps that are stepped into, and warnings before an end."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from galleria.engines.context import Context
from galleria.engines.mail.outbox import OutboxMail
from galleria.foundation.events import Envelope
from galleria.foundation.ids import mint_token, new_id
from galleria.platform import access, audit
from galleria.platform.access import LeakPolicy
from galleria.platform.access.jobs import (
    EndingKey,
    LeakedKey,
    UsedCanary,
    _canary,
    _ending,
    _leaked,
)
from galleria.platform.access.model.guarding import Caller
from galleria.platform.access.model.leaks import FoundToken
from galleria.platform.access.room import ROOM
from galleria.platform.access.service.leaks import MOST_A_MINUTE, take_reports
from galleria.platform.access.service.leaving import erase_keys, export_keys
from galleria.platform.access.service.warning import write_to_owners
from tests.platform.conftest import NewPerson, client_of, later


async def report(house: Context, *texts: str, address: str | None = None) -> list[str]:
    """What is said of each text."""
    found = [FoundToken(token=each, type="t", url="https://git.example/a") for each in texts]
    verdicts = await take_reports(house, found, address or f"test-{new_id()}")
    return [each.label for each in verdicts]


async def told(ctx: Context, tag: str) -> list[dict[str, Any]]:
    rows = await ctx.read(
        "SELECT payload FROM event_log.outbox WHERE tenant_id = $1 AND tag = $2", tag
    )
    return [
        row["payload"]
        if isinstance(row["payload"], dict)
        else msgspec.json.decode(row["payload"], type=dict)
        for row in rows
    ]


async def test_a_leaked_key_is_revoked_at_once(
    house_ctx: Context, shop_ctx: Context, other_shop_ctx: Context
) -> None:
    made = await access.create_key(shop_ctx, "till", ["orders:read"])
    bystander = await access.create_key(other_shop_ctx, "till", ["orders:read"])
    assert await access.actor_of_key(shop_ctx, made.key), "it is remembered"

    assert await report(house_ctx, made.key) == ["true_positive"]
    with pytest.raises(access.KeyIsRevoked):
        await access.admit(shop_ctx, made.key, Caller())
    key = await access.get_key(shop_ctx, made.key_id)
    assert key.revoke_reason == "leaked"
    (event,) = await told(shop_ctx, "access.key_leaked.v1")
    assert (event["outcome"], event["url"]) == ("revoked", "https://git.example/a")
    assert made.key not in repr(event)
    entries = (await audit.list_entries(shop_ctx)).items
    assert {"keys.leaked", "keys.created"} <= {each.action for each in entries}
    assert await access.actor_of_key(other_shop_ctx, bystander.key)

    assert await report(house_ctx, made.key) == ["true_positive"], "it is still one of ours"
    assert len(await told(shop_ctx, "access.key_leaked.v1")) == 1, "and is told of once"


async def test_a_shop_may_let_a_leaked_key_end_soon_and_replace_it_meanwhile(
    house_ctx: Context, shop_ctx: Context
) -> None:
    await access.set_leak_policy(shop_ctx, LeakPolicy(on_leak="end_soon", grace_s=600))
    made = await access.create_key(shop_ctx, "till", ["orders:read"])
    await report(house_ctx, made.key)
    now = (await access.get_key(shop_ctx, made.key_id)).rotated_at
    assert now is not None
    rotated = await access.rotate_key(later(shop_ctx, seconds=60), made.key_id, 86_400)
    ends_at = rotated.old.grace_ends_at
    assert ends_at is not None
    assert ends_at <= now + timedelta(seconds=601), "replacing it does not make it live longer"
    assert await access.actor_of_key(shop_ctx, made.key)
    with pytest.raises(access.KeyGraceIsOver):
        await access.admit(later(shop_ctx, hours=1), made.key, Caller())
    await report(house_ctx, made.key)
    assert (await access.get_key(shop_ctx, made.key_id)).grace_ends_at == ends_at


async def test_a_shop_may_only_be_told(house_ctx: Context, shop_ctx: Context) -> None:
    await access.set_leak_policy(shop_ctx, LeakPolicy(on_leak="warn"))
    made = await access.create_key(shop_ctx, "till", ["orders:read"])
    assert await report(house_ctx, made.key) == ["true_positive"]
    assert await access.actor_of_key(shop_ctx, made.key)
    (event,) = await told(shop_ctx, "access.key_leaked.v1")
    assert event["outcome"] == "warned"


async def test_a_publishable_key_is_in_public_anyway(house_ctx: Context, shop_ctx: Context) -> None:
    made = await access.create_key(shop_ctx, "web", ["search:read"], kind="publishable")
    assert await report(house_ctx, made.key) == ["false_positive"]
    assert await access.actor_of_key(shop_ctx, made.key)


async def test_what_is_no_key_is_answered_in_the_same_shape(
    house_ctx: Context, shop_ctx: Context
) -> None:
    made = await access.create_key(shop_ctx, "till", ["orders:read"])
    tenant_id = shop_ctx.tenant.tenant_id
    texts = [made.key, mint_token("rk", tenant_id), mint_token("rk", 2**31 - 1), "nonsense", "é"]
    async with client_of(ROOM.routes, house_ctx) as client:
        body = [{"token": text, "type": "galleria_key"} for text in texts]
        answer = await client.post("/secret-scanning", json=body)
        assert answer.status_code == 200, answer.text
        for text, said in zip(texts, answer.json(), strict=True):
            digest = hashlib.sha256(text.encode()).digest()
            assert said["token_hash"] == base64.b64encode(digest).decode()
            assert said["token_type"] == "galleria_key"
        assert [each["label"] for each in answer.json()] == [
            "true_positive",
            *["false_positive"] * 4,
        ]
        bad: list[Any] = [[], [{"token": ""}], [{"token": "x"}] * 101, [{"token": "x" * 301}], {}]
        for wrong in bad:
            answer = await client.post("/secret-scanning", json=wrong)
            assert answer.status_code == 422, (str(wrong)[:50], answer.text[:200])


async def test_one_address_may_send_so_many_texts_a_minute(house_ctx: Context) -> None:
    address = f"test-{new_id()}"
    for _ in range(MOST_A_MINUTE // 100):
        await report(house_ctx, *["x"] * 100, address=address)
    with pytest.raises(access.TooManyReports):
        await report(house_ctx, "x", address=address)
    assert await report(house_ctx, "x") == ["false_positive"], "others go on"


async def test_a_trap_opens_nothing_and_raises_one_alarm_for_many_tries(
    house_ctx: Context, shop_ctx: Context
) -> None:
    trap = await access.create_key(shop_ctx, "backup key", ["*"], is_canary=True)
    for _ in range(50):
        assert await access.admit(shop_ctx, trap.key, Caller("203.0.113.66", None, "x")) is None
    await shop_ctx.engines.notebook.write_down()
    (event,) = await told(shop_ctx, "access.canary_used.v1")
    assert (event["client_address"], event["uses"]) == ("203.0.113.66", 50)
    (entry,) = (await audit.list_entries(shop_ctx, subject=f"key:{trap.key_id}")).items[:1]
    assert entry.action == "keys.canary_used"
    assert await report(house_ctx, trap.key) == ["true_positive"]
    await shop_ctx.engines.notebook.write_down()
    assert len(await told(shop_ctx, "access.canary_used.v1")) == 2
    with pytest.raises(access.KeyNotRotatable):
        await access.rotate_key(shop_ctx, trap.key_id)


async def test_a_shop_is_warned_14_3_and_1_days_before_once_each(shop_ctx: Context) -> None:
    made = await access.create_key(shop_ctx, "till", ["orders:read"], later(shop_ctx, days=20).now)
    await access.create_key(shop_ctx, "for good", ["orders:read"])
    gone = await access.create_key(shop_ctx, "gone", ["orders:read"], later(shop_ctx, days=20).now)
    await access.revoke_key(shop_ctx, gone.key_id)
    seen = []
    for hour in range(0, 21 * 24, 5):
        if await access.warn_of_ends(later(shop_ctx, hours=hour)):
            seen.append(hour)
        assert await access.warn_of_ends(later(shop_ctx, hours=hour)) == 0
    days = [(event["key_id"], event["within_days"]) for event in await ending_events(shop_ctx)]
    assert days == [(str(made.key_id), each) for each in (14, 3, 1)]
    assert [20 * 24 - hour for hour in seen] == pytest.approx([14 * 24, 72, 24], abs=5)


async def ending_events(ctx: Context) -> list[dict[str, Any]]:
    events = await told(ctx, "access.key_ending.v1")
    return sorted(events, key=lambda event: -event["within_days"])


async def test_keys_that_end_soon_are_listed_the_soonest_first(shop_ctx: Context) -> None:
    for name, days in (("late", 13), ("soon", 2), ("far", 15)):
        ends = later(shop_ctx, days=days).now
        await access.create_key(shop_ctx, name, ["orders:read"], ends)
    old = await access.create_key(shop_ctx, "old", ["orders:read"])
    await access.rotate_key(shop_ctx, old.key_id, 86_400)
    names = [key.name for key in await access.ending_soon(shop_ctx)]
    assert names == ["old", "soon", "late"]


@pytest.mark.parametrize(
    ("payload", "make", "words"),
    [
        (EndingKey(UUID(int=1), "till", None), _ending, ["ends on", "Replace it"]),  # type: ignore[arg-type]
        (
            LeakedKey(UUID(int=1), "till\nBcc: x", "revoked", "https://a.example"),
            _leaked,
            ["found in public", "revoked at once", "https://a.example"],
        ),
        (UsedCanary(UUID(int=1), "till", "203.0.113.9"), _canary, ["trap", "203.0.113.9"]),
    ],
)
async def test_the_owners_get_a_letter_once(
    shop_ctx: Context,
    new_person: NewPerson,
    payload: Any,
    make: Any,
    words: Sequence[str],
) -> None:
    owner, clerk = await new_person(), await new_person()
    await access.grant(shop_ctx, owner.person_id, "owner")
    await access.grant(shop_ctx, clerk.person_id, "clerk")
    if isinstance(payload, EndingKey):
        payload = EndingKey(payload.key_id, payload.name, later(shop_ctx, days=3).now)
    envelope = Envelope(
        event_id=new_id(),
        tag="x",
        tenant_id=shop_ctx.tenant.tenant_id,
        subject_id="x",
        occurred_at=shop_ctx.now,
        actor="system:x",
        request_id="x",
        caused_by=None,
        payload=payload,
    )
    for _ in range(2):
        assert await write_to_owners(shop_ctx, make(envelope)) == 1
    box = shop_ctx.engines.mail
    assert isinstance(box, OutboxMail)
    letters = [
        each for each in await box.letters(shop_ctx.tenant.tenant_id) if each.to == owner.email
    ]
    assert {each.mail_id for each in letters} == {letters[0].mail_id}, "the same letter again"
    for word in words:
        assert word in letters[0].subject + letters[0].text


async def test_a_shop_takes_its_keys_along_without_their_hashes_and_leaves_none(
    shop_ctx: Context, other_shop_ctx: Context
) -> None:
    made = await access.create_key(shop_ctx, "till", ["orders:read"])
    kept = await access.create_key(other_shop_ctx, "till", ["orders:read"])
    for ctx, key in ((shop_ctx, made), (other_shop_ctx, kept)):
        assert await access.admit(ctx, key.key, Caller("192.0.2.1"))
        await access.set_leak_policy(ctx, LeakPolicy(on_leak="warn"))
    await shop_ctx.engines.notebook.write_down()
    lines = [msgspec.json.decode(line) async for line in export_keys(shop_ctx)]
    assert [next(iter(line)) for line in lines] == ["key", "key_use", "leak_policy"]
    digest = hashlib.sha256(made.key.encode())
    for secret in (made.key, digest.hexdigest(), base64.b64encode(digest.digest()).decode()):
        assert secret not in repr(lines)

    await erase_keys(shop_ctx)
    assert await access.actor_of_key(shop_ctx, made.key) is None
    assert [line async for line in export_keys(shop_ctx)] == []
    assert await access.actor_of_key(other_shop_ctx, kept.key)
    assert len([line async for line in export_keys(other_shop_ctx)]) == 3
