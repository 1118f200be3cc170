"""To what a key can be bound: a profile of the shop, and one of its active places."""

from galleria.commerce import inventory
from galleria.engines.context import Context
from galleria.faces.profiles.service.keeping import list_profiles


async def unknown_bindings(ctx: Context, profile: str, location: str) -> list[str]:
    """Which of `profile` and `location` names what the shop does not have, by these words; an empty
    text names nothing, which is there."""
    unknown = []
    if profile and profile not in {each.code for each in await list_profiles(ctx)}:
        unknown.append("profile")
    if location:
        places = {each.code for each in await inventory.list_locations(ctx) if each.is_active}
        if location not in places:
            unknown.append("location")
    return unknown
