"""A proposed investment, its stage and its status."""
