"""What an app says of itself, and what of that a merchant has to agree to."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from galleria.foundation.errors import FieldError
from galleria.foundation.http import Handle, HttpUrl, Name, ShortText, WireInput
from galleria.platform.apps.errors import InvalidManifest

MOST_BYTES = 65_536  # of a manifest, fetched or pasted
# Nobody uninstalls what an app has made with these: keys and webhooks of its own would outlive it.
NOT_FOR_APPS = frozenset({"*", "keys:write", "webhooks:write", "apps:write"})
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_NAMESPACE = r"^[a-z][a-z0-9_]{0,63}$(?!\n)"

Scope = Annotated[str, Meta(min_length=1, max_length=60)]
Tag = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[a-z0-9_.]+$(?!\n)")]
Decision = Literal["allow", "refuse"]


class ManifestWebhook(WireInput):
    """An address that events go to while the app is installed."""

    url: HttpUrl
    events: Annotated[list[Tag], Meta(min_length=1, max_length=50)]


class ManifestPage(WireInput):
    """A page of the app's own that the back office shows among its own."""

    title: Name
    url: HttpUrl


class ManifestRule(WireInput):
    """An address that is asked before an order is made, and what holds when it does not answer."""

    url: HttpUrl
    when_unanswered: Decision = "allow"


Webhooks = Annotated[list[ManifestWebhook], Meta(max_length=5)]
Pages = Annotated[list[ManifestPage], Meta(max_length=10)]


class Manifest(WireInput):
    """An app as it describes itself. `redirect_uris` are compared to the letter."""

    handle: Handle
    name: Name
    developer: Name
    redirect_uris: Annotated[list[HttpUrl], Meta(min_length=1, max_length=10)]
    scopes: Annotated[list[Scope], Meta(min_length=1, max_length=50)]
    description: ShortText = ""
    webhooks: Webhooks = msgspec.field(default_factory=list)
    pages: Pages = msgspec.field(default_factory=list)
    metafield_namespace: Annotated[str, Meta(max_length=64, pattern=_NAMESPACE)] | None = None
    checkout_rule: ManifestRule | None = None


def origin_of(url: str) -> str:
    """Scheme, host and port of an address: `https://app.example`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def check_manifest(
    manifest: Manifest, scopes: frozenset[str], events: Mapping[str, str], *, allow_http: bool
) -> None:
    """Pass when an app could be what this says.

    Args:
        manifest: what it says.
        scopes: those that a shop knows.
        events: the scope that reads it, by the tag of each event that may leave the house.
        allow_http: whether its addresses may be http:// too.

    Raises:
        InvalidManifest: naming each field at fault.
    """
    faults = [
        *_wrong_scopes(manifest.scopes, scopes),
        *_wrong_redirects(manifest.redirect_uris),
        *(each for each in _wrong_addresses(manifest) if not allow_http),
        *_wrong_events(manifest, events),
        *_wrong_hosts(manifest),
    ]
    if faults:
        raise InvalidManifest("; ".join(each.message for each in faults[:5]), errors=faults[:50])


def _wrong_scopes(wanted: Sequence[str], known: frozenset[str]) -> Iterator[FieldError]:
    for place, scope in enumerate(wanted):
        if scope in NOT_FOR_APPS:
            yield FieldError(f"scopes[{place}]", "scope_not_for_apps", f"no app may have {scope}")
        elif scope not in known:
            yield FieldError(f"scopes[{place}]", "unknown_scope", f"{scope!r} is no scope here")


def _wrong_redirects(uris: Sequence[str]) -> Iterator[FieldError]:
    for place, uri in enumerate(uris):
        parts = urlsplit(uri)
        # A code on the way to the same machine passes no network (RFC 8252, 7.3).
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            yield _not_https(f"redirect_uris[{place}]")
        if "#" in uri:
            said = "a redirect address has no fragment"
            yield FieldError(f"redirect_uris[{place}]", "fragment_in_redirect", said)


def _wrong_addresses(manifest: Manifest) -> Iterator[FieldError]:
    for path, url in _addresses(manifest):
        if not url.startswith("https://"):
            yield _not_https(path)


def _wrong_events(manifest: Manifest, known: Mapping[str, str]) -> Iterator[FieldError]:
    for place, webhook in enumerate(manifest.webhooks):
        for number, tag in enumerate(webhook.events):
            path = f"webhooks[{place}].events[{number}]"
            if tag not in known:
                yield FieldError(path, "unknown_event", f"no event {tag}")
            elif tag in webhook.events[:number]:
                yield FieldError(path, "repeated_event", "it is named twice")
            elif known[tag] not in manifest.scopes:
                said = f"{tag} needs the scope {known[tag]}"
                yield FieldError(path, "event_scope_not_held", said)


# What stands in a header or an attribute of a page; no quotes, blanks or user names.
_ORIGIN = re.compile(r"https?://([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")


def _wrong_hosts(manifest: Manifest) -> Iterator[FieldError]:
    redirects = [(f"redirect_uris[{n}]", each) for n, each in enumerate(manifest.redirect_uris)]
    for path, url in [*redirects, *_addresses(manifest)]:
        if not _ORIGIN.fullmatch(origin_of(url)):
            yield FieldError(path, "invalid_address", "an address names a host by ASCII letters")


def _addresses(manifest: Manifest) -> Iterator[tuple[str, str]]:
    for place, webhook in enumerate(manifest.webhooks):
        yield f"webhooks[{place}].url", webhook.url
    for place, page in enumerate(manifest.pages):
        yield f"pages[{place}].url", page.url
    if manifest.checkout_rule is not None:
        yield "checkout_rule.url", manifest.checkout_rule.url


def _not_https(path: str) -> FieldError:
    return FieldError(path, "address_refused", "an address starts with https://")


def grants_of(manifest: Manifest) -> frozenset[str]:
    """All that a merchant agrees to by agreeing to this: what may be done, and who is told what."""
    told = (
        f"event:{tag}@{origin_of(each.url)}" for each in manifest.webhooks for tag in each.events
    )
    rule = manifest.checkout_rule
    return frozenset(
        [
            *(f"scope:{scope}" for scope in manifest.scopes),
            *(f"redirect:{origin_of(uri)}" for uri in manifest.redirect_uris),
            *(f"page:{origin_of(page.url)}" for page in manifest.pages),
            *told,
            *([f"rule:{origin_of(rule.url)}:{rule.when_unanswered}"] if rule else []),
            *(
                [f"namespace:{manifest.metafield_namespace}"]
                if manifest.metafield_namespace
                else []
            ),
        ]
    )


def asks_more(before: Manifest, after: Manifest) -> bool:
    """Whether `after` wants something that nobody has agreed to with `before`, or other scopes: a
    key's never change, so that fewer take another key too."""
    return not grants_of(after) <= grants_of(before) or set(after.scopes) != set(before.scopes)
