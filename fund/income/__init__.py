"""Income that is earned before it is received."""
