"""Types and rules of the work-bench."""
