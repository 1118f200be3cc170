"""How a client says by which profile it wants to be answered.

The header `Galleria-Profile` comes first, then the parameter `profile` of a media type in `Accept`.
`auto` stands for what the hint `Sec-CH-UA-Mobile` says, which browsers on phones send by
themselves: nobody is answered in another form than before without having asked for it.
"""

import re
from functools import lru_cache

import msgspec

from galleria.faces.profiles.errors import ProfileFixed

HEADER = b"galleria-profile"
AUTO = "auto"
_VARIES = "galleria-profile, accept, sec-ch-ua-mobile"
_IN_ACCEPT = re.compile(r';\s*profile="?([a-z0-9][a-z0-9-]{0,59})"?', re.IGNORECASE)
_MOST_ACCEPT = 1_000  # characters of the header that are looked at


class Wish(msgspec.Struct, frozen=True):
    """What a request says of profiles: a code, or nothing."""

    code: str | None = None


NOTHING = Wish()


def wish_of(headers: list[tuple[bytes, bytes]]) -> Wish:
    """What the headers of a request wish for. A code that cannot be one comes as it was sent."""
    named = accept = None
    is_mobile = False
    for name, value in headers:
        if name == HEADER:
            named = value.decode("latin-1").strip()[:100]
        elif name == b"accept" and b"profile" in value:
            accept = value.decode("latin-1")[:_MOST_ACCEPT]
        elif name == b"sec-ch-ua-mobile":
            is_mobile = value.strip() == b"?1"
    if named is None and accept is not None and (found := _IN_ACCEPT.search(accept)):
        named = found[1].lower()
    if named is None:
        return NOTHING
    return Wish(named) if named != AUTO else Wish("mobile" if is_mobile else "web")


def bound(wish: Wish, profile: str, is_fixed: bool) -> Wish:
    """What the request wishes for, else what its key is bound to, which may be nothing ("").

    Raises:
        ProfileFixed: it asks for another profile than the one its key may have.
    """
    if not profile or wish.code == profile:
        return wish
    if wish.code is None:
        return Wish(profile)
    if is_fixed:
        raise ProfileFixed(f"ask without a profile, or for {profile}")
    return wish


@lru_cache(maxsize=1_024)
def with_vary(value: str) -> str:
    """The header `Vary` of an answer that depends on the profile too."""
    return f"{value}, {_VARIES}" if value else _VARIES
