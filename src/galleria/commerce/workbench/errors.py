"""What can go wrong at the work-bench."""

from galleria.foundation.errors import Conflict, InvalidInput, NotFound, Unavailable


class InvalidAct(InvalidInput):
    """A change of many products that cannot be; the errors say why."""

    code = "invalid_act"
    title = "These products cannot be changed so"


class ActNotFound(NotFound):
    """This shop has no such change of many products."""

    code = "act_not_found"
    title = "No such change of many products"


class ActNotUndoable(Conflict):
    """It is under way, or nothing of it can be taken back."""

    code = "act_not_undoable"
    title = "This cannot be taken back"


class ViewNotFound(NotFound):
    """There is no such saved view, or it is somebody else's."""

    code = "view_not_found"
    title = "No such saved view"


class TooManyViews(Conflict):
    """A person keeps at most 50 views of a shop."""

    code = "too_many_views"
    title = "There are as many saved views as there may be"


class BenchNotFilled(Unavailable):
    """What is found by is being made anew; all products are found again in a while."""

    code = "bench_not_filled"
    title = "Not all products can be found yet"
