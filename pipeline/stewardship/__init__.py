"""After the money: how a company leaves the portfolio."""
