"""The verbs of the inventory."""
