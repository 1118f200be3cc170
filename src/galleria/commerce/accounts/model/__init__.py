"""Types and pure rules of accounts: sessions, letters, passkeys, attempts."""
