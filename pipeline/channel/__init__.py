"""The two-way channel: what enterprises need, what the university has, and which fits which."""
