"""Valuation policies, the files behind marks, calibrations at entry, and what happened after the day of a mark.

All of it is append-only and has two times: from when it counts and when it was written down. The fund's people and
its committee read it; a limited partner reads what its reports say of a mark, and none of this. The file of a draft
is read by the house and by those whom the policy of its day names to answer it.
"""

from datetime import date, datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from fund.valuations.calibration import CalibrationKind
from fund.valuations.committee_rules import Opinion
from kernel import columns, walls
from kernel.columns import Row


class ValuationPolicy(Row, table=True):
    """One version of a fund's valuation policy; the latest day's last number holds."""

    __tablename__ = "valuation_policy"
    __table_args__ = (sa.UniqueConstraint("fund_id", "number"),)

    fund_id: int = columns.ref("fund.id")
    number: int = columns.number()
    effective_on: date = columns.day()
    content: dict[str, Any] = columns.jsonb()
    note: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class ValuationFile(Row, table=True):
    """The file behind a mark, and what the software worked out from it; of one mark the highest number holds.

    `weighted` is what the techniques give by their weights; `sha256` the fingerprint of content and working.
    """

    __tablename__ = "valuation_file"
    __table_args__ = (
        sa.UniqueConstraint("mark_id", "number"),
        sa.CheckConstraint("weighted >= 0", name="weighted_not_negative"),
    )

    holding_id: int = columns.ref("holding.id", index=True)
    mark_id: int = columns.ref("holding_mark.id")
    policy_id: int | None = columns.ref("valuation_policy.id", nullable=True)
    number: int = columns.number()
    effective_on: date = columns.day()
    content: dict[str, Any] = columns.jsonb()
    working: dict[str, Any] = columns.jsonb()
    weighted: int = columns.minor()
    interested: list[str] = columns.jsonb()
    sha256: str = columns.text()
    prepared_by_id: int | None = columns.ref("app_user.id", nullable=True)
    prepared_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class ValuationCalibration(Row, table=True):
    """What the price of a round implied on its day; `number` counts per instrument."""

    __tablename__ = "valuation_calibration"
    __table_args__ = (
        sa.UniqueConstraint("instrument_id", "number"),
        sa.CheckConstraint("btrim(parameter) <> '' AND btrim(source) <> ''", name="has_name_and_source"),
        columns.choices_check("kind", CalibrationKind),
    )

    holding_id: int = columns.ref("holding.id", index=True)
    instrument_id: int = columns.ref("holding_instrument.id")
    number: int = columns.number()
    calibrated_on: date = columns.day()
    kind: CalibrationKind = columns.choice(CalibrationKind)
    parameter: str = columns.text()
    implied: Fraction = columns.fraction()
    facts: dict[str, Any] = columns.jsonb()
    source: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class ValuationEvent(Row, table=True):
    """Something that may have changed a company's value: it makes every mark of a day before it stale."""

    __tablename__ = "valuation_event"
    __table_args__ = (
        sa.CheckConstraint("btrim(says) <> '' AND btrim(source) <> ''", name="says_and_source"),
    )

    holding_id: int = columns.ref("holding.id", index=True)
    happened_on: date = columns.day()
    says: str = columns.text()
    source: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class ValuationOpinion(Row, table=True):
    """What a member of the valuation committee said to one file, for good; a changed file is answered anew."""

    __tablename__ = "valuation_opinion"
    __table_args__ = (
        sa.UniqueConstraint("file_id", "user_id"),
        sa.CheckConstraint("opinion <> 'object' OR btrim(reason) <> ''", name="objection_has_reason"),
        columns.choices_check("opinion", Opinion),
    )

    file_id: int = columns.ref("valuation_file.id")
    user_id: int = columns.ref("app_user.id")
    name: str = columns.text()
    opinion: Opinion = columns.choice(Opinion)
    reason: str = columns.text()
    recorded_at: datetime = columns.instant()


class ValuationResolution(Row, table=True):
    """What the committee resolved on a file, written when its mark was put in force: the count, and every member."""

    __tablename__ = "valuation_resolution"
    __table_args__ = (
        sa.UniqueConstraint("file_id"),
        sa.CheckConstraint(
            "approved >= needed AND approved + objected >= quorum AND approved + objected <= eligible",
            name="was_reached",
        ),
    )

    file_id: int = columns.ref("valuation_file.id")
    policy_id: int = columns.ref("valuation_policy.id")
    eligible: int = columns.number()
    quorum: int = columns.number()
    needed: int = columns.number()
    approved: int = columns.number()
    objected: int = columns.number()
    members: list[dict[str, Any]] = columns.jsonb()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class CompanyRights(Row, table=True):
    """The rights of all classes of a company from a day on, with the document; the latest day's last number holds."""

    __tablename__ = "company_rights"
    __table_args__ = (
        sa.UniqueConstraint("party_id", "number"),
        sa.CheckConstraint("btrim(source) <> ''", name="has_source"),
    )

    party_id: int = columns.ref("party.id")
    number: int = columns.number()
    effective_on: date = columns.day()
    content: list[dict[str, Any]] = columns.jsonb()
    source: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


_COMMITTEE = "afund_reach() = 'all' OR 'committee' = ANY (afund_roles())"
_WALLS = {
    "valuation_policy": _COMMITTEE,
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
    "valuation_calibration": _COMMITTEE,
    "valuation_event": _COMMITTEE,
    # What was said of a file and resolved on it is read with the file.
    "valuation_opinion": """afund_reach() = 'all'
    OR EXISTS (SELECT FROM valuation_file f WHERE f.id = valuation_opinion.file_id)""",
    "valuation_resolution": """afund_reach() = 'all'
    OR EXISTS (SELECT FROM valuation_file f WHERE f.id = valuation_resolution.file_id)""",
    "company_rights": _COMMITTEE,
}
for _table, _using in _WALLS.items():
    walls.append_only(_table)
    walls.readable(_table, _using)
