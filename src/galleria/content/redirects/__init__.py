"""Forwarding addresses: whoever comes by an old link is led to where the page is now.

Table `redirects.redirect`, event `redirects.redirects_changed.v1`. A redirect leads to a path of
the shop, to another site, or to a product, category or collection wherever that is at the time.
"""

from galleria.content.redirects.errors import (
    InvalidRedirect,
    RedirectExists,
    RedirectLoop,
    RedirectNotFound,
)
from galleria.content.redirects.events import RedirectsChanged
from galleria.content.redirects.model.redirects import (
    MOST_AT_ONCE,
    Move,
    Redirect,
    RedirectDraft,
    RedirectOutcome,
    RedirectView,
    Way,
    view_of,
    way_of,
)
from galleria.content.redirects.schemas import NewRedirect, OldPath, RedirectChanges
from galleria.content.redirects.service.counting import HitCounter
from galleria.content.redirects.service.reading import (
    export_redirects,
    get_redirect,
    list_redirects,
    resolve,
)
from galleria.content.redirects.service.writing import (
    change_redirect,
    create_redirect,
    merge_redirects,
    moved,
    remove_redirects,
)

__all__ = [
    "MOST_AT_ONCE",
    "HitCounter",
    "InvalidRedirect",
    "Move",
    "NewRedirect",
    "OldPath",
    "Redirect",
    "RedirectChanges",
    "RedirectDraft",
    "RedirectExists",
    "RedirectLoop",
    "RedirectNotFound",
    "RedirectOutcome",
    "RedirectView",
    "RedirectsChanged",
    "Way",
    "change_redirect",
    "create_redirect",
    "export_redirects",
    "get_redirect",
    "list_redirects",
    "merge_redirects",
    "moved",
    "remove_redirects",
    "resolve",
    "view_of",
    "way_of",
]
