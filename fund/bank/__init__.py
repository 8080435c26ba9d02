"""The bank's own word for what moved: its statements, and how each line agrees with the books."""
