"""How judging a search can fail."""

from galleria.foundation.errors import Conflict, InvalidInput, NotFound


class JudgmentSetNotFound(NotFound):
    code = "judgment_set_not_found"
    title = "There is no such set of judgments"


class InvalidJudgmentSet(InvalidInput):
    code = "invalid_judgment_set"
    title = "This cannot be a set of judgments"


class UnreadableJudgments(InvalidInput):
    code = "unreadable_judgments"
    title = "This is no table of judgments"


class InvalidJudgment(InvalidInput):
    code = "invalid_judgment"
    title = "This cannot be judged so"


class TooManyJudgmentSets(Conflict):
    code = "too_many_judgment_sets"
    title = "The shop has as many sets of judgments as it may have"


class TooManyJudgments(Conflict):
    code = "too_many_judgments"
    title = "A set has as many judgments as it may have"


class NothingJudged(Conflict):
    code = "nothing_judged"
    title = "Nothing is judged in this set yet"


class RelevanceRunNotFound(NotFound):
    code = "relevance_run_not_found"
    title = "There is no such run"


class RunNotFinished(Conflict):
    code = "run_not_finished"
    title = "This run has not come to its end"


class UnknownProfile(InvalidInput):
    code = "unknown_profile"
    title = "The search has no such profile"
