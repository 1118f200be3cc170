"""Requests of keys: heard at the door, kept a moment later, looked at, and sent again."""
