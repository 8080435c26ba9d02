"""Who may do what: valuation files, the policy behind them, calibrations, events, and how marks did."""

from tests.app.access_rows import CNY_1000, STAFF, Row

DAY = "2026-09-29"
FILE = {
    "techniques": [{"technique": "milestones", "weight": "1", "value": None, "why": "样机"}],
    "inputs": [{"name": "price", "value": "1", "source": "agreement", "on": "2026-03-20"}],
    "rights": {
        "method": "fully_diluted",
        "classes": [{"name": "common", "shares": "1000"}],
        "held": "common",
        "held_shares": "100",
        "equity": {"amount": "330000000.00", "currency": "CNY"},
    },
}
MARK = {"marked_on": "2026-06-30", "value": {"amount": "33000000.00", "currency": "CNY"}, "file": FILE}
RULES = {"effective_on": DAY, "note": "决议", "techniques": {"种子期": ["milestones"]}}
ROUND = {
    "calibrated_on": DAY,
    "kind": "multiple",
    "parameter": "EV / sales",
    "source": "agreement",
    "price": CNY_1000,
    "metric": CNY_1000,
}

ROWS = (
    Row("GET /api/v1/valuation-policy", "mabcr"),
    Row("POST /api/v1/valuation-policy", "M", json=RULES),
    Row("POST /api/v1/holdings/{code}/valuations", "MAB", "H02", MARK),
    # A draft is read and judged by members whom the fund's policy names; this fund's policy names nobody.
    Row("GET /api/v1/marks/{mark_id}/file", STAFF, "$mark"),
    Row("POST /api/v1/marks/{mark_id}/file", "MAB", "$mark", FILE),
    Row("GET /api/v1/marks/{mark_id}/committee", STAFF, "$mark"),
    Row(
        "POST /api/v1/marks/{mark_id}/opinions",
        "MAB",
        "$mark",
        {"opinion": "approve", "file_sha256": "0" * 64},
    ),
    Row("GET /api/v1/holdings/{code}/interests", "mabcr", "H01"),
    Row("GET /api/v1/holdings/{code}/class-table", STAFF + "C", "H01"),
    Row("GET /api/v1/holdings/{code}/class-rights", "mabcr", "H01"),
    Row("GET /api/v1/holdings/{code}/conversions", "mabcr", "H01"),
    Row(
        "POST /api/v1/holdings/{code}/class-rights",
        "MAB",
        "H01",
        {
            "effective_on": DAY,
            "source": "articles",
            "classes": [{"name": "common", "kind": "common", "shares": "100"}],
        },
    ),
    Row("GET /api/v1/class-rights.xlsx", STAFF + "C"),
    Row("GET /api/v1/holdings/{code}/calibrations", "mabcr", "H01"),
    Row("POST /api/v1/holdings/{code}/calibrations", "MAB", "H01", ROUND),
    Row("GET /api/v1/holdings/{code}/events", "mabcr", "H01"),
    Row(
        "POST /api/v1/holdings/{code}/events",
        "MAB",
        "H01",
        {"happened_on": DAY, "says": "lost a customer", "source": "letter"},
    ),
    Row("POST /api/v1/marks/{mark_id}/memos", "MAB", "$mark"),
    Row("GET /api/v1/marks/{mark_id}/memos", STAFF, "$mark"),
    Row("GET /api/v1/marks/{mark_id}/memo.pdf", STAFF, "$mark"),
    Row("GET /api/v1/marks.xlsx", STAFF + "C"),
    Row("GET /api/v1/results/stale-marks", "mabcr"),
    Row("GET /api/v1/results/back-test", STAFF + "C"),
)
