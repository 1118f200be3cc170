"""Requests nobody should send, and what each is answered."""

from tests.faces.gateway.bad_requests.asking import Bad, Scene, Sent
from tests.faces.gateway.bad_requests.bodies import BODIES
from tests.faces.gateway.bad_requests.doors import HEADERS, WHERE
from tests.faces.gateway.bad_requests.things import ADDRESSES, GOODS

__all__ = ["ALL", "Bad", "Scene", "Sent"]

ALL = [*WHERE, *HEADERS, *BODIES, *ADDRESSES, *GOODS]
