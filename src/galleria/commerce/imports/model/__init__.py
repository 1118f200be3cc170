"""What product files are made of, and how they become products: no I/O in here."""
