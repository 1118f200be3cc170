"""All SQL of the collections."""
