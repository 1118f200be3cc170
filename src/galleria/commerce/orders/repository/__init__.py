"""All SQL of the orders room."""
