"""Addresses in the one form in which they are compared, and never an address to be lured by.

A path is decoded text (RFC 3986, 2.1) in NFC, with one slash before each part and none at its end;
host, query and fragment of what was asked do not count. Another site is reached by https alone.
"""

import re
import unicodedata
from urllib.parse import quote, unquote_to_bytes, urlsplit

from galleria.content.redirects.errors import InvalidRedirect
from galleria.foundation.errors import FieldError

# A path stands in an index, whose entries hold 2,700 bytes.
MOST_BYTES = 2_000
# `\\` is a slash to browsers, so `/\\evil.example` would be another site.
_ODD = re.compile(r"[\x00-\x1f\x7f-\x9f\\\ud800-\udfff\ufffd]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SLASHES = re.compile(r"/{2,}")
_HOST = re.compile(
    r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
)
_SAFE_IN_PATH = "/!$&'()*+,;=:@~"
_SAFE_IN_REST = _SAFE_IN_PATH + "?%"


def read_path(text: str, name: str = "from_path") -> str:
    """The path that people, files and programs wrote as `text`, percent-encoded or not.

    Raises:
        InvalidRedirect: it is none of the shop's own; the error names the field `name`.
    """
    bare = re.split(r"[?#]", text.strip(), maxsplit=1)[0]
    if _SCHEME.match(bare) or bare.startswith(("//", "\\")):
        raise refused(name, "foreign_address", "write a path of the shop, without a host")
    try:
        decoded = unquote_to_bytes(bare).decode()
    except UnicodeError:
        raise refused(name, "invalid_path", "the address is not UTF-8") from None
    path = _normal(decoded)
    if not bare or path is None:
        raise refused(name, "invalid_path", f"write a path of up to {MOST_BYTES} bytes, as in /old")
    return path


def read_old_path(text: str, name: str = "from_path") -> str:
    """As `read_path`, for where a redirect begins: any page but the first.

    Raises:
        InvalidRedirect: see `read_path`; or it is the shop's first page.
    """
    path = read_path(text, name)
    if path == "/":
        raise refused(name, "invalid_path", "the shop's first page stays where it is")
    return path


def asked_path(decoded: str) -> str | None:
    """The path of a request, decoded already; None when no redirect can begin there."""
    return _normal(decoded)


def _normal(decoded: str) -> str | None:
    path = _SLASHES.sub("/", unicodedata.normalize("NFC", f"/{decoded}")).rstrip("/") or "/"
    is_odd = _ODD.search(path) or {".", ".."} & set(path.split("/"))
    return None if is_odd or len(path.encode(errors="replace")) > MOST_BYTES else path


def read_url(text: str, name: str = "to") -> str:
    """An address of another site, fit to be sent to a browser.

    Raises:
        InvalidRedirect: it is not `https://host/…`; the error names the field `name`.
    """
    url = text.strip()
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except (ValueError, UnicodeError):
        raise refused(name, "invalid_url", "this is no address of the web") from None
    if parts.scheme != "https":
        raise refused(name, "insecure_target", "another site is reached by https:// alone")
    if not _HOST.fullmatch(host) or "@" in parts.netloc or _ODD.search(url) or " " in url:
        raise refused(name, "invalid_url", "write an address as in https://www.example.com/page")
    where = f"https://{host}{f':{port}' if port else ''}{quote(parts.path, safe=_SAFE_IN_REST)}"
    clean = where + _rest(parts.query, parts.fragment)
    if len(clean) > MOST_BYTES:
        raise refused(name, "too_long", f"at most {MOST_BYTES} characters")
    return clean


def is_url(text: str) -> bool:
    """True when the text names a scheme or a host: an address beyond the shop."""
    stripped = text.strip()
    return bool(_SCHEME.match(stripped)) or stripped.startswith(("//", "\\"))


def query_of(text: str, name: str = "to") -> str:
    """What follows the path in an address: `?page=2#top`, or nothing.

    Raises:
        InvalidRedirect: it is too long.
    """
    before, _, fragment = text.strip().partition("#")
    rest = _rest(before.partition("?")[2], fragment)
    if len(rest) > MOST_BYTES:
        raise refused(name, "too_long", f"at most {MOST_BYTES} characters")
    return rest


def _rest(query: str, fragment: str) -> str:
    ending = f"?{quote(query, safe=_SAFE_IN_REST)}" if query else ""
    return ending + (f"#{quote(fragment, safe=_SAFE_IN_REST)}" if fragment else "")


def as_sent(path: str) -> str:
    """The path as it stands in a header: percent-encoded, and of this host whatever it holds."""
    assert path.startswith("/") and not path.startswith("//"), "a path of this host"
    return quote(path, safe=_SAFE_IN_PATH)


def refused(name: str, code: str, message: str) -> InvalidRedirect:
    """A field of a redirect that cannot be."""
    return InvalidRedirect(f"{name}: {message}", errors=[FieldError(name, code, message)])
