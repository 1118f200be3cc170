"""The shop window's documents and rules, pure: no input, no output, no clock."""
