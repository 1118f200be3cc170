"""Redirects made and changed, found, counted, and taken along."""
