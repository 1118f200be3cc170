"""Judgments, what they say of an answer, and whether a change is more than chance."""
