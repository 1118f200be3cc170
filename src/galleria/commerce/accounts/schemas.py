"""What shoppers send about their accounts, and the forms in which accounts are shown."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from galleria.commerce.accounts.model.passkeys import Passkey
from galleria.commerce.accounts.model.sessions import ListedSession
from galleria.commerce.customers import PostalAddress, SavedAddress
from galleria.commerce.orders import Order, OrderSummary
from galleria.foundation.http import Email, LocaleCode, WireInput

Line = Annotated[str, Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]
Phone = Annotated[str, Meta(max_length=40, pattern=r"^[0-9+()/. -]*$(?!\n)")]
# Checked by its rules in the service; here it is only kept from being a book.
TypedPassword = Annotated[str, Meta(min_length=1, max_length=1_000, pattern=r"^[^\x00]*$")]
LinkToken = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[!-~]+$(?!\n)")]
CartToken = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[!-~]+$(?!\n)")]
HostName = Annotated[str, Meta(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9.-]+$(?!\n)")]
PasskeyName = Annotated[
    str, Meta(min_length=1, max_length=60, pattern=r"^ *[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$(?!\n)")
]
Base64Url = Annotated[str, Meta(max_length=20_000, pattern=r"^[A-Za-z0-9_=-]*$(?!\n)")]
Short = Annotated[str, Meta(max_length=100, pattern=r"^[^\x00]*$")]


class LinkWanted(WireInput):
    """A link by e-mail: to sign in or open an account, or to choose a new password.

    `name` and `accepts_marketing` count when the link opens an account.
    """

    email: Email
    kind: Literal["sign_in", "password"] = "sign_in"
    name: Line = ""
    accepts_marketing: bool = False


class LinkSent(msgspec.Struct, frozen=True, kw_only=True):
    """The same for every address: whether a mail went out is known to its owner alone."""

    good_for_minutes: int


class LinkNamed(WireInput):
    """The token that stands at the end of a mail's link."""

    token: LinkToken


class LinkFollowed(WireInput):
    """The link is to be used up. `cart_token` is the cart that was filled before signing in."""

    token: LinkToken
    password: TypedPassword | None = None
    cart_token: CartToken | None = None


class PasswordSignIn(WireInput):
    """Who wants to come in. `cart_token` is the cart that was filled before signing in."""

    email: Email
    password: TypedPassword
    cart_token: CartToken | None = None


class NewPassword(WireInput):
    """`present` may be left out by whoever has signed in a moment ago."""

    password: TypedPassword
    present: TypedPassword | None = None


class NewEmail(WireInput):
    """The address to sign in with once its owner has confirmed it."""

    email: Email


class ProfileChanges(WireInput):
    """The fields to change; what is left out stays as it is."""

    name: Line | UnsetType = UNSET
    locale: LocaleCode | UnsetType = UNSET
    phone: Phone | UnsetType = UNSET
    accepts_marketing: bool | UnsetType = UNSET


class OwnAddress(WireInput):
    """An address for the book; as the default it takes the place of the former one."""

    address: PostalAddress
    is_default: bool = False


class OwnCart(WireInput):
    """A cart to join the shopper's own."""

    cart_token: CartToken


class Place(WireInput):
    """On which host of the shop the page is; the shop's first when left out."""

    host: HostName | None = None


class SignedResponse(WireInput, rename="camel"):
    """What an authenticator made, as a browser's `toJSON` writes it; bytes are base64url."""

    client_data_json: Base64Url = msgspec.field(name="clientDataJSON")
    attestation_object: Base64Url | None = None
    authenticator_data: Base64Url | None = None
    signature: Base64Url | None = None
    user_handle: Base64Url | None = None
    public_key: Base64Url | None = None
    public_key_algorithm: Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)] | None = None
    transports: Annotated[list[Short], Meta(max_length=20)] | None = None


class Credential(WireInput, rename="camel"):
    """`PublicKeyCredential.toJSON()` as a browser gives it."""

    id: Base64Url
    raw_id: Base64Url
    response: SignedResponse
    type: Literal["public-key"] = "public-key"
    authenticator_attachment: Short | None = None
    client_extension_results: Annotated[dict[Short, Any], Meta(max_length=20)] = msgspec.field(
        default_factory=dict
    )

    def as_browsers_say(self) -> dict[str, Any]:
        """The credential as plain JSON, without what was left out."""
        said: dict[str, Any] = msgspec.to_builtins(self)
        said["response"] = {
            name: value for name, value in said["response"].items() if value is not None
        }
        # What extensions say counts for nothing here.
        said["clientExtensionResults"] = {}
        return {name: value for name, value in said.items() if value is not None}


class NewPasskey(WireInput):
    """The answer to a challenge, and what the shopper calls the device."""

    challenge_id: UUID
    credential: Credential
    name: PasskeyName


class PasskeySignIn(WireInput):
    """The answer to a challenge. `cart_token` is the cart that was filled before signing in."""

    challenge_id: UUID
    credential: Credential
    cart_token: CartToken | None = None


class PasskeyRenamed(WireInput):
    """What the shopper calls the device."""

    name: PasskeyName


class AccountBlock(WireInput):
    """Whether the account lets anybody in."""

    is_blocked: bool


class AccountView(msgspec.Struct, frozen=True, kw_only=True):
    """A shopper's own account."""

    customer_id: UUID
    email: str
    email_verified: bool
    name: str
    locale: str
    phone: str
    accepts_marketing: bool
    has_password: bool
    passkeys: int
    sessions: int
    is_fresh: bool
    created_at: datetime
    version: int


class Addresses(msgspec.Struct, frozen=True):
    """The whole address book, the default first: it holds at most 50, so there are no pages."""

    items: list[SavedAddress]
    next_cursor: None = None


class Sessions(msgspec.Struct, frozen=True):
    """All sessions, the newest first: there are at most 30, so there are no pages."""

    items: list[ListedSession]
    next_cursor: None = None


class Passkeys(msgspec.Struct, frozen=True):
    """All passkeys, the oldest first: there are at most 20, so there are no pages."""

    items: list[Passkey]
    next_cursor: None = None


class SessionsEnded(msgspec.Struct, frozen=True, kw_only=True):
    """How many sessions have ended by this."""

    ended: int


class TakenAlong(msgspec.Struct, frozen=True, kw_only=True):
    """All that the shop knows of a shopper, for them to take along."""

    account: AccountView
    addresses: list[SavedAddress]
    metafields: dict[str, Any] | None
    orders: list[Order]
    past_orders: list[OrderSummary]
    passkeys: list[Passkey]
    sessions: list[ListedSession]
    exported_at: datetime
