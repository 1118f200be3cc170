"""All SQL of the assortment."""
