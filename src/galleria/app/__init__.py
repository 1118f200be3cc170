"""The roof: opens the engines, mounts the rooms, and runs the house's processes."""
