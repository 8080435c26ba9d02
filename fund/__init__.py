"""The fund: terms, parties, partners, books, capital, holdings, fees and results."""
