"""The rules of the stockroom: no I/O, no clock."""
