"""What an operator can set for agents."""

import msgspec


class AgentSettings(msgspec.Struct, frozen=True):
    """Settings of the face for agents, `GALLERIA_AGENTS_<FIELD>`."""

    sandbox: bool = False
    """For trying out only, never where real money moves: agents need not be reachable and may be at
    http, and addresses that simulate what becomes of an order are open."""
    require_signatures: bool = False
    """Carts, checkouts and orders are for agents that sign their requests."""
