"""Channel profiles and what they make of an answer, pure: no input, no output, no clock."""
