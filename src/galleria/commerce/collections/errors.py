"""What can go wrong with collections, each with a code that stays."""

from galleria.foundation.errors import Conflict, InvalidInput, NotFound


class CollectionNotFound(NotFound):
    """This shop has no such collection."""

    code = "collection_not_found"
    title = "No such collection"


class InvalidRule(InvalidInput):
    """A rule that could never be followed: the errors say which condition and why."""

    code = "invalid_rule"
    title = "The rule is not valid"


class InvalidCollection(InvalidInput):
    """A collection, as described, cannot be: the errors say which field and why."""

    code = "invalid_collection"
    title = "The collection is not valid"


class CollectionByRule(Conflict):
    """Its members are chosen by a rule, so none is put in, taken out or moved by hand."""

    code = "collection_by_rule"
    title = "The members of this collection are chosen by its rule"


class NoMember(Conflict):
    """The product is not in the collection, so nothing can be moved there or beside it."""

    code = "no_member"
    title = "The product is not in the collection"


class TooManyRules(Conflict):
    """The shop has as many collections with a rule as it may."""

    code = "too_many_rules"
    title = "The shop has as many rules as it may"


class TooManyMembers(Conflict):
    """A list picked by hand is as long as it may be."""

    code = "too_many_members"
    title = "The collection has as many members as a hand can pick"
