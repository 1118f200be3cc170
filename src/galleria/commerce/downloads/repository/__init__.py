"""All SQL of the downloads."""
