"""Apps are asked before an order is made: signed, all at once, and not for long.

An app that fails several times in a row is left alone for half a minute by the way out's breaker;
what its manifest says for that case then holds at once.
"""

import asyncio
from collections.abc import Sequence

import msgspec

from galleria.engines.context import Context
from galleria.engines.outbound import OutboundRefused, OutboundRequest, OutboundTimeout
from galleria.foundation.errors import GalleriaError, InvalidInput
from galleria.foundation.http import decode_json
from galleria.foundation.ids import new_id
from galleria.foundation.telemetry import metrics
from galleria.platform import webhooks
from galleria.platform.apps.model.apps import App, AppsSettings, Signing
from galleria.platform.apps.model.rules import (
    ASKED,
    MOST_ANSWER_BYTES,
    RuleAnswer,
    RuleQuestion,
    RuleReply,
    Unanswered,
)
from galleria.platform.apps.repository import apps as repository
from galleria.platform.apps.service import telling

_answers = metrics.counter(
    "galleria_apps_rule_answers",
    "Answers of apps at checkout, and how often there was none.",
    ["is"],
)


class Rules(msgspec.Struct, frozen=True):
    """The apps that are asked, each with what its questions are signed with, encrypted."""

    asked: Sequence[tuple[App, Signing]]


async def rules_of(ctx: Context) -> Rules:
    """Which apps the shop asks before an order: one small read, none in most shops."""
    return Rules(await repository.with_rules(ctx))


async def ask_rules(ctx: Context, rules: Rules, question: RuleQuestion) -> list[RuleAnswer]:
    """What each of the apps says, in their order; within GALLERIA_APPS_RULE_DEADLINE_MS in all.

    Never inside a transaction: it waits for others.
    """
    data = msgspec.json.encode(question)
    return list(await asyncio.gather(*(_ask(ctx, *each, data) for each in rules.asked)))


async def _ask(ctx: Context, app: App, signing: Signing, data: bytes) -> RuleAnswer:
    rule = app.manifest.checkout_rule
    assert rule is not None, "it was found by its rule"
    unanswered: Unanswered | None = None
    reply = RuleReply(decision=rule.when_unanswered)
    sent = _signed(ctx, app, rule.url, await telling.opened(ctx, signing), data)
    try:
        answer = await ctx.engines.outbound.send(sent)
        if answer.status == 200:
            reply = decode_json(answer.body, RuleReply)
        else:
            unanswered = "unreadable"
    except OutboundTimeout:
        unanswered = "late"
    except OutboundRefused:
        unanswered = "unreachable"
    except InvalidInput:
        unanswered = "unreadable"
    except GalleriaError:
        unanswered = "unreachable"
    _answers.labels(unanswered or reply.decision).inc()
    return RuleAnswer(
        app_id=app.app_id,
        name=app.manifest.name,
        decision=reply.decision,
        message=reply.message,
        unanswered=unanswered,
    )


def _signed(
    ctx: Context, app: App, url: str, keys: Sequence[bytes], data: bytes
) -> OutboundRequest:
    """The question as it is sent: as a message of a webhook, by Standard Webhooks."""
    message_id, now = new_id(), ctx.engines.clock.now()
    body = msgspec.json.encode(
        {
            "type": ASKED,
            "timestamp": now,
            "id": message_id,
            "shop": ctx.tenant.slug,
            "data": msgspec.Raw(data),
        }
    )
    return OutboundRequest(
        tenant_id=ctx.tenant.tenant_id,
        url=url,
        method="POST",
        headers={
            "content-type": "application/json",
            **webhooks.signed_headers(str(message_id), now, body, keys),
        },
        body=body,
        deadline_s=ctx.engines.settings_of(AppsSettings).rule_deadline_ms / 1_000,
        limit_bytes=MOST_ANSWER_BYTES,
        max_redirects=0,
        # One slow app holds up no other.
        lane=f"rule:{app.app_id}",
    )
