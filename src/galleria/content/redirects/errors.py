"""How redirecting can fail."""

from galleria.foundation.errors import Conflict, InvalidInput, NotFound


class InvalidRedirect(InvalidInput):
    code = "invalid_redirect"
    title = "This is no redirect a shop can have"


class RedirectLoop(Conflict):
    code = "redirect_loop"
    title = "This redirect would lead back to where it begins"


class RedirectExists(Conflict):
    code = "redirect_exists"
    title = "There is a redirect from this address already"


class RedirectNotFound(NotFound):
    code = "redirect_not_found"
    title = "There is no redirect from this address"
