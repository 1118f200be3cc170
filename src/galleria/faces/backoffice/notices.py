"""What the next page says about what was just done, carried there by a cookie.

After a form the browser is sent elsewhere, so that a reload does not send the form again. What to
say there, and what a press on Undo would restore, goes along in two cookies that only this host
can set.
"""

import base64
import binascii
from typing import Any, Literal, TypeVar
from uuid import UUID

import msgspec
from litestar import Request
from litestar.datastructures import Cookie

from galleria.faces.stationery import CookieJar

NOTICE = "notice"
UNDO = "undo"
NOTICE_AGE_S = 60
UNDO_AGE_S = 600

Status = Literal["draft", "active", "archived"]
StructT = TypeVar("StructT", bound=msgspec.Struct)


class Notice(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something to tell: `key` names the sentence in `layout/notices.html`."""

    key: str
    count: int = 0
    refused: int = 0
    name: str = ""
    can_undo: bool = False


class Undo(msgspec.Struct, frozen=True):
    """Which status products had before a bulk change, in which shop."""

    tenant_id: int
    before: dict[Status, list[UUID]]


def notice_cookie(jar: CookieJar, notice: Notice) -> Cookie:
    """The notice on its way to the next page."""
    return jar.make(NOTICE, _packed(notice), NOTICE_AGE_S)


def read_notice(jar: CookieJar, request: Request[Any, Any, Any]) -> Notice | None:
    """What is to be told now, if anything."""
    return _unpacked(jar.read(request, NOTICE), Notice)


def undo_cookie(jar: CookieJar, undo: Undo) -> Cookie:
    """What can be taken back for ten minutes."""
    return jar.make(UNDO, _packed(undo), UNDO_AGE_S)


def read_undo(jar: CookieJar, request: Request[Any, Any, Any]) -> Undo | None:
    """What can be taken back, if anything."""
    return _unpacked(jar.read(request, UNDO), Undo)


def _packed(value: msgspec.Struct) -> str:
    # msgpack keeps an id in 18 bytes, where JSON takes 39: a page of 100 fits into a cookie.
    encoder = msgspec.msgpack.Encoder(uuid_format="bytes")
    return base64.urlsafe_b64encode(encoder.encode(value)).rstrip(b"=").decode()


def _unpacked(text: str | None, kind: type[StructT]) -> StructT | None:
    if not text:
        return None
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return msgspec.msgpack.decode(raw, type=kind)
    except (binascii.Error, msgspec.DecodeError, ValueError):
        return None
