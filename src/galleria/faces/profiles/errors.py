"""How a channel profile can fail to be kept or chosen."""

from galleria.foundation.errors import Conflict, Forbidden, InvalidInput, NotFound


class InvalidProfile(InvalidInput):
    code = "invalid_channel_profile"
    title = "This is no profile a shop can have"


class UnknownProfile(InvalidInput):
    """A request asks to be answered by a profile that the shop does not have."""

    code = "unknown_channel_profile"
    status = 400
    title = "The shop has no profile of this name"


class ProfileNotFound(NotFound):
    code = "channel_profile_not_found"
    title = "There is no profile of this name"


class ProfileBuiltIn(Conflict):
    code = "channel_profile_built_in"
    title = "This profile is always there"


class TooManyProfiles(Conflict):
    code = "too_many_channel_profiles"
    title = "The shop has as many profiles as it may have"


class ProfileFixed(Forbidden):
    """The key is bound to one channel profile, and the request asks for another by name."""

    code = "channel_profile_fixed"
    title = "This key is answered by its own profile only"
