"""Quarterly reports: frozen figures, their printed and electronic forms, their life and their delivery."""
