"""Closing: an approved deal becomes a holding, paid for."""
