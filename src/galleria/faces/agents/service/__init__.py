"""What agents can do in a shop."""
