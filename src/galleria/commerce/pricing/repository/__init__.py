"""All SQL of the pricing."""
