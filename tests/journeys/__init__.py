"""Whole ways through the product, from the outside only."""
