"""Charts as SVG text, drawn from figures in points at their printed size; pure functions."""
