"""Who may do what: scopes, and the roles that bundle them."""

from collections.abc import Callable, Sequence

from galleria.foundation.errors import FieldError
from galleria.platform.access.errors import ScopeNotHeld, UnknownRole, UnknownScope

ALL = "*"
TRADE = ("products", "stock", "prices", "orders", "imports", "customers")
AREAS = (*TRADE, "keys", "settings", "audit", "webhooks", "apps")
# What shoppers may do where the search is open to all; keys for it are made to be limited.
SEARCH_SCOPE = "search:read"
# What is written for staff and shown by devices in the shop, to those who stand behind the counter.
STAFF_NOTES_SCOPE = "staff_notes:read"
# What a kiosk of the shop does: it takes the shop window along, and sells without a network.
KIOSK_SCOPE = "kiosk:sell"
ONLY_SEARCH = frozenset({SEARCH_SCOPE})


def _both(*areas: str) -> frozenset[str]:
    return frozenset(f"{area}:{verb}" for area in areas for verb in ("read", "write"))


SHOP_SCOPES = _both(*AREAS) | {SEARCH_SCOPE, STAFF_NOTES_SCOPE, KIOSK_SCOPE}
HOUSE_SCOPES = _both("shops", "keys", "audit")

OWNER = "owner"
OPERATOR = "operator"
SHOP_ROLES = {
    OWNER: frozenset({ALL}),
    "manager": _both(*TRADE) | {"apps:read", SEARCH_SCOPE, STAFF_NOTES_SCOPE, KIOSK_SCOPE},
    "clerk": _both("orders", "stock") | {"products:read", SEARCH_SCOPE, STAFF_NOTES_SCOPE},
    # Keys and the diary are left out: who may use what is nobody's business but the owner's.
    "viewer": frozenset(f"{area}:read" for area in (*TRADE, "settings")) | {SEARCH_SCOPE},
}
HOUSE_ROLES = {OPERATOR: HOUSE_SCOPES}


def scopes_of_role(role: str, *, is_house: bool) -> frozenset[str]:
    """What a member in this role may do.

    Raises:
        UnknownRole: it is none of the house's, or none of a shop's.
    """
    scopes = (HOUSE_ROLES if is_house else SHOP_ROLES).get(role)
    if scopes is None:
        raise UnknownRole(f"{role!r} is no role {'of the house' if is_house else 'of a shop'}")
    return scopes


def top_role(*, is_house: bool) -> str:
    """The role of which a tenant must keep at least one."""
    return OPERATOR if is_house else OWNER


def check_scopes(scopes: Sequence[str], *, is_house: bool) -> None:
    """Pass when each is a scope that exists here; `*` is one.

    Raises:
        UnknownScope: some are not, or there is none; one field error each.
    """
    known = (HOUSE_SCOPES if is_house else SHOP_SCOPES) | {ALL}
    unknown = [
        FieldError(f"scopes[{place}]", UnknownScope.code, f"{scope!r} is no scope here")
        for place, scope in enumerate(scopes)
        if scope not in known
    ]
    if not scopes:
        unknown = [FieldError("scopes", UnknownScope.code, "a key needs at least one scope")]
    if unknown:
        raise UnknownScope("; ".join(error.message for error in unknown), errors=unknown)


def check_held(may: Callable[[str], bool], scopes: Sequence[str]) -> None:
    """Pass when whoever gives the scopes away holds each of them.

    Raises:
        ScopeNotHeld: they do not; the detail names what is missing.
    """
    missing = sorted(scope for scope in scopes if not may(scope))
    if missing:
        raise ScopeNotHeld(f"you do not hold {', '.join(missing)}")
