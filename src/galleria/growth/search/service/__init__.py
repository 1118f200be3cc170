"""Asking, indexing, and the words that mean the same."""
