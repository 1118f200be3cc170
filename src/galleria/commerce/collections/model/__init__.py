"""What a collection is, what rules ask, and which products they choose."""
