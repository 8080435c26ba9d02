"""Managers' lists on their way in: which list a file is, what its rows would become, blanks to fill in."""
