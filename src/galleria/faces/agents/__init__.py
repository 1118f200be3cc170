"""Software that buys: the shop as agents find it, read it, fill carts, check out and follow orders.

Speaks the Universal Commerce Protocol in two of its versions over REST, the newer one over the
Model Context Protocol too, and has plain tools for any other MCP client. Owns `agents.checkout`
(what an agent chose beside its cart, which stays in `carts`), `agents.signing_key` and
`agents.nonce`. Publishes nothing; hears what becomes of orders and tells the agents.
Source: https://ucp.dev, https://modelcontextprotocol.io.
"""
