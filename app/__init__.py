"""The roof: HTTP, command line, timers, settings, clock and migrations."""
