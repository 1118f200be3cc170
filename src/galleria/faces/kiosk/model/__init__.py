"""What a kiosk takes along, what it is told later, and what it sold."""
