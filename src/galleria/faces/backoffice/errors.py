"""Why a page of the back office is not shown."""

from galleria.foundation.errors import Forbidden, NotFound, Unauthenticated


class SignInNeeded(Unauthenticated):
    """Nobody is signed in. The door answers with the way to the sign-in page."""

    code = "sign_in_needed"
    title = "Please sign in"


class NoSuchDesk(NotFound):
    """There is no such shop, or the person does not work there: which, is not said."""

    code = "shop_not_found"
    title = "No such shop"


class ScopeMissing(Forbidden):
    """The person's role does not include this."""

    code = "scope_missing"
    title = "Your role does not include this"
