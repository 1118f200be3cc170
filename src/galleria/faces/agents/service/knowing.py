"""Who the agent is: its profile, fetched from where it says, checked, and kept for a while."""

import re

import msgspec

from galleria.engines.cache import CacheKey
from galleria.engines.context import Context
from galleria.engines.outbound import (
    OutboundPaused,
    OutboundRefused,
    OutboundRequest,
    OutboundResponse,
    OutboundTimeout,
    OutboundTooLarge,
    OutboundUnreachable,
)
from galleria.faces.agents.errors import InvalidProfileUrl, ProfileMalformed, ProfileUnreachable
from galleria.faces.agents.model.protocol import AgentProfile, Introduction, read_profile
from galleria.faces.agents.service.sandbox import is_sandbox

MAX_PROFILE_BYTES = 256 * 1024
FETCHED_WITHIN_S = 5.0
# At least a minute, so that no agent is asked more often; an hour at most, so that a key which an
# agent takes back is not believed for longer.
KEPT_S = (60.0, 3600.0)
KEPT_USUALLY_S = 300.0
_MAX_AGE = re.compile(r"max-age=(\d{1,9})")


async def profile_of(ctx: Context, said: Introduction) -> AgentProfile:
    """The agent's profile as it was some minutes ago.

    Fetched through the guard that refuses inner addresses, without redirects, bounded in size and
    time. In the sandbox an agent that cannot be reached is one of which nothing is known.

    Raises:
        InvalidProfileUrl: the address may not be called.
        ProfileUnreachable, ProfileMalformed: it gives no profile.
    """
    key = CacheKey(ctx.tenant.tenant_id, "agents-profile", said.profile_url)
    kept = await ctx.engines.cache.get(key)
    if kept is not None:
        return msgspec.json.decode(kept, type=AgentProfile)
    try:
        answer = await _fetched(ctx, said.profile_url)
    except (InvalidProfileUrl, ProfileUnreachable):
        if not is_sandbox(ctx):
            raise
        unknown = AgentProfile(url=said.profile_url)
        await ctx.engines.cache.set(key, msgspec.json.encode(unknown), KEPT_S[0])
        return unknown
    profile = read_profile(said.profile_url, answer.body)
    await ctx.engines.cache.set(key, msgspec.json.encode(profile), _kept_for(answer))
    return profile


async def _fetched(ctx: Context, url: str) -> OutboundResponse:
    request = OutboundRequest(
        tenant_id=ctx.tenant.tenant_id,
        url=url,
        headers={"accept": "application/json"},
        deadline_s=FETCHED_WITHIN_S,
        limit_bytes=MAX_PROFILE_BYTES,
        max_redirects=0,
    )
    try:
        answer = await ctx.engines.outbound.send(request)
    except OutboundRefused as refused:
        raise InvalidProfileUrl(refused.detail) from None
    except OutboundTooLarge:
        raise ProfileMalformed(f"a profile has at most {MAX_PROFILE_BYTES} bytes") from None
    except (OutboundUnreachable, OutboundTimeout, OutboundPaused) as failed:
        raise ProfileUnreachable(failed.detail) from None
    if answer.status != 200:
        raise ProfileUnreachable(f"the profile's address answers {answer.status}")
    return answer


def _kept_for(answer: OutboundResponse) -> float:
    found = _MAX_AGE.search(answer.headers.get("cache-control", ""))
    wanted = float(found[1]) if found else KEPT_USUALLY_S
    return min(max(wanted, KEPT_S[0]), KEPT_S[1])
