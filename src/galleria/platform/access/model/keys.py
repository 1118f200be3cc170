"""API keys: what is kept of them, what they are at an instant, and what is told once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec

from galleria.foundation.errors import FieldError
from galleria.foundation.rotation import Life, state_at
from galleria.platform.access.errors import KeyExpiryInPast, KeyKindDoesNotFit
from galleria.platform.access.model.scopes import ALL, ONLY_SEARCH, SEARCH_SCOPE

SHOWN_SECRET_CHARACTERS = 4  # of 32 random ones: tells keys apart, and 142 bits stay unknown
# A key is remembered for this long by processes that hear no news: with the reading itself a
# revoked one is dead there within 5 s. Those that hear refuse it within a second.
KEPT_FOR_S = 4.0

Kind: TypeAlias = Literal["general", "publishable", "secret", "restricted", "foreign"]
NewKind: TypeAlias = Literal["publishable", "secret", "restricted"]
KeyStatus: TypeAlias = Literal["active", "grace", "disabled", "grace_ended", "expired", "revoked"]
AnswerCode: TypeAlias = Literal[
    "VALID", "GRACE", "DISABLED", "EXPIRED", "GRACE_ENDED", "REVOKED", "NOT_FOUND"
]
CODES: dict[KeyStatus, AnswerCode] = {
    "active": "VALID",
    "grace": "GRACE",
    "disabled": "DISABLED",
    "expired": "EXPIRED",
    "grace_ended": "GRACE_ENDED",
    "revoked": "REVOKED",
}
# How the text of a key of each kind begins; the first one is of keys from before there were kinds.
TOKEN_KINDS: dict[Kind, str] = {
    "general": "key",
    "publishable": "pk",
    "secret": "sk",
    "restricted": "rk",
}
ALL_TOKEN_KINDS = tuple(TOKEN_KINDS.values())
FOR_BROWSERS = ONLY_SEARCH  # what anyone who reads a page may be given


class KeyTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What a key is made with beside its name and scopes; all of it goes over to its successor.

    `profile` is the channel profile by which whoever sends the key is answered, `profile_is_fixed`
    when they cannot choose another; `location` the code of the stock location at which a device
    with this key stands. Empty texts name none.
    """

    owner: str = ""
    notes: str = ""
    allowed_networks: list[str] = []
    allowed_origins: list[str] = []
    requests_per_minute: int | None = None
    profile: str = ""
    profile_is_fixed: bool = False
    location: str = ""


class KeyFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which keys are wanted: that name a scope, whose name holds a text, that are not dead."""

    scope: str = ""
    name: str = ""
    is_alive: bool = False


ALL_KEYS = KeyFilter()


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """A key as its shop sees it afterwards: never the key itself."""

    key_id: UUID
    name: str
    prefix: str
    last4: str
    scopes: list[str]
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    kind: Kind = "general"
    owner: str = ""
    notes: str = ""
    allowed_networks: list[str] = []
    allowed_origins: list[str] = []
    requests_per_minute: int | None = None
    profile: str = ""
    profile_is_fixed: bool = False
    location: str = ""
    is_canary: bool = False
    disabled_at: datetime | None = None
    revoke_reason: str | None = None
    rotated_at: datetime | None = None
    rotated_to: UUID | None = None
    rotated_from: UUID | None = None
    grace_ends_at: datetime | None = None
    brown_out_percent: int = 0

    @property
    def life(self) -> Life:
        """When it ends, by whichever way."""
        return Life(
            expires_at=self.expires_at,
            grace_ends_at=self.grace_ends_at,
            revoked_at=self.revoked_at,
        )

    @property
    def terms(self) -> KeyTerms:
        """What its successor is made with."""
        return KeyTerms(**{name: getattr(self, name) for name in KeyTerms.__struct_fields__})

    def status_at(self, now: datetime) -> KeyStatus:
        """Whether the key opens anything at this instant, and if not, why."""
        return status_of(self.life, self.disabled_at, now)


class ListedKey(Key, frozen=True, kw_only=True):
    """A key with its status at the time of asking."""

    status: KeyStatus


class CreatedKey(ListedKey, frozen=True, kw_only=True):
    """A new key. `key` is its text, told this once and kept nowhere."""

    key: str


class KeyAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a key is, told to whoever has its text: `VALID` and `GRACE` open, all else does not."""

    code: AnswerCode
    key_id: UUID | None = None
    kind: Kind | None = None
    scopes: list[str] = []
    ends_at: datetime | None = None
    replaced_at: datetime | None = None
    requests_per_minute: int | None = None


class RotatedKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key that is being replaced, and the one that replaces it with its text, told this once."""

    old: ListedKey
    new: CreatedKey


def status_of(life: Life, disabled_at: datetime | None, now: datetime) -> KeyStatus:
    """What a key is: that it is switched off is said only of one that would open otherwise."""
    state = state_at(life, now)
    return "disabled" if disabled_at is not None and state in {"active", "grace"} else state


def shown_parts(token: str) -> tuple[str, str]:
    """The beginning and the end of a key that may be shown: `gal_rk_5_8fKq` and `x0Zt`."""
    head, _, secret = token.rpartition("_")
    return f"{head}_{secret[:SHOWN_SECRET_CHARACTERS]}", token[-4:]


def listed(key: Key, now: datetime) -> ListedKey:
    """The key with its status."""
    return ListedKey(**msgspec.structs.asdict(key), status=key.status_at(now))


def check_expiry(expires_at: datetime | None, now: datetime) -> None:
    """Pass when the key would live for a while, or for good (None).

    Raises:
        KeyExpiryInPast: it would be dead already.
    """
    if expires_at is not None and expires_at <= now:
        message = "expires_at lies in the past"
        raise KeyExpiryInPast(
            message, errors=[FieldError("expires_at", KeyExpiryInPast.code, message)]
        )


def kind_for(kind: NewKind | None, scopes: Sequence[str]) -> NewKind:
    """The kind of a key with these scopes: the one asked for, else by what it may do."""
    return kind or ("secret" if ALL in scopes else "restricted")


def check_kind(kind: Kind, scopes: Sequence[str], terms: KeyTerms, *, is_house: bool) -> None:
    """Pass when a key of this kind can have these scopes and origins.

    Raises:
        KeyKindDoesNotFit: a publishable key that may do more than any visitor, a restricted one
            that may do everything, origins for a key that no browser should have, or a publishable
            key of the house.
    """
    wrong: FieldError | None = None
    if kind == "publishable" and (is_house or not FOR_BROWSERS.issuperset(scopes)):
        wrong = _unfit("scopes", f"a publishable key may have {SEARCH_SCOPE} and nothing else")
    elif kind == "restricted" and ALL in scopes:
        wrong = _unfit("scopes", "a restricted key names its scopes; a secret key may have *")
    elif terms.allowed_origins and kind != "publishable":
        wrong = _unfit("allowed_origins", "only publishable keys are for browsers")
    if wrong is not None:
        raise KeyKindDoesNotFit(wrong.message, errors=[wrong])


def _unfit(path: str, message: str) -> FieldError:
    return FieldError(path, KeyKindDoesNotFit.code, message)
