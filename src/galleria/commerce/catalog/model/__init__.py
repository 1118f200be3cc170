"""The types and rules of the catalog, pure: no input, no output, no clock."""
