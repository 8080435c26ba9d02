"""The State Council's notices of holidays that the house has entered, and the calendar that they make."""
