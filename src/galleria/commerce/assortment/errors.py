"""What can go wrong with what goes together and what is sold together."""

from galleria.foundation.errors import Conflict, InvalidInput, NotFound


class InvalidRelation(InvalidInput):
    """A product that cannot be named so; the errors say which and why."""

    code = "invalid_relation"
    title = "These products cannot be related so"


class TooManyRelations(Conflict):
    """A product names at most 250 others."""

    code = "too_many_relations"
    title = "The product names as many others as it may"


class InvalidBundle(InvalidInput):
    """A set that cannot be sold so; the errors say which component and why."""

    code = "invalid_bundle"
    title = "The variant cannot be a bundle of these"


class BundleNotFound(NotFound):
    """The variant is no bundle."""

    code = "bundle_not_found"
    title = "This variant is no bundle"
