"""What a profile would make of the shop's own answers, weighed."""

import gzip

import msgspec

from galleria.commerce import listings
from galleria.engines.context import Context
from galleria.faces.profiles.model.profiles import Profile, ProfileDraft, check
from galleria.faces.profiles.model.shaping import Shaper
from galleria.faces.profiles.schemas import Preview, Sample

A_LIST = 20
_MOST_WEIGHED = 5  # products: the one with the longest answer of them is shown
_decoder = msgspec.json.Decoder(dict[str, object])


async def preview(ctx: Context, draft: ProfileDraft, *, with_bodies: bool = False) -> Preview:
    """A list of twenty and the longest of the first five products, whole and by the profile.

    Raises:
        InvalidProfile: it cannot be.
        ChannelNotFound: the shop has no such sales channel.
    """
    check(draft)
    profile = Profile(**{name: getattr(draft, name) for name in ProfileDraft.__struct_fields__})
    window = await listings.window_of(ctx, draft.channel)
    cards, _ = await listings.page_of_cards(
        ctx, window, sort=None, category=None, collection=None, cursor=None, limit=A_LIST
    )
    page = f'{{"items":[{",".join(cards)}],"next_cursor":null}}'.encode()
    samples = [_weighed(profile, "cards", f"/store/v1/products?limit={A_LIST}", page, with_bodies)]
    handles = [str(_decoder.decode(each)["handle"]) for each in cards[:_MOST_WEIGHED]]
    details = [(await listings.detail_of(ctx, window, each))[0] for each in handles]
    if details:
        longest = max(details, key=len).encode()
        address = f"/store/v1/products/{_decoder.decode(longest)['handle']}"
        samples.append(_weighed(profile, "product", address, longest, with_bodies))
    return Preview(samples=samples)


def _weighed(profile: Profile, shape: str, address: str, body: bytes, with_body: bool) -> Sample:
    shaped = body
    if not profile.changes_nothing:
        shaped = msgspec.json.encode(Shaper(profile).shape(shape, _decoder.decode(body)))
    budget = profile.budget_bytes
    return Sample(
        shape=shape,
        address=address,
        whole_bytes=len(body),
        bytes=len(shaped),
        compressed_bytes=len(gzip.compress(shaped, 6)),
        is_over=budget is not None and len(shaped) > budget,
        body=msgspec.Raw(shaped) if with_body else None,
    )
