"""From demand and achievement to a closed investment."""
