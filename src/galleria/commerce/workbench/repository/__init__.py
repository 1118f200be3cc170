"""The SQL of the work-bench."""
