"""What must not be kept of a request: whatever opens a door, pays, or tells who a shopper is.

Two nets, since either alone has holes: fields are judged by their names, and texts by what they
look like, wherever they stand.
"""

import re
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

import msgspec

REDACTED = "[redacted]"
# Words of a field's name: `card_token`, `billingAddress`, `email`.
_WORDS = frozenset(
    {
        *("password", "passwords", "secret", "secrets", "token", "tokens", "authorization"),
        *("passkey", "credential", "credentials", "signature", "otp", "licence", "licences"),
        *("card", "cvc", "cvv", "iban", "bic"),
        *("email", "emails", "mail", "phone", "telephone", "mobile", "address", "addresses"),
        "birthday",
    }
)
_NAMES = frozenset(
    {
        *("key", "api_key", "link", "customer", "shopper", "recipient"),
        *("first_name", "last_name", "full_name", "given_name", "family_name", "birth_date"),
        *("company", "postal_code", "line1", "line2", "vat_id", "tax_id"),
    }
)
# Where people stand, their names, and what is written of them, are under plain words.
_OF_PEOPLE = frozenset({"name", "note", "notes", "message", "metafields", "email_sort", "q"})
_PLACES_OF_PEOPLE = ("/admin/v1/customers", "/admin/v1/orders", "/admin/v1/members")
_SPLIT = re.compile(r"[^a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_LOOKS = re.compile(
    r"[^\s@<>\"'(),:;=&?/]+@[^\s@<>\"'(),:;=&?/]+\.[^\s@<>\"'(),:;=&?/]+"  # an e-mail
    r"|gal_[a-z][a-z0-9]*_[0-9a-z]+_[0-9A-Za-z]{8,}"  # keys, carts, sessions, orders
    r"|whsec_[A-Za-z0-9+/=]{8,}"
    r"|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"  # a JWT
    r"|(?i:bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}"
)
# Of 13 digits are barcodes, so cards are looked for from 14 on.
_DIGITS = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){13,18}(?![0-9])")


class Redactor:
    """Redacts what was asked at one place, and remembers whether it had to."""

    def __init__(self, path: str) -> None:
        """Redact requests to `path`: where people stand, more names are told of them."""
        self.has_changed = False
        """True once anything was replaced."""
        self._is_of_people = path.startswith(_PLACES_OF_PEOPLE)

    def text(self, text: str) -> str:
        """A text without what looks like a secret or an e-mail."""
        found = _LOOKS.sub(REDACTED, text)
        found = _DIGITS.sub(_without_card, found)
        self.has_changed = self.has_changed or found != text
        return found

    def json(self, raw: bytes) -> bytes | None:
        """A JSON document without them: the same bytes when nothing had to go, None when it cannot
        be read."""
        before, self.has_changed = self.has_changed, False
        try:
            value = self._value(msgspec.json.decode(raw))
        except (msgspec.DecodeError, RecursionError):
            self.has_changed = before
            return None
        changed = self.has_changed
        self.has_changed = changed or before
        return msgspec.json.encode(value) if changed else raw

    def query(self, query: str) -> str:
        """The query of an address without them."""
        before, self.has_changed = self.has_changed, False
        pairs = [
            (name, self._named(name, value))
            for name, value in parse_qsl(query, keep_blank_values=True)
        ]
        changed = self.has_changed
        self.has_changed = changed or before
        return urlencode(pairs, safe="[]:,@/") if changed else query

    def path(self, path: str) -> str:
        """A path without them."""
        found = self.text(unquote(path))
        return found if found != unquote(path) else path

    def _named(self, name: str, value: Any) -> Any:
        if value not in (None, "", [], {}) and (
            is_secret(name) or (self._is_of_people and plain(name) in _OF_PEOPLE)
        ):
            self.has_changed = True
            return REDACTED
        return self._value(value)

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(name): self._named(name, each) for name, each in value.items()}
        if isinstance(value, list):
            return [self._value(each) for each in value]
        return value


@lru_cache(maxsize=4_096)
def is_secret(name: str) -> bool:
    """Whether what a field of this name holds is nobody's business."""
    known = plain(name)
    return known in _NAMES or not _WORDS.isdisjoint(known.split("_"))


def plain(name: str) -> str:
    """`billingAddress` and `billing-address` as `billing_address`."""
    return _SPLIT.sub("_", _CAMEL.sub("_", name).lower()).strip("_")


def _without_card(found: re.Match[str]) -> str:
    digits = [int(each) for each in found[0] if each.isdigit()]
    doubled = [sum(divmod(2 * each, 10)) for each in digits[-2::-2]]
    is_card = (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0  # Luhn (ISO/IEC 7812-1)
    return REDACTED if is_card else found[0]
