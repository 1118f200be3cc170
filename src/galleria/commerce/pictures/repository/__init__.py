"""All SQL of the pictures that are wanted."""
