"""Bare arithmetic of private funds: rates, multiples, benchmarks, cap tables, marks, pacing, simulation.

Pure functions on plain numbers. Nothing here knows a database, a clock, a currency or another floor of the
project.
"""
