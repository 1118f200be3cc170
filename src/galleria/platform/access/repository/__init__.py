"""All SQL of access, by subject: people, attempts, sessions, second factor, keys."""
