"""What the face for agents hands to the roof."""

from galleria.engines.room import Room
from galleria.faces.agents.jobs import ENQUEUES, SCHEDULES, TELL_AGENT
from galleria.faces.agents.model.settings import AgentSettings
from galleria.faces.agents.routes import ROUTES
from galleria.faces.agents.service.leaving import erase_agents, export_agents

ROOM = Room(
    name="faces.agents",
    routes=ROUTES,
    enqueues=ENQUEUES,
    jobs=[TELL_AGENT],
    schedules=SCHEDULES,
    settings=AgentSettings,
    export=export_agents,
    erase=erase_agents,
)
