"""What an app is asked before an order is made, and what it may answer."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from galleria.foundation.money import Money
from galleria.platform.apps.model.manifest import Decision

ASKED = "apps.checkout_rule.v1"  # the type of such a message
MOST_ANSWER_BYTES = 16_384
Unanswered = Literal["late", "unreachable", "unreadable"]


class RuleLine(msgspec.Struct, frozen=True, kw_only=True):
    """Pieces that somebody is about to order."""

    variant_id: UUID
    product_id: UUID | None
    sku: str | None
    title: str
    quantity: int
    unit_price: Money
    total: Money


class RuleQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody is about to order, and where it goes; nothing of who they are."""

    cart_id: UUID
    channel: str
    locale: str
    country: str | None
    subtotal: Money
    lines: list[RuleLine]


class RuleReply(msgspec.Struct, frozen=True, kw_only=True):
    """What an app answers. `message` is read by the shopper when it refuses."""

    decision: Decision
    message: Annotated[str, Meta(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


class RuleAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for an app: its own answer, or what its manifest says when there is none."""

    app_id: UUID
    name: str
    decision: Decision
    message: str = ""
    unanswered: Unanswered | None = None
