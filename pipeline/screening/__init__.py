"""Scorecards: three audiences score a deal apart from each other, and the total decides whether it goes on."""
