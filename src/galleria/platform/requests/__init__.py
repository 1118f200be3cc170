"""What programs have asked with a shop's keys lately, how it went, and the same asked once more.

Table in schema `requests`: `request`, the last 500 of each key for three days, its bodies encrypted
and without secrets and personal data. Publishes nothing. The door notes requests by `RequestLog`,
and lets replays in as `AskAgain`.
"""

from galleria.platform.requests.errors import (
    ReplayWouldWrite,
    RequestNotKept,
    RequestNotReplayable,
)
from galleria.platform.requests.model.heard import Heard, HeardRequest, kept_headers
from galleria.platform.requests.model.kept import (
    Body,
    LoggedRequest,
    LoggedRequestDetail,
    NewAnswer,
    Replayed,
    RequestFilters,
)
from galleria.platform.requests.ports import AskAgain, Asked
from galleria.platform.requests.service.hearing import RequestLog
from galleria.platform.requests.service.reading import get_request, list_requests
from galleria.platform.requests.service.replaying import replay_request

__all__ = [
    "AskAgain",
    "Asked",
    "Body",
    "Heard",
    "HeardRequest",
    "LoggedRequest",
    "LoggedRequestDetail",
    "NewAnswer",
    "ReplayWouldWrite",
    "Replayed",
    "RequestFilters",
    "RequestLog",
    "RequestNotKept",
    "RequestNotReplayable",
    "get_request",
    "kept_headers",
    "list_requests",
    "replay_request",
]
