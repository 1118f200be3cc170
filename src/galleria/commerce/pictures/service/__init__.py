"""The verbs of the pictures that are wanted."""
