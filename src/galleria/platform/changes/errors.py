"""How looking back can fail."""

from galleria.foundation.errors import Conflict, NotFound, TooLarge


class ChangeTooLarge(TooLarge):
    code = "change_too_large"
    title = "This is too much for one entry of the history"


class VersionRecorded(Conflict):
    code = "version_recorded"
    title = "This version is in the history already"


class HistoryNotFound(NotFound):
    code = "history_not_found"
    title = "Nothing has happened to such a thing"


class VersionNotKept(NotFound):
    code = "version_not_kept"
    title = "The history does not reach back to this version"


class ChangeDoesNotFit(Conflict):
    code = "change_does_not_fit"
    title = "What the change left behind has been changed since"
