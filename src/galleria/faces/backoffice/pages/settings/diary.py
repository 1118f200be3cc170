"""The shop's diary: who did what, newest first."""

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from galleria.faces.backoffice.visits import Desk
from galleria.foundation.pagination import InvalidCursor
from galleria.platform import access, audit

PAGE = 50
MOST_MEMBERS = 100


@get("/s/{slug:str}/settings/diary", scope="audit:read")
async def show_diary(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Entries, fifty to a page; of one thing when asked."""
    cursor, subject = desk.question("cursor", 4_000) or None, desk.question("subject", 250)
    try:
        page = await audit.list_entries(desk.ctx, cursor, PAGE, subject or None)
    except InvalidCursor:
        return desk.go(desk.at("/settings/diary"))
    members = (await access.list_members(desk.ctx, None, MOST_MEMBERS)).items
    return desk.show(
        "settings/diary.html",
        page=page,
        subject=subject,
        names={str(member.person_id): member.name for member in members},
        as_text=lambda detail: msgspec.json.encode(detail).decode() if detail else "",
        short=_short,
        is_first=cursor is None,
        section="diary",
    )


def _short(subject: str) -> str:
    """`category:01a1…57300dafa60f` as `category …afa60f`: enough to tell neighbours apart."""
    noun, _, name = subject.partition(":")
    return f"{noun} …{name[-6:]}" if len(name) > 20 else f"{noun} {name}"


ROUTES = [show_diary]
