"""What is asked, what is answered, and what means the same."""
