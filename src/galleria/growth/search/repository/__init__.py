"""All SQL of search."""
