"""What webhooks are, in values: no input or output."""
