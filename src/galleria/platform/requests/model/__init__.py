"""What is kept of a request, and what must not be."""
