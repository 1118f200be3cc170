"""What goes together and what is sold together: types and pure rules."""
