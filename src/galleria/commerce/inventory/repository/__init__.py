"""All SQL of the inventory."""
