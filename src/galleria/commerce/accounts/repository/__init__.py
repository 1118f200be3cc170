"""All SQL of the accounts room."""
