"""Where the clusters are, each read from one URL."""

import re
from base64 import b64encode
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from galleria.engines.search_index.clusters import MOST_CLUSTERS, is_name
from galleria.foundation.errors import InvalidInput

DEFAULT_NAME = "galleria"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")
_NAMED = re.compile(r"([^=:/]*)=(.*)")
_NO_SIGN_OF_A_NAME = re.compile(r"[^a-z0-9]+")
_LONGEST_NAME = 40
_PORT = 9200
_MOST_SHARDS = 1024


class SearchAddress(msgspec.Struct, frozen=True, kw_only=True):
    """A cluster, and the name our indexes begin with there.

    `shards` is how many parts a fresh index has, `spread` over how many of them one tenant's
    products lie; 1: a question is answered by one part.
    """

    origin: str
    name: str = DEFAULT_NAME
    authorization: str | None = None
    shards: int = 1
    spread: int = 1


def parse_search_urls(text: str) -> dict[str, SearchAddress]:
    """The addresses in `[NAME=]URL [NAME=]URL …`, set apart by spaces or commas, by their names.

    One without a name is called as its host is, with hyphens for what is no letter or digit.

    Raises:
        InvalidInput: one does not read as `parse_search_url` says, there are too many or none, or
            two are the same or called the same.
    """
    addresses: dict[str, SearchAddress] = {}
    for each in re.split(r"[\s,]+", text.strip(" \t\n,")):
        named = _NAMED.fullmatch(each)
        address = parse_search_url(named[2] if named else each)
        name = named[1] if named else _name_of_host(address)
        if not is_name(name):
            raise InvalidInput(
                "GALLERIA_SEARCH_URL takes NAME=URL, the name of a-z, 0-9 and -, 40 at most"
            )
        if name in addresses:
            raise InvalidInput(
                f"GALLERIA_SEARCH_URL has two clusters called {name}; give them names: NAME=URL"
            )
        addresses[name] = address
    places = {(each.origin, each.name) for each in addresses.values()}
    if len(addresses) > MOST_CLUSTERS or len(places) < len(addresses):
        raise InvalidInput(f"GALLERIA_SEARCH_URL takes up to {MOST_CLUSTERS} different clusters")
    return addresses


def _name_of_host(address: SearchAddress) -> str:
    host = urlsplit(address.origin).hostname or ""
    return _NO_SIGN_OF_A_NAME.sub("-", host).strip("-")[:_LONGEST_NAME]


def parse_search_url(url: str) -> SearchAddress:
    """The address in `http[s]://[USER:PASSWORD@]HOST[:PORT][/NAME][?shards=N&spread=N]`.

    Raises:
        InvalidInput: it does not read so. The message repeats nothing of it: it holds a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or _PORT
        options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
        counts = {key: int(value) for key, value in options.items()}
    except ValueError:
        raise InvalidInput("GALLERIA_SEARCH_URL cannot be read as an address") from None
    name = parts.path.strip("/") or DEFAULT_NAME
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.fragment:
        raise InvalidInput("GALLERIA_SEARCH_URL begins with http://HOST or https://HOST")
    if not _NAME.fullmatch(name):
        raise InvalidInput("the name in GALLERIA_SEARCH_URL is of a-z, 0-9, _ and -")
    shards, spread = counts.pop("shards", 1), counts.pop("spread", 1)
    if counts or not 1 <= spread <= shards <= _MOST_SHARDS or (spread == shards > 1):
        raise InvalidInput(
            "GALLERIA_SEARCH_URL takes ?shards=N&spread=M: 1 to 1024 parts, M less than N or both 1"
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return SearchAddress(
        origin=f"{parts.scheme}://{host}:{port}",
        name=name,
        authorization=_basic(parts.username, parts.password),
        shards=shards,
        spread=spread,
    )


def _basic(user: str | None, password: str | None) -> str | None:
    if not user:
        return None
    pair = f"{unquote(user)}:{unquote(password or '')}"
    return "Basic " + b64encode(pair.encode()).decode()
