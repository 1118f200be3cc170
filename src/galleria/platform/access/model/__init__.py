"""Types and pure rules of access: people, roles and scopes, sessions, second factor, keys."""
