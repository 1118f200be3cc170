"""What a change is: differences between trees, how they are applied, kept and shown."""
