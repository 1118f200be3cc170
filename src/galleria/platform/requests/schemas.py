"""What is sent to have a request sent again."""

from galleria.foundation.http import WireInput


class Replay(WireInput):
    """How a request may be sent again."""

    allow_write: bool = False
    """True when it may be one that changes something."""
