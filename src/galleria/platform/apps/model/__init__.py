"""What an app is, what it may ask for, and how it is talked with."""
