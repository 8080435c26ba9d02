"""What stands behind a draft, its file, memos and opinions, is read by those who answer it, not by every committee."""

from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

_COMMITTEE = "afund_reach() = 'all' OR 'committee' = ANY (afund_roles())"
_APPROVED = "afund_reach() = 'all' OR EXISTS (SELECT FROM mark_approval a WHERE a.mark_id = holding_mark.id)"
_FILED = "EXISTS (SELECT FROM valuation_file f WHERE f.mark_id = {mark})"
_NAMED = """('committee' = ANY (afund_roles())
    AND EXISTS (
        SELECT FROM valuation_file f
        JOIN holding h ON h.id = f.holding_id
        JOIN valuation_policy p ON p.fund_id = h.fund_id
        JOIN app_user u ON u.id = afund_user()
        WHERE f.mark_id = {mark} AND p.content -> 'committee' @> to_jsonb(u.login::text)))"""
_OF_FILE = "afund_reach() = 'all' OR EXISTS (SELECT FROM valuation_file f WHERE f.id = {table}.file_id)"
_AFTER = {
    "valuation_file": """afund_reach() = 'all'
    OR ('committee' = ANY (afund_roles())
        AND (EXISTS (SELECT FROM mark_approval a WHERE a.mark_id = valuation_file.mark_id)
             OR EXISTS (
                SELECT FROM holding h
                JOIN app_user u ON u.id = afund_user()
                JOIN LATERAL (
                    SELECT p.content FROM valuation_policy p
                    WHERE p.fund_id = h.fund_id AND p.effective_on <= valuation_file.effective_on
                    ORDER BY p.effective_on DESC, p.number DESC LIMIT 1) held ON true
                WHERE h.id = valuation_file.holding_id
                  AND held.content -> 'committee' @> to_jsonb(u.login::text))))""",
    "valuation_opinion": _OF_FILE.format(table="valuation_opinion"),
    "valuation_resolution": _OF_FILE.format(table="valuation_resolution"),
    "valuation_memo": "afund_reach() = 'all' OR " + _FILED.format(mark="valuation_memo.mark_id"),
    "holding_mark": f"{_APPROVED} OR {_FILED.format(mark='holding_mark.id')}",
    "mark_rejection": "afund_reach() = 'all' OR " + _FILED.format(mark="mark_rejection.mark_id"),
}
_BEFORE = {
    "valuation_file": _COMMITTEE,
    "valuation_opinion": _COMMITTEE,
    "valuation_resolution": _COMMITTEE,
    "valuation_memo": _COMMITTEE,
    "holding_mark": f"{_APPROVED} OR {_NAMED.format(mark='holding_mark.id')}",
    "mark_rejection": "afund_reach() = 'all' OR " + _NAMED.format(mark="mark_rejection.mark_id"),
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    _read_by(_AFTER)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    _read_by(_BEFORE)


def _read_by(walls: dict[str, str]) -> None:
    for table, using in walls.items():
        for kind, command in (("seen", "SELECT"), ("changed", "UPDATE"), ("removed", "DELETE")):
            op.get_bind().exec_driver_sql(f"DROP POLICY {table}_{kind} ON {table}")
            op.get_bind().exec_driver_sql(
                f"CREATE POLICY {table}_{kind} ON {table} FOR {command} TO afund_app USING ({using})"
            )
