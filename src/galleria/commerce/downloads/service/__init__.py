"""The verbs of the downloads."""
