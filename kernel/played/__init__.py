"""Whether this database's time is played: an example or a test may be told any time, a fund may not."""
