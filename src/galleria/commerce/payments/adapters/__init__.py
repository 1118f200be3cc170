"""The gateways this room knows how to speak to."""
