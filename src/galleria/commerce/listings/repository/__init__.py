"""All SQL of the shop window."""
