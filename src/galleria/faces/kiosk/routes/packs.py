"""What a kiosk takes along, and what has changed since."""

import asyncio
import gzip
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, HeaderParameter, QueryParameter
from litestar.response import Stream

from galleria.engines.blob import BlobRangeNotSatisfiable
from galleria.engines.context import Context
from galleria.engines.realtime import TooManySubscribers
from galleria.faces.kiosk.errors import (
    KioskPlaceGone,
    OfflineCursorExpired,
    PackNotFound,
)
from galleria.faces.kiosk.model.packs import Jws, wanted_range
from galleria.faces.kiosk.model.signing import Jwks
from galleria.faces.kiosk.service import changes, keys, packs
from galleria.faces.profiles import PROFILE_KEY, Profile
from galleria.foundation.pagination import InvalidCursor
from galleria.foundation.routing import LimitQuery, accepted, problems, requires, unchanged
from galleria.platform.access import KIOSK_SCOPE
from galleria.platform.tenants import ChannelNotFound

TAGS = ["kiosk"]
EVENT_STREAM = "text/event-stream"
Header = Annotated[str | None, HeaderParameter(max_length=1_000)]
Since = Annotated[str, QueryParameter(min_length=1, max_length=2_000)]
_PRIVATE = {"cache-control": "private, no-store"}
TRY_AGAIN_S = 2
_COMPRESSED_FROM = 1_000  # bytes


class PackAwaited(msgspec.Struct, frozen=True):
    """The pack is being made."""

    retry_after_s: int


def profile_of(request: Request[Any, Any, Any]) -> Profile:
    """By which profile the door has this request answered."""
    profile: Profile = request.scope[PROFILE_KEY]  # type: ignore[literal-required]
    return profile


@get(
    "/store/v1/offline-pack",
    operation_id="GetOfflinePack",
    tags=TAGS,
    guards=[requires(KIOSK_SCOPE)],
    responses={
        202: accepted(PackAwaited, "It is being made: ask again after `Retry-After` seconds."),
        **problems(KioskPlaceGone, ChannelNotFound),
    },
)
async def get_pack(ctx: NamedDependency[Context], request: Request[Any, Any, Any]) -> Response[Jws]:
    """The shop window to take along: a signed list of parts, which are fetched one by one. The
    first kiosk that asks is told to come again in seconds, while the pack is made."""
    found = await packs.present_pack(ctx, profile_of(request))
    if found is None:
        headers = {**_PRIVATE, "retry-after": str(TRY_AGAIN_S)}
        awaited: Response[Any] = Response(
            PackAwaited(TRY_AGAIN_S), status_code=202, headers=headers
        )
        return awaited
    return Response(found, headers=_PRIVATE)


@get(
    "/store/v1/offline-pack/{pack_id:uuid}/parts/{number:int}",
    operation_id="GetOfflinePackPart",
    tags=TAGS,
    guards=[requires(KIOSK_SCOPE)],
    responses={
        **problems(PackNotFound, KioskPlaceGone, ChannelNotFound, BlobRangeNotSatisfiable),
        200: ResponseSpec(
            data_container=bytes,
            generate_examples=False,
            media_type=packs.NDJSON,
            description="Products, a JSON object a line.",
        ),
        206: ResponseSpec(
            data_container=bytes,
            generate_examples=False,
            media_type=packs.NDJSON,
            description="The bytes asked for.",
        ),
        304: unchanged(),
    },
)
async def get_part(
    ctx: NamedDependency[Context],
    request: Request[Any, Any, Any],
    pack_id: FromPath[UUID],
    number: FromPath[int],
) -> Response[bytes]:
    """A part of a pack, compressed for who accepts that. It never changes: `Range` with `If-Range`
    fetches what is missing of it."""
    profile = profile_of(request)
    pack, body = await packs.part_of(ctx, profile, pack_id, number)
    return await _part_answer(request, profile, packs.digest_in(pack, number), body)


async def _part_answer(
    request: Request[Any, Any, Any], profile: Profile, sha256: str, body: bytes
) -> Response[bytes]:
    # Whoever shapes answers lets a client's tag pass to the rooms only if it names their profile.
    tag = f'"{sha256}"' if profile.changes_nothing else f'"{profile.tag}.{sha256}"'
    headers = {
        "etag": tag,
        "cache-control": "private, max-age=86400, immutable",
        "vary": "accept-encoding",
        "accept-ranges": "bytes",
    }
    asked = request.headers
    if f'"{sha256}"' in asked.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers)
    is_same = asked.get("if-range", tag) == tag
    try:
        span = wanted_range(asked.get("range"), len(body)) if is_same else None
    except IndexError as error:
        raise BlobRangeNotSatisfiable(f"the part has {len(body)} bytes") from error
    if span is not None:
        first, length = span
        headers["content-range"] = f"bytes {first}-{first + length - 1}/{len(body)}"
        part = body[first : first + length]
        return Response(part, status_code=206, headers=headers, media_type=packs.NDJSON)
    if "gzip" in asked.get("accept-encoding", "") and len(body) > _COMPRESSED_FROM:
        body = await asyncio.to_thread(gzip.compress, body, 6, mtime=0)
        # The same products in other bytes.
        headers |= {"content-encoding": "gzip", "etag": f"W/{tag}"}
    return Response(body, headers=headers, media_type=packs.NDJSON)


@get(
    "/store/v1/offline-pack/changes",
    operation_id="ListOfflinePackChanges",
    tags=TAGS,
    guards=[requires(KIOSK_SCOPE)],
    responses={
        **problems(
            *(InvalidCursor, OfflineCursorExpired, KioskPlaceGone, ChannelNotFound),
            *(TooManySubscribers,),
        ),
        200: ResponseSpec(
            data_container=Jws,
            generate_examples=False,
            description="A signed page of changes; as server-sent events with"
            " `Accept: text/event-stream`.",
        ),
    },
)
async def list_changes(
    ctx: NamedDependency[Context],
    request: Request[Any, Any, Any],
    since: Since,
    limit: LimitQuery = 50,
) -> Response[Any]:
    """What has changed since a pack (`since` is its `version`) or since the page before.

    The page is signed as packs are, and says what it is for: shop, profile, channel, language,
    place, the cursor asked from and the one it leads to. With `Accept: text/event-stream` the
    answer stays open and tells a page whenever something changes; `Last-Event-ID` is where it goes
    on. A cursor that is too old is refused: take a new pack.
    """
    profile = profile_of(request)
    if EVENT_STREAM not in request.headers.get("accept", ""):
        page = await changes.changes_since(ctx, profile, since, limit)
        return Response(page, headers=_PRIVATE)
    behind = request.headers.get("last-event-id", "")[:2_000] or since
    told = await changes.open_stream(ctx, profile, behind)
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return Stream(told, media_type=EVENT_STREAM, headers=headers)


@get("/store/v1/offline-pack/keys", operation_id="ListOfflinePackKeys", tags=TAGS)
async def list_keys(ctx: NamedDependency[Context]) -> Response[Jwks]:
    """The public keys that packs of the shop are signed with, as a JSON Web Key Set."""
    found = await keys.public_keys(ctx)
    return Response(found, headers={"cache-control": "public, max-age=0, s-maxage=5"})


@post(
    "/admin/v1/offline-pack/keys/rotate",
    operation_id="RotateOfflinePackKey",
    tags=TAGS,
    guards=[requires("settings:write")],
    status_code=200,
)
async def rotate_key(ctx: NamedDependency[Context]) -> Jwks:
    """Let another key sign packs. What the one before has signed is believed for 30 days."""
    return await keys.rotate(ctx)


ROUTES = [get_pack, get_part, list_changes, list_keys, rotate_key]
