"""The JSON interface: one module per group of nouns, each handler parses, calls one action or query, and answers."""
