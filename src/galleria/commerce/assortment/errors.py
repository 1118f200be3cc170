"""What can go wrong with what goes together."""

from galleria.foundation.errors import Conflict, InvalidInput


class InvalidRelation(InvalidInput):
    """A product that cannot be named so; the errors say which and why."""

    code = "invalid_relation"
    title = "These products cannot be related so"


class TooManyRelations(Conflict):
    """A product names at most 250 others."""

    code = "too_many_relations"
    title = "The product names as many others as it may"
