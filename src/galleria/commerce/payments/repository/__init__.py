"""All SQL of the payments room: our rows, and the test gateway's own books."""
