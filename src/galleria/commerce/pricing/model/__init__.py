"""The types and rules of the pricing, pure: no input, no output, no clock."""
