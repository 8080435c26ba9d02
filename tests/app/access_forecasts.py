"""Who may do what: forecasts, which are for those who run and audit the fund alone."""

from tests.app.access_rows import CNY_1000, STAFF, Row

USUAL = {"growth": "0.15", "volatility": "0.6", "failure": "0.08", "exit_from": 8, "exit_to": 24}
SCENARIO = {"name": "Slow", "general": USUAL, "market_share": "0.3", "plays": 100}

RESERVE = {"amount": CNY_1000, "expected": "2027Q2", "note": "B 轮"}

ROWS = (
    Row("GET /api/v1/forecasts", STAFF),
    Row("POST /api/v1/forecasts", "MA", json=SCENARIO),
    Row("GET /api/v1/forecasts/pacing", STAFF, query="as_of=2026-01-31"),
    Row("GET /api/v1/forecasts/{number}", STAFF, "1", query="as_of=2026-01-31"),
    Row("GET /api/v1/call-estimates", STAFF + "L"),
    Row("POST /api/v1/call-estimates", "M", json={"quarter": "2025Q4", "method": "plan", "scenario": 1}),
    Row("GET /api/v1/forecasts/{number}/calls", STAFF, "1", query="quarter=2025Q4"),
    Row("GET /api/v1/reserves", STAFF, query="as_of=2026-01-31"),
    Row("GET /api/v1/reserves.xlsx", STAFF, query="as_of=2026-01-31"),
    Row("POST /api/v1/holdings/{code}/reserve", "MA", "H01", RESERVE),
)
