"""Who may do what: users and the audit trail, the fund, its partners, parties and side letters."""

from tests.app.access_rows import EVERYBODY, STAFF, Row
from tests.builders.people import PASSWORD

DAY = "2026-09-29"
WHY = {"reason": "by mistake"}
TERMS = {
    "size": {"amount": "500000000.00", "currency": "CNY"},
    "first_close_on": "2024-01-15",
    "final_close_on": "2025-01-15",
    "commitment_period_ends_on": "2029-01-15",
    "term_ends_on": "2032-01-15",
    "limits": [{"dimension": "company", "maximum": "0.15"}],
}
BANK = WHY | {
    "bank_name": "某银行",
    "account_name": "合伙企业",
    "account_no": "0200000000000000002",
    "since_on": DAY,
}

FIXED = ("01-01", "05-01", "05-02", "10-01", "10-02", "10-03")
HOLIDAYS = {"year": 2027, "document": "9", "days": [{"on": f"2027-{day}", "kind": "off"} for day in FIXED]}

ROWS = (
    Row("GET /api/v1/holidays", EVERYBODY),
    Row("GET /api/v1/holidays.xlsx", EVERYBODY),
    Row("POST /api/v1/holidays", "MS", json=HOLIDAYS),
    Row("GET /api/v1/audit", "MRS"),
    Row("GET /api/v1/audit/proof", "MR"),
    Row("GET /api/v1/tokens", EVERYBODY),
    Row("POST /api/v1/tokens", EVERYBODY, json={"label": "script"}),
    Row("DELETE /api/v1/tokens/{token_id}", "M", "$token_manager"),
    Row("GET /api/v1/users", "RS"),
    Row(
        "POST /api/v1/users", "S", json={"login": "new.one", "name": "新人", "password": "long enough words"}
    ),
    Row("POST /api/v1/users/{user_id}/roles", "S", "$user_manager", {"role": "analyst"}),
    Row("DELETE /api/v1/users/{user_id}/roles/{role}", "S", "$user_manager manager"),
    Row("POST /api/v1/users/{user_id}/exclusion", "S", "$user_manager"),
    Row("DELETE /api/v1/users/{user_id}/exclusion", "S", "$user_manager"),
    Row("POST /api/v1/users/{user_id}/password", "S", "$user_manager"),
    Row(
        "POST /api/v1/password",
        EVERYBODY,
        json={"current": PASSWORD, "password": "another long sentence"},
    ),
    Row("POST /api/v1/funds", "M", json={"code": "AF2", "name_zh": "二号基金", "terms": TERMS}),
    Row(
        "POST /api/v1/funds/{code}/terms",
        "M",
        "AF1",
        {"effective_on": "2026-10-01", "note": "决议", "terms": TERMS},
    ),
    Row("GET /api/v1/funds", STAFF + "CL"),
    Row("GET /api/v1/funds/{code}", STAFF + "CL", "AF1"),
    Row("GET /api/v1/funds/{code}/terms", STAFF + "CL", "AF1"),
    Row("POST /api/v1/funds/{code}/terms/{version}/withdrawal", "M", "AF1 1", WHY),
    Row("GET /api/v1/funds/{code}/terms/{version}/sheet", STAFF + "CL", "AF1 1"),
    Row("GET /api/v1/funds/{code}/terms/{version}/sheet.pdf", STAFF + "CL", "AF1 1"),
    Row("GET /api/v1/partners", STAFF + "L"),
    Row(
        "POST /api/v1/partners",
        "M",
        json={"code": "LP09", "party_id": "$company_party", "admitted_on": DAY},
    ),
    Row("GET /api/v1/partners/{code}", STAFF, "LP02"),
    Row("GET /api/v1/partners/{code}/bank", STAFF, "LP02"),
    Row("GET /api/v1/partners/{code}/bank/change", STAFF, "LP02"),
    Row("POST /api/v1/partners/{code}/bank/change", "MB", "LP02", BANK),
    Row("POST /api/v1/partners/{code}/bank/change/approval", "MB", "LP02", {"change": 1}),
    Row("POST /api/v1/partners/{code}/bank/change/refusal", "MB", "LP02", {"change": 1}),
    Row("GET /api/v1/partners/{code}/contacts", STAFF, "LP02"),
    Row("POST /api/v1/partners/{code}/contacts", "MB", "LP02", {"name": "何", "phone": "010-1"}),
    Row("POST /api/v1/partners/{code}/contacts/{contact_id}/end", "MB", "LP02 $contact", {"ended_on": DAY}),
    Row("PUT /api/v1/partners/{code}/language", "MB", "LP02", {"language": "en"}),
    Row("GET /api/v1/parties", "MABTR"),
    Row("PUT /api/v1/parties/{party_id}", "MABT", "$company_party", {"name_zh": "新名公司"}),
    Row("POST /api/v1/relations/{relation_id}/end", "MABT", "$relation", WHY | {"until_on": DAY}),
    Row("GET /api/v1/side-letters.xlsx", STAFF + "L"),
    Row("GET /api/v1/side-letters", STAFF + "L"),
    Row("GET /api/v1/side-letters/elections", "M"),
    Row(
        "POST /api/v1/partners/{code}/side-letter",
        "M",
        "LP02",
        {"effective_on": "2026-10-01", "fee_rate": "0.015", "note": "谈判结果"},
    ),
    Row("POST /api/v1/partners/{code}/side-letter/{version}/withdrawal", "M", "LP02 1", WHY),
    Row(
        "POST /api/v1/partners/{code}/side-letter/election",
        "M",
        "LP01",
        {"letter_id": "$letter", "promise": "basis_discount", "effective_on": DAY, "note": "行使"},
    ),
    Row("GET /api/v1/holdings/{code}/excuses", "MABR", "H01"),
    Row("GET /api/v1/quarters/locks", STAFF),
    Row("POST /api/v1/quarters/reopening", "M", json=WHY | {"quarter": "2024Q4"}),
    Row("POST /api/v1/parties", "MABT", json={"kind": "organisation", "name_zh": "新公司"}),
    Row("GET /api/v1/parties/{party_id}", "MABTR", "$party"),
    Row("GET /api/v1/parties/{party_id}/relations", "MABTR", "$party"),
    Row("GET /api/v1/parties/{party_id}/revenues", "mabtr", "$party"),
    Row("GET /api/v1/revenues.xlsx", "MABTR"),
    Row("GET /api/v1/earned-income.xlsx", "MABR"),
    Row(
        "POST /api/v1/parties/{party_id}/revenues",
        "MABT",
        "$company_party",
        {"year": 2024, "total": {"amount": "100.00"}, "source": "2024"},
    ),
    Row(
        "POST /api/v1/parties/{party_id}/relations",
        "MABT",
        "$party",
        {"to_party_id": "$company_party", "kind": "customer", "since_on": DAY},
    ),
    Row("GET /api/v1/imports", "MABTLScer"),
    Row(
        "POST /api/v1/imports",
        "MABT",
        query="dry_run=true",
        file="类型,名称\n组织,丁公司\n".encode(),
        filename="list.csv",
    ),
    Row("GET /api/v1/imports/{kind}/blank", "MABT", "parties"),
)
