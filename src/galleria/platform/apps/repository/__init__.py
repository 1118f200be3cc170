"""How apps and the codes of their approval are kept."""
