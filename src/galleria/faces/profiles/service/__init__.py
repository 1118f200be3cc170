"""What is done with channel profiles."""
