"""How looking at requests, and sending them again, can fail."""

from galleria.foundation.errors import Conflict, NotFound


class RequestNotKept(NotFound):
    code = "request_not_kept"
    title = "This request of the key is not kept, or no longer"


class RequestNotReplayable(Conflict):
    code = "request_not_replayable"
    title = "The request cannot be sent again"


class ReplayWouldWrite(Conflict):
    code = "replay_would_write"
    title = "Sent again, the request would change something"
