"""The verbs of the assortment."""
