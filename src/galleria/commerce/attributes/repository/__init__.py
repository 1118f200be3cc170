"""All SQL of the dictionary."""
