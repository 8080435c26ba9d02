"""The HTML side: each handler parses, calls one action or query, and answers with a page."""
