"""Writing the history, reading it, and letting it go."""
