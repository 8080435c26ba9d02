"""Bringing a database to the present shape, as its owner."""
