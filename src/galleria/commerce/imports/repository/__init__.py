"""All SQL of the imports."""
