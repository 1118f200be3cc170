"""Types and pure rules of the dictionary."""
