"""Whether agents are only trying things out here."""

from galleria.engines.context import Context
from galleria.faces.agents.model.settings import AgentSettings


def is_sandbox(ctx: Context) -> bool:
    """True in a shop that is a sandbox, and everywhere in a house that is one for agents."""
    return ctx.tenant.is_sandbox or ctx.engines.settings_of(AgentSettings).sandbox
