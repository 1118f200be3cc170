"""All SQL of judging the search."""
