"""Channel profiles over HTTP: kept and tried out by whoever sets up the shop."""

from typing import Annotated, TypeAlias

from litestar import Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromQuery, HeaderParameter, JSONBody, PathParameter

from galleria.engines.context import Context
from galleria.faces.profiles.errors import (
    InvalidProfile,
    ProfileBuiltIn,
    ProfileNotFound,
    TooManyProfiles,
)
from galleria.faces.profiles.model.profiles import BUILT_IN, Profile
from galleria.faces.profiles.schemas import Code, ListedProfile, Preview, WantedProfile
from galleria.faces.profiles.service import keeping, previewing
from galleria.foundation.errors import PreconditionFailed
from galleria.foundation.pagination import Page
from galleria.foundation.routing import etag_of, expect_version, problems, requires, within
from galleria.platform.tenants import ChannelNotFound

TAGS = ["profiles"]
Tagged: TypeAlias = Response[ListedProfile]
CodePath = Annotated[str, within(PathParameter, Code)]
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", max_length=100)]


@get(
    "/admin/v1/channel-profiles",
    operation_id="ListChannelProfiles",
    tags=TAGS,
    guards=[requires("settings:read")],
)
async def list_profiles(ctx: NamedDependency[Context]) -> Page[ListedProfile]:
    """All profiles, those that every shop has first. One page holds them."""
    return Page([_listed(each) for each in await keeping.list_profiles(ctx)], None)


@get(
    "/admin/v1/channel-profiles/{profile_code:str}",
    operation_id="ShowChannelProfile",
    tags=TAGS,
    guards=[requires("settings:read")],
    responses=problems(ProfileNotFound),
)
async def show_profile(ctx: NamedDependency[Context], profile_code: CodePath) -> Tagged:
    """One profile; its `ETag` is what an edit may insist on."""
    return _with_tag(await keeping.get_profile(ctx, profile_code))


@put(
    "/admin/v1/channel-profiles/{profile_code:str}",
    operation_id="PutChannelProfile",
    tags=TAGS,
    guards=[requires("settings:write")],
    responses=problems(InvalidProfile, TooManyProfiles, ChannelNotFound, PreconditionFailed),
)
async def put_profile(
    ctx: NamedDependency[Context],
    profile_code: CodePath,
    data: JSONBody[WantedProfile],
    if_match: IfMatch = None,
) -> Tagged:
    """Make or replace a profile. Answers by it change within seconds. Safe to repeat."""
    wanted = data.draft(profile_code)
    return _with_tag(await keeping.put_profile(ctx, wanted, expect_version(if_match)))


@delete(
    "/admin/v1/channel-profiles/{profile_code:str}",
    operation_id="RemoveChannelProfile",
    tags=TAGS,
    guards=[requires("settings:write")],
    responses=problems(ProfileNotFound, ProfileBuiltIn, PreconditionFailed),
)
async def remove_profile(
    ctx: NamedDependency[Context], profile_code: CodePath, if_match: IfMatch = None
) -> None:
    """Remove a profile of the shop's own. Clients that ask for it are refused from then on."""
    await keeping.remove_profile(ctx, profile_code, expect_version(if_match))


@post(
    "/admin/v1/channel-profiles/{profile_code:str}/restore",
    operation_id="RestoreChannelProfile",
    tags=TAGS,
    guards=[requires("settings:write")],
    responses=problems(ProfileNotFound),
    status_code=200,
)
async def restore_profile(ctx: NamedDependency[Context], profile_code: CodePath) -> Tagged:
    """Let a built-in profile be as it came. Safe to repeat."""
    return _with_tag(await keeping.restore_profile(ctx, profile_code))


@post(
    "/admin/v1/channel-profiles/{profile_code:str}/preview",
    operation_id="PreviewChannelProfile",
    tags=TAGS,
    guards=[requires("settings:read")],
    responses=problems(InvalidProfile, ChannelNotFound),
    status_code=200,
)
async def preview_profile(
    ctx: NamedDependency[Context],
    profile_code: CodePath,
    data: JSONBody[WantedProfile],
    bodies: FromQuery[bool] = False,
) -> Preview:
    """What such a profile would make of the shop's own answers, and what these would weigh; with
    `bodies` the answers themselves. Nothing is changed."""
    return await previewing.preview(ctx, data.draft(profile_code), with_bodies=bodies)


def _listed(profile: Profile) -> ListedProfile:
    said = {name: getattr(profile, name) for name in Profile.__struct_fields__}
    return ListedProfile(**said, is_built_in=profile.code in BUILT_IN)


def _with_tag(profile: Profile) -> Tagged:
    return Response(_listed(profile), headers={"etag": etag_of(profile.version)})


ROUTES = [
    list_profiles,
    show_profile,
    put_profile,
    remove_profile,
    restore_profile,
    preview_profile,
]
