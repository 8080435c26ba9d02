"""Plumbing and values that every floor above may lean on."""
