"""SQL of the kiosks."""
