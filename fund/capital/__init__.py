from fund.capital import newcomers

__all__ = ["newcomers"]
