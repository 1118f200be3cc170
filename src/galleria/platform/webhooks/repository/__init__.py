"""All SQL of the webhooks."""
