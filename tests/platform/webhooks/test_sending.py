"""Messages arrive: signed, once or again, in order where that is asked for, and never in vain."""

import asyncio
import base64
from datetime import timedelta

import msgspec
import pytest
from standardwebhooks.webhooks import WebhookVerificationError

from galleria.engines.context import Context, Engines, Tenant
from galleria.foundation.clock import ManualClock
from galleria.foundation.ids import new_id
from galleria.platform import webhooks
from galleria.platform.webhooks import RotateSecret, WireChoice, WireCondition
from galleria.platform.webhooks.model.retrying import MOST_TRIES, OPENS_AFTER
from galleria.platform.webhooks.service.sending import Sender
from tests.platform.webhooks.conftest import CHANGED, Happen, at_present, changed, subscribe, wind
from tests.platform.webhooks.receivers import receiving, verified


async def test_a_message_is_signed_as_the_standard_says(
    shop: Context, happen: Happen, sender: Sender
) -> None:
    async with receiving() as receiver:
        made = await subscribe(shop, receiver.url)
        (event_id,) = await happen(at_present(shop), changed("pos"))
        await sender.drain()

        (received,) = receiver.received
        message = verified(received, made.secret.secret)
        assert message["type"] == CHANGED
        assert message["id"] == str(event_id)
        assert message["shop"] == shop.tenant.slug
        assert message["data"]["code"] == "pos"
        assert received.headers["webhook-id"] == str(event_id)
        assert received.headers["content-type"] == "application/json"


async def test_a_sandbox_whose_clock_was_moved_is_told_of_at_once(
    shop: Context, happen: Happen, sender: Sender
) -> None:
    """Others live in real time: nothing waits until the month has really passed."""
    moved = Tenant(shop.tenant.tenant_id, shop.tenant.slug, True, 30 * 86_400)
    later = Context(shop.engines, moved, shop.actor, "later")
    async with receiving() as receiver:
        made = await subscribe(later, receiver.url)
        await happen(Context(shop.engines, moved, shop.actor, "later"), changed())
        await webhooks.send_test(later, made.webhook.endpoint.endpoint_id, CHANGED)
        await sender.drain()
        assert len(receiver.received) == 2
        assert all(each["timestamp"] < later.now.isoformat() for each in receiver.bodies())


async def test_what_is_delivered_twice_by_the_log_is_sent_once(
    shop: Context, engines: Engines, happen: Happen, sender: Sender
) -> None:
    async with receiving() as receiver:
        await subscribe(shop, receiver.url)
        await happen(at_present(shop), changed())
        async with at_present(shop).transaction() as tx:
            await tx.execute(
                "UPDATE event_log.position SET log_epoch = 0, xact_id = 0, sequence = 0"
                " WHERE tenant_id = $1 AND handler = 'webhooks.tell'"
            )
        await happen(at_present(shop), changed())
        await sender.drain()
        assert len(receiver.received) == 2
        assert len(set(receiver.ids())) == 2


async def test_only_events_that_fulfil_the_conditions_are_sent_with_the_chosen_fields(
    shop: Context, happen: Happen, sender: Sender
) -> None:
    choice = WireChoice(
        tag=CHANGED,
        conditions=[WireCondition(path="code", operator="is", values=["pos"])],
        fields=["code"],
    )
    async with receiving() as receiver:
        await subscribe(shop, receiver.url, choice)
        await happen(at_present(shop), changed("web"), changed("pos"))
        await sender.drain()
        assert [each["data"] for each in receiver.bodies()] == [{"code": "pos"}]


async def test_a_failure_is_tried_again_by_the_schedule_with_the_same_id(
    shop: Context, happen: Happen, sender: Sender, clock: ManualClock
) -> None:
    async with receiving() as receiver:
        receiver.statuses = [500, 503]
        made = await subscribe(shop, receiver.url)
        await happen(at_present(shop), changed())
        await sender.drain()
        assert len(receiver.received) == 1
        clock.advance(3)
        await sender.drain()
        assert len(receiver.received) == 1, "the first pause is five seconds, give or take one"
        clock.advance(4)
        await sender.drain()
        assert len(receiver.received) == 2
        clock.advance(400)
        await sender.drain()
        assert len(receiver.received) == 3
        assert len(set(receiver.ids())) == 1
        (delivery,) = (
            await webhooks.list_deliveries(at_present(shop), made.webhook.endpoint.endpoint_id)
        ).items
        assert (delivery.state, delivery.tries, delivery.last_status) == ("delivered", 3, 200)


async def test_after_ten_tries_within_some_three_days_a_delivery_has_failed(
    shop: Context, happen: Happen, sender: Sender, clock: ManualClock
) -> None:
    async with receiving(status=500) as receiver:
        made = await subscribe(shop, receiver.url)
        endpoint_id = made.webhook.endpoint.endpoint_id
        await happen(at_present(shop), changed())
        await wind(clock, sender, hours=24 * 4)
        (delivery,) = (await webhooks.list_deliveries(at_present(shop), endpoint_id)).items
        assert (delivery.state, delivery.tries) == ("failed", MOST_TRIES)
        assert len(receiver.received) == MOST_TRIES
        assert delivery.done_at is not None
        assert timedelta(days=2) < delivery.done_at - delivery.created_at < timedelta(days=4)


async def test_retry_after_is_kept_to(
    shop: Context, happen: Happen, sender: Sender, clock: ManualClock
) -> None:
    async with receiving() as receiver:
        receiver.statuses, receiver.headers = [429], {"retry_after": "120"}
        await subscribe(shop, receiver.url)
        await happen(at_present(shop), changed())
        await sender.drain()
        clock.advance(100)
        await happen(at_present(shop), changed())
        await sender.drain()
        assert len(receiver.received) == 1, "nothing else is sent meanwhile either"
        clock.advance(25)
        await sender.drain()
        assert len(receiver.received) == 3


async def test_who_answers_gone_is_disabled_and_may_be_enabled_again(
    shop: Context, happen: Happen, sender: Sender, clock: ManualClock
) -> None:
    async with receiving() as receiver:
        receiver.statuses = [410]
        made = await subscribe(shop, receiver.url)
        endpoint_id = made.webhook.endpoint.endpoint_id
        await happen(at_present(shop), changed())
        await sender.drain()
        shown = await webhooks.get_webhook(at_present(shop), endpoint_id)
        assert (shown.state, shown.endpoint.disabled_reason) == ("disabled", "gone")
        told = await shop.read(
            "SELECT payload FROM event_log.outbox WHERE tenant_id = $1"
            " AND tag = 'webhooks.endpoint_disabled.v1'"
        )
        assert [msgspec.json.decode(row["payload"])["reason"] for row in told] == ["gone"]
        await happen(at_present(shop), changed())
        await sender.drain()
        assert len(receiver.received) == 1
        await webhooks.enable_webhook(at_present(shop), endpoint_id)
        await sender.drain()
        assert len(receiver.received) == 2, "what happened meanwhile has waited"


async def test_who_takes_nothing_for_days_is_disabled(
    shop: Context, happen: Happen, sender: Sender, clock: ManualClock
) -> None:
    async with receiving(status=500) as receiver:
        made = await subscribe(shop, receiver.url)
        for _ in range(7):
            await happen(at_present(shop), changed())
            await wind(clock, sender, hours=24, step_s=6 * 3_600)
        shown = await webhooks.get_webhook(at_present(shop), made.webhook.endpoint.endpoint_id)
        assert (shown.state, shown.endpoint.disabled_reason) == ("disabled", "failing")


async def test_who_fails_is_left_alone_and_one_try_tells_whether_all_is_well(
    shop: Context, happen: Happen, sender: Sender, clock: ManualClock
) -> None:
    async with receiving() as receiver:
        receiver.statuses = [500] * (OPENS_AFTER + 1)
        made = await subscribe(shop, receiver.url)
        endpoint_id = made.webhook.endpoint.endpoint_id
        await happen(at_present(shop), *(changed() for _ in range(40)))
        await sender.drain()
        tried = len(receiver.received)
        assert OPENS_AFTER <= tried <= OPENS_AFTER + 2
        assert (await webhooks.get_webhook(at_present(shop), endpoint_id)).state == "resting"
        await sender.drain()
        assert len(receiver.received) == tried
        receiver.statuses = [500]
        clock.advance(40)
        await sender.drain()
        assert len(receiver.received) == tried + 1, "one probe, which failed: it rests on"
        clock.advance(400)
        await sender.drain()
        assert (await webhooks.get_webhook(at_present(shop), endpoint_id)).state == "healthy"
        clock.advance(400)
        await sender.drain()
        assert len(set(receiver.ids())) == 40


async def test_messages_of_a_subject_keep_their_order_where_that_is_asked_for(
    shop: Context, happen: Happen, sender: Sender, clock: ManualClock
) -> None:
    one, other = new_id(), new_id()
    async with receiving() as receiver:
        await subscribe(shop, receiver.url, is_ordered=True)
        receiver.statuses = [500]
        await happen(at_present(shop), *(changed(f"a{at}", one) for at in range(5)))
        await sender.drain()
        assert len(receiver.received) == 1, "those behind wait"
        await happen(at_present(shop), *(changed(f"b{at}", other) for at in range(3)))
        await sender.drain()
        assert [each["data"]["code"] for each in receiver.bodies()[1:]] == ["b0", "b1", "b2"]
        clock.advance(10)
        await happen(at_present(shop), changed("a5", one))
        await sender.drain()
        codes = [each["data"]["code"] for each in receiver.bodies()]
        assert codes[4:] == ["a0", "a1", "a2", "a3", "a4", "a5"]


async def test_who_hangs_holds_up_nobody_else(
    shop: Context, happen: Happen, sender: Sender
) -> None:
    async with receiving() as well, receiving() as hanging:
        hanging.hangs = True
        for _ in range(5):
            await subscribe(shop, hanging.url, timeout_s=30)
        await subscribe(shop, well.url)
        working = asyncio.create_task(sender.run())
        try:
            await happen(at_present(shop), *(changed() for _ in range(60)))
            async with asyncio.timeout(15):
                while len(well.received) < 60:
                    await asyncio.sleep(0.05)
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)


async def test_what_a_killed_sender_had_claimed_is_sent_by_another(
    shop: Context, engines: Engines, happen: Happen, sender: Sender, clock: ManualClock
) -> None:
    async with receiving() as receiver:
        receiver.hangs = True
        await subscribe(shop, receiver.url)
        (event_id,) = await happen(at_present(shop), changed())
        working = asyncio.create_task(sender.drain())
        while not receiver.received:
            await asyncio.sleep(0.01)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        receiver.hangs = False
        another = Sender(engines)
        await another.drain()
        assert len(receiver.received) == 1, "it may still be under way"
        clock.advance(60)
        await another.drain()
        assert receiver.ids() == [str(event_id)] * 2


async def test_both_secrets_sign_until_the_grace_is_over(
    shop: Context, happen: Happen, sender: Sender, clock: ManualClock
) -> None:
    async with receiving() as receiver:
        made = await subscribe(shop, receiver.url)
        endpoint_id = made.webhook.endpoint.endpoint_id
        old = made.secret.secret
        new = (
            await webhooks.rotate_secret(at_present(shop), endpoint_id, RotateSecret(grace_hours=1))
        )[0].secret
        await happen(at_present(shop), changed())
        await sender.drain()
        assert verified(receiver.received[0], old) == verified(receiver.received[0], new)
        assert receiver.received[0].headers["webhook-signature"].count("v1,") == 2
        clock.advance(3_601)
        await happen(at_present(shop), changed())
        await sender.drain()
        assert receiver.received[1].headers["webhook-signature"].count("v1,") == 1
        (shown,) = await webhooks.show_secrets(at_present(shop), endpoint_id)
        assert shown.secret == new


async def test_without_grace_the_old_secret_signs_nothing_any_more(
    shop: Context, happen: Happen, sender: Sender
) -> None:
    async with receiving() as receiver:
        made = await subscribe(shop, receiver.url)
        await webhooks.rotate_secret(
            at_present(shop), made.webhook.endpoint.endpoint_id, RotateSecret(grace_hours=0)
        )
        await happen(at_present(shop), changed())
        await sender.drain()
        with pytest.raises(WebhookVerificationError, match="signature"):
            verified(receiver.received[0], made.secret.secret)


async def test_a_secret_lies_encrypted(shop: Context) -> None:
    async with receiving() as receiver:
        made = await subscribe(shop, receiver.url)
    key = base64.b64decode(made.secret.secret.removeprefix("whsec_"))
    rows = await shop.read("SELECT sealed FROM webhooks.secret WHERE tenant_id = $1")
    assert rows
    assert all(key not in row["sealed"] for row in rows)


async def test_one_that_failed_is_replayed_with_its_id_and_its_tries_stay(
    shop: Context, happen: Happen, sender: Sender, clock: ManualClock
) -> None:
    async with receiving() as receiver:
        receiver.statuses = [410]
        made = await subscribe(shop, receiver.url)
        endpoint_id = made.webhook.endpoint.endpoint_id
        await happen(at_present(shop), changed())
        await sender.drain()
        await webhooks.enable_webhook(at_present(shop), endpoint_id)
        (failed,) = (
            await webhooks.list_deliveries(at_present(shop), endpoint_id, ("failed", ""))
        ).items
        await webhooks.replay_delivery(at_present(shop), endpoint_id, failed.delivery_id)
        await sender.drain()
        detail = await webhooks.get_delivery(at_present(shop), endpoint_id, failed.delivery_id)
        assert detail.delivery.state == "delivered"
        assert [each.status for each in detail.attempts] == [200, 410]
        assert detail.attempts[0].response_body == "ok"
        assert detail.attempts[0].request_headers["webhook-signature"] == "(not kept)"
        assert len(set(receiver.ids())) == 1


async def test_a_stretch_of_time_is_replayed_and_says_how_far_it_is(
    shop: Context, happen: Happen, sender: Sender, clock: ManualClock
) -> None:
    async with receiving() as receiver:
        made = await subscribe(shop, receiver.url)
        endpoint_id = made.webhook.endpoint.endpoint_id
        clock.advance(60)
        await happen(at_present(shop), changed())
        await sender.drain()
        # Ids are made by the machine's clock: the stretch takes in all of the test.
        since = at_present(shop).now - timedelta(hours=1)
        clock.advance(3_600)
        wanted = webhooks.NewReplay(since=since, until=at_present(shop).now, what="all")
        replay = await webhooks.start_replay(at_present(shop), endpoint_id, wanted)
        reports: list[int] = []

        async def report(done: int) -> None:
            reports.append(done)

        await webhooks.run_replay(at_present(shop), replay.replay_id, report)
        await webhooks.run_replay(at_present(shop), replay.replay_id, report)
        done = await webhooks.get_replay(at_present(shop), endpoint_id, replay.replay_id)
        assert (done.state, done.replayed_count, reports) == ("done", 1, [1])
        await sender.drain()
        assert len(receiver.received) == 2


async def test_a_sample_looks_like_the_event_it_stands_for(shop: Context, sender: Sender) -> None:
    async with receiving() as receiver:
        made = await subscribe(shop, receiver.url)
        endpoint_id = made.webhook.endpoint.endpoint_id
        await webhooks.send_test(at_present(shop), endpoint_id, CHANGED)
        await sender.drain()
        message = verified(receiver.received[0], made.secret.secret)
        assert (message["type"], message["data"]["code"]) == (CHANGED, "text")
        (delivery,) = (await webhooks.list_deliveries(at_present(shop), endpoint_id)).items
        assert delivery.is_test


async def test_figures_tell_how_much_arrived(
    shop: Context, happen: Happen, sender: Sender, clock: ManualClock
) -> None:
    async with receiving() as receiver:
        receiver.statuses = [500]
        made = await subscribe(shop, receiver.url)
        endpoint_id = made.webhook.endpoint.endpoint_id
        await happen(at_present(shop), changed(), changed(), changed(), changed())
        await sender.drain()
        clock.advance(2)
        stats = await webhooks.stats(at_present(shop), endpoint_id, 24)
        assert (stats.succeeded_count, stats.failed_count, stats.success_rate) == (3, 1, 0.75)
        assert stats.latency_ms_p50 is not None
        assert stats.backlog_age_s >= 2
        await wind(clock, sender, hours=1, step_s=30)
        assert (await webhooks.stats(at_present(shop), endpoint_id, 24)).backlog_age_s == 0
