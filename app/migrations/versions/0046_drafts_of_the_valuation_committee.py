"""A draft behind which a file was handed in is read by the members whom a policy names, not by every committee."""

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

_READABLE = {
    "mark_rejection": "afund_reach() = 'all'",
    "holding_mark": "afund_reach() = 'all' OR EXISTS (SELECT FROM mark_approval a WHERE a.mark_id = holding_mark.id)",
}
_MARK = {"mark_rejection": "mark_rejection.mark_id", "holding_mark": "holding_mark.id"}
_ANY_COMMITTEE = (
    "('committee' = ANY (afund_roles()) AND EXISTS (SELECT FROM valuation_file f WHERE f.mark_id = {mark}))"
)
_ITS_COMMITTEE = """('committee' = ANY (afund_roles())
    AND EXISTS (
        SELECT FROM valuation_file f
        JOIN holding h ON h.id = f.holding_id
        JOIN valuation_policy p ON p.fund_id = h.fund_id
        JOIN app_user u ON u.id = afund_user()
        WHERE f.mark_id = {mark} AND p.content -> 'committee' @> to_jsonb(u.login::text)))"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    _filed(_ITS_COMMITTEE)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    _filed(_ANY_COMMITTEE)


def _filed(whose: str) -> None:
    for table, using in _READABLE.items():
        for kind, command in (("seen", "SELECT"), ("changed", "UPDATE"), ("removed", "DELETE")):
            seen = f"{using} OR {whose.format(mark=_MARK[table])}"
            op.get_bind().exec_driver_sql(f"DROP POLICY {table}_{kind} ON {table}")
            op.get_bind().exec_driver_sql(
                f"CREATE POLICY {table}_{kind} ON {table} FOR {command} TO afund_app USING ({seen})"
            )
