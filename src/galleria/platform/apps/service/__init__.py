"""What is done with apps, one function a verb."""
