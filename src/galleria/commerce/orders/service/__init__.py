"""What can be done with orders: place, pay, send, cancel, refund, read."""
