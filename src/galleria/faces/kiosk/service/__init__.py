"""What is done for a kiosk."""
