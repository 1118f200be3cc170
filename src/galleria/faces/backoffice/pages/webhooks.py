"""Webhooks: made and edited, watched, tried, their deliveries looked at and sent again."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.foundation.pagination import InvalidCursor
from galleria.platform import webhooks
from galleria.platform.webhooks import Choice, NewWebhook, ShownSecret, WebhookChanges

PLACE = "/webhooks"
PAGE = 25
GRACES_HOURS = (0, 1, 24, 72, 168)
STATES = ("waiting", "delivered", "failed")
OPERATORS = ("is", "is_not", "at_least", "at_most", "has")
_CONDITION = re.compile(r"([a-z0-9_.]+): *([a-z0-9_.]+) +([a-z_]+) +(.+)")
_FIELDS = re.compile(r"([a-z0-9_.]+): *(.+)")
_TIME = "%Y-%m-%dT%H:%M"


@get("/s/{slug:str}/webhooks", scope="webhooks:read")
async def show_webhooks(desk: NamedDependency[Desk]) -> Response[bytes]:
    """All webhooks with how they do."""
    items = await webhooks.list_webhooks(desk.ctx)
    figures = [await webhooks.stats(desk.ctx, each.endpoint.endpoint_id, 24) for each in items]
    return desk.show("webhooks/list.html", items=list(zip(items, figures, strict=True)))


@get("/s/{slug:str}/webhooks/new", scope="webhooks:write")
async def show_new(desk: NamedDependency[Desk]) -> Response[bytes]:
    """An empty form."""
    return _edit(desk, forms.empty(timeout_s="15"))


@post("/s/{slug:str}/webhooks/new", scope="webhooks:write")
async def create_webhook(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Events are sent to one more address."""
    try:
        wanted = forms.convert(desk.form, _sent(desk.form), NewWebhook)
        if wanted is None:
            return _edit(desk, _told(desk.form), 422)
        made = await webhooks.create_webhook(desk.ctx, wanted)
    except GalleriaError as error:
        forms.refuse(desk.form, error)
        return _edit(desk, _told(desk.form), error.status)
    endpoint = made.webhook.endpoint
    return desk.go(
        desk.at(f"{PLACE}/{endpoint.endpoint_id}"), Notice("saved", name=endpoint.name[:80])
    )


@get("/s/{slug:str}/webhooks/{endpoint_id:uuid}/edit", scope="webhooks:write")
async def show_edit(desk: NamedDependency[Desk], endpoint_id: FromPath[UUID]) -> Response[bytes]:
    """The webhook as a form."""
    endpoint = (await webhooks.get_webhook(desk.ctx, endpoint_id)).endpoint
    form = forms.empty(
        name=endpoint.name,
        url=endpoint.url,
        timeout_s=str(endpoint.timeout_s),
        version=str(endpoint.version),
        conditions="\n".join(_condition_lines(endpoint.subscriptions)),
        fields="\n".join(
            f"{each.tag}: {', '.join(each.fields)}"
            for each in endpoint.subscriptions
            if each.fields
        ),
        **({"is_ordered": "true"} if endpoint.is_ordered else {}),
    )
    form.many["tags"] = [each.tag for each in endpoint.subscriptions]
    form.many["expanded"] = [each.tag for each in endpoint.subscriptions if each.is_expanded]
    return _edit(desk, form, endpoint_id=endpoint_id)


@post("/s/{slug:str}/webhooks/{endpoint_id:uuid}/edit", scope="webhooks:write")
async def change_webhook(
    desk: NamedDependency[Desk], endpoint_id: FromPath[UUID]
) -> Response[bytes]:
    """The webhook is as the form says, unless somebody else changed it meanwhile."""
    try:
        wanted = forms.convert(desk.form, _sent(desk.form), WebhookChanges)
        if wanted is None:
            return _edit(desk, _told(desk.form), 422, endpoint_id)
        version = forms.read_whole(desk.form.values.get("version", ""), "version")
        after = await webhooks.change_webhook(desk.ctx, endpoint_id, wanted, version)
    except GalleriaError as error:
        forms.refuse(desk.form, error)
        if error.status == 412:
            desk.form.message = "webhook_changed"
            present = await webhooks.get_webhook(desk.ctx, endpoint_id)
            desk.form.values["version"] = str(present.endpoint.version)
        return _edit(desk, _told(desk.form), error.status, endpoint_id)
    return desk.go(
        desk.at(f"{PLACE}/{endpoint_id}"), Notice("saved", name=after.endpoint.name[:80])
    )


@get("/s/{slug:str}/webhooks/{endpoint_id:uuid}", scope="webhooks:read")
async def show_webhook(desk: NamedDependency[Desk], endpoint_id: FromPath[UUID]) -> Response[bytes]:
    """How a webhook does, and its deliveries."""
    return await _show(desk, endpoint_id, forms.empty())


async def _show(
    desk: Desk,
    endpoint_id: UUID,
    form: Form[Any],
    status: int = 200,
    secrets: Sequence[ShownSecret] = (),
) -> Response[bytes]:
    state, tag = desk.question("state", 20), desk.question("tag", 100)
    state = state if state in STATES else ""
    cursor = desk.question("cursor", 4_000) or None
    shown = await webhooks.get_webhook(desk.ctx, endpoint_id)
    try:
        page = await webhooks.list_deliveries(desk.ctx, endpoint_id, (state, tag), cursor, PAGE)
    except InvalidCursor:
        return desk.go(desk.at(f"{PLACE}/{endpoint_id}"))
    form.values.setdefault("since", (desk.ctx.now - timedelta(days=1)).strftime(_TIME))
    form.values.setdefault("until", desk.ctx.now.strftime(_TIME))
    return desk.show(
        "webhooks/one.html",
        status,
        shown=shown,
        endpoint=shown.endpoint,
        stats=await webhooks.stats(desk.ctx, endpoint_id, 24),
        replays=(await webhooks.list_replays(desk.ctx, endpoint_id))[:3],
        page=page,
        chosen_state=state,
        chosen_tag=tag,
        is_first=cursor is None,
        graces=GRACES_HOURS,
        secrets=secrets,
        form=form,
    )


@post("/s/{slug:str}/webhooks/{endpoint_id:uuid}/{act:str}", scope="webhooks:write")
async def act_on_webhook(
    desk: NamedDependency[Desk], endpoint_id: FromPath[UUID], act: FromPath[str]
) -> Response[bytes]:
    """Pause, enable, remove, try, sign with another secret, show the secrets, send again."""
    try:
        return await _act(desk, endpoint_id, act)
    except GalleriaError as error:
        forms.refuse(desk.form, error)
        return await _show(desk, endpoint_id, desk.form, error.status)


async def _act(desk: Desk, endpoint_id: UUID, act: str) -> Response[bytes]:
    ctx, here = desk.ctx, desk.at(f"{PLACE}/{endpoint_id}")
    match act:
        case "pause":
            await webhooks.pause_webhook(ctx, endpoint_id)
        case "enable":
            await webhooks.enable_webhook(ctx, endpoint_id)
        case "remove":
            await webhooks.remove_webhook(ctx, endpoint_id)
            return desk.go(desk.at(PLACE), Notice("removed"))
        case "test":
            tag = desk.form.values.get("tag", "")[:100]
            delivery_id = await webhooks.send_test(ctx, endpoint_id, tag)
            return desk.go(f"{here}/deliveries/{delivery_id}", Notice("webhook_tested"))
        case "secrets":
            shown = await webhooks.show_secrets(ctx, endpoint_id)
            return await _show(desk, endpoint_id, forms.empty(), secrets=shown)
        case "rotate":
            grace = forms.read_whole(desk.form.values.get("grace_hours", ""), "grace_hours", 0, 168)
            wanted = webhooks.RotateSecret(grace_hours=24 if grace is None else grace)
            shown = await webhooks.rotate_secret(ctx, endpoint_id, wanted)
            return await _show(desk, endpoint_id, forms.empty(), secrets=shown)
        case "replay":
            await webhooks.start_replay(ctx, endpoint_id, _stretch(desk.form))
            return desk.go(here, Notice("webhook_replaying"))
        case _:
            raise webhooks.WebhookNotFound(f"nothing is done by {act[:40]}")
    return desk.go(here, Notice("saved"))


@get(
    "/s/{slug:str}/webhooks/{endpoint_id:uuid}/deliveries/{delivery_id:uuid}", scope="webhooks:read"
)
async def show_delivery(
    desk: NamedDependency[Desk], endpoint_id: FromPath[UUID], delivery_id: FromPath[UUID]
) -> Response[bytes]:
    """What was sent, each time, and what was answered."""
    detail = await webhooks.get_delivery(desk.ctx, endpoint_id, delivery_id)
    body = msgspec.json.format(detail.body.encode(), indent=2).decode()
    return desk.show("webhooks/delivery.html", detail=detail, body=body, endpoint_id=endpoint_id)


@post(
    "/s/{slug:str}/webhooks/{endpoint_id:uuid}/deliveries/{delivery_id:uuid}",
    scope="webhooks:write",
)
async def replay_delivery(
    desk: NamedDependency[Desk], endpoint_id: FromPath[UUID], delivery_id: FromPath[UUID]
) -> Response[bytes]:
    """The delivery is on its way once more."""
    await webhooks.replay_delivery(desk.ctx, endpoint_id, delivery_id)
    return desk.go(
        desk.at(f"{PLACE}/{endpoint_id}/deliveries/{delivery_id}"), Notice("webhook_replaying")
    )


def _edit(
    desk: Desk, form: Form[Any], status: int = 200, endpoint_id: UUID | None = None
) -> Response[bytes]:
    types = [each for each in webhooks.event_types() if desk.may(each.scope)]
    areas: dict[str, list[webhooks.EventType]] = {}
    for each in types:
        areas.setdefault(each.tag.partition(".")[0], []).append(each)
    return desk.show(
        "webhooks/edit.html",
        status,
        form=form,
        areas=areas,
        operators=OPERATORS,
        endpoint_id=endpoint_id,
    )


def _sent(form: Form[Any]) -> dict[str, Any]:
    """The form as a webhook.

    Raises:
        InvalidInput: a line of the conditions or fields cannot be read.
    """
    expanded = set(form.many.get("expanded", []))
    choices: dict[str, dict[str, Any]] = {
        tag: {"tag": tag, "conditions": [], "fields": [], "is_expanded": tag in expanded}
        for tag in dict.fromkeys(form.many.get("tags", []))
    }
    for line in _lines(form, "conditions"):
        match = _CONDITION.fullmatch(line)
        if match is None or match[1] not in choices or match[3] not in OPERATORS:
            raise forms.refused("conditions", "webhook_line_unreadable")
        values = [_value(text) for text in forms.listed(match[4])]
        condition = {"path": match[2], "operator": match[3], "values": values}
        choices[match[1]]["conditions"].append(condition)
    for line in _lines(form, "fields"):
        match = _FIELDS.fullmatch(line)
        if match is None or match[1] not in choices:
            raise forms.refused("fields", "webhook_line_unreadable")
        choices[match[1]]["fields"] += forms.listed(match[2])
    return {
        "name": form.values.get("name", "").strip(),
        "url": form.values.get("url", "").strip(),
        "subscriptions": list(choices.values()),
        "is_ordered": "is_ordered" in form.values,
        "timeout_s": form.values.get("timeout_s", "").strip() or 15,
    }


def _told(form: Form[Any]) -> Form[Any]:
    """The form with what was said of its parts at the fields they stand in."""
    for path in [path for path in form.errors if path.startswith("subscriptions")]:
        name = next((each for each in ("conditions", "fields") if each in path), "tags")
        form.errors[name] = form.errors.pop(path)
    return form


def _lines(form: Form[Any], name: str) -> list[str]:
    return [each.strip() for each in form.values.get(name, "").splitlines() if each.strip()]


def _value(text: str) -> Any:
    """What somebody typed: a number, true, false or null, or else a text."""
    try:
        value = msgspec.json.decode(text.encode())
    except msgspec.DecodeError:
        return text
    return value if isinstance(value, str | int | float | bool | None) else text


def _condition_lines(choices: Sequence[Choice]) -> Iterator[str]:
    for choice in choices:
        for each in choice.conditions:
            values = ", ".join(
                value if isinstance(value, str) else msgspec.json.encode(value).decode()
                for value in each.values
            )
            yield f"{choice.tag}: {each.path} {each.operator} {values}"


def _stretch(form: Form[Any]) -> webhooks.NewReplay:
    """The stretch of time that a form names, in UTC.

    Raises:
        InvalidInput: one of its ends is no time.
    """
    ends = []
    for name in ("since", "until"):
        try:
            moment = datetime.strptime(form.values.get(name, ""), _TIME)
        except ValueError:
            raise forms.refused(name, "invalid_format") from None
        ends.append(moment.replace(tzinfo=UTC))
    what = "all" if form.values.get("what") == "all" else "failed"
    # Minutes are typed: what came about in the last of them is meant too.
    until = ends[1] + timedelta(minutes=1)
    return msgspec.convert({"since": ends[0], "until": until, "what": what}, webhooks.NewReplay)


ROUTES = [
    show_webhooks,
    show_new,
    create_webhook,
    show_edit,
    change_webhook,
    show_webhook,
    act_on_webhook,
    show_delivery,
    replay_delivery,
]
