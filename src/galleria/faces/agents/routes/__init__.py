"""The doors for agents: the shop's profile, REST, and MCP."""

from galleria.faces.agents.routes import discovery, mcp, rest

ROUTES = [*discovery.ROUTES, *rest.ROUTES, *mcp.ROUTES]
