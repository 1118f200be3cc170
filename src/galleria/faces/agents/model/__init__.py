"""What is said between a shop and an agent, as values and rules."""
