"""Bare arithmetic of valuation: rates, multiples, exposure, cap tables, forecasts."""
