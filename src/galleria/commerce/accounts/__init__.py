"""Shoppers who have an account: how they sign in, and what is theirs.

Owns `accounts.account`, `session`, `letter`, `link`, `passkey`, `challenge` and `attempt`. An
account belongs to one customer of one shop, and comes to be when a mailbox is proven: whatever
belongs to an e-mail address is shown to nobody else. Events: letter requested, account opened,
closed, blocked, e-mail changed. Sources: OWASP ASVS 5 (6, 7), NIST SP 800-63B-4, Web
Authentication Level 3.
"""

from galleria.commerce.accounts.errors import (
    AccountBlocked,
    AccountNotFound,
    FreshSignInRequired,
    HostNotOfShop,
    LinkNotValid,
    PasskeyKnown,
    PasskeyNotFound,
    PasskeyRefused,
    PasswordRequired,
    ShopperRequired,
    ShopperSessionNotFound,
    ShopperSignedOut,
    SignInNameTaken,
    TooManyPasskeys,
)
from galleria.commerce.accounts.events import (
    AccountBlockChanged,
    AccountClosed,
    AccountOpened,
    EmailChanged,
    LetterRequested,
)
from galleria.commerce.accounts.model.accounts import AccountSettings, AccountStanding, Client
from galleria.commerce.accounts.model.letters import LinkShown, Said
from galleria.commerce.accounts.model.passkeys import Ceremony, Passkey
from galleria.commerce.accounts.model.sessions import TOKEN_KIND, ListedSession, SignedIn
from galleria.commerce.accounts.schemas import (
    AccountView,
    Credential,
    PasskeyName,
    ProfileChanges,
    TakenAlong,
)
from galleria.commerce.accounts.service.acting import session_in
from galleria.commerce.accounts.service.baskets import keep_cart, own_cart
from galleria.commerce.accounts.service.letters import request_link, send_letters
from galleria.commerce.accounts.service.links import (
    follow_link,
    look_at_link,
    stop_email_change,
)
from galleria.commerce.accounts.service.passkeys import (
    add_passkey,
    begin_registration,
    begin_sign_in,
    list_passkeys,
    remove_passkey,
    rename_passkey,
    sign_in_with_passkey,
)
from galleria.commerce.accounts.service.profiles import (
    add_address,
    change_address,
    change_profile,
    close_account,
    list_addresses,
    list_orders,
    own_account,
    own_order,
    own_past_order,
    remove_address,
    request_email_change,
    take_along,
)
from galleria.commerce.accounts.service.sessions import (
    actor_of_session,
    end_other_sessions,
    end_session,
    list_sessions,
    sign_out,
)
from galleria.commerce.accounts.service.signing_in import change_password, sign_in
from galleria.commerce.accounts.service.staff import (
    end_sessions,
    send_link,
    set_blocked,
    standing_of,
)
from galleria.commerce.accounts.service.tidying import forget_ended

__all__ = [
    "TOKEN_KIND",
    "AccountBlockChanged",
    "AccountBlocked",
    "AccountClosed",
    "AccountNotFound",
    "AccountOpened",
    "AccountSettings",
    "AccountStanding",
    "AccountView",
    "Ceremony",
    "Client",
    "Credential",
    "EmailChanged",
    "FreshSignInRequired",
    "HostNotOfShop",
    "LetterRequested",
    "LinkNotValid",
    "LinkShown",
    "ListedSession",
    "Passkey",
    "PasskeyKnown",
    "PasskeyName",
    "PasskeyNotFound",
    "PasskeyRefused",
    "PasswordRequired",
    "ProfileChanges",
    "Said",
    "ShopperRequired",
    "ShopperSessionNotFound",
    "ShopperSignedOut",
    "SignInNameTaken",
    "SignedIn",
    "TakenAlong",
    "TooManyPasskeys",
    "actor_of_session",
    "add_address",
    "add_passkey",
    "begin_registration",
    "begin_sign_in",
    "change_address",
    "change_password",
    "change_profile",
    "close_account",
    "end_other_sessions",
    "end_session",
    "end_sessions",
    "follow_link",
    "forget_ended",
    "keep_cart",
    "list_addresses",
    "list_orders",
    "list_passkeys",
    "list_sessions",
    "look_at_link",
    "own_account",
    "own_cart",
    "own_order",
    "own_past_order",
    "remove_address",
    "remove_passkey",
    "rename_passkey",
    "request_email_change",
    "request_link",
    "send_letters",
    "send_link",
    "session_in",
    "set_blocked",
    "sign_in",
    "sign_in_with_passkey",
    "sign_out",
    "standing_of",
    "stop_email_change",
    "take_along",
]
