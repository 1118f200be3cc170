"""What a redirect is, and how many of them fit together."""
