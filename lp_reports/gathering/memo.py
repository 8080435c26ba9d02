"""A valuation memo gathered: what is known of a mark, of the file behind it and of what happened since."""

from datetime import date
from typing import Any

from fund.charter import queries as charter
from fund.holdings.queries import HoldingSheet, MarkSheet, holding, mark
from fund.partners.queries import general_partner
from fund.valuations import queries as valuations
from fund.valuations.committee import CommitteeSheet, MemberSheet, committee_on
from fund.valuations.queries import FileSheet
from fund.valuations.watch import back_tested
from kernel.db import Tx
from kernel.instants import day_in_beijing
from lp_reports.facts import Text
from lp_reports.memo import FORMAT, Count, Event, Memo, Parameter, Signed, Sold, Voice
from lp_reports.memo_facts import bridge_steps
from lp_reports.vocabulary import bilingual


def gather(tx: Tx, *, mark_id: int) -> Memo:
    """All that is known of a mark and its file. Refused: a mark without a file.

    The instant is that of the last thing it tells, not of the asking: asked again with nothing new, it is the same
    memo to the byte.
    """
    known = mark(tx, mark_id=mark_id)
    kept = valuations.file_of(tx, mark_id=mark_id)
    sheet = holding(tx, holding_id=known.holding_id, as_of=known.marked_on)
    fund = charter.fund(tx, fund_id=sheet.fund_id)
    general = general_partner(tx, fund_id=sheet.fund_id)
    policy = valuations.policy_on(tx, fund_id=sheet.fund_id, on=known.marked_on)
    happened = valuations.later_events(tx, mark_id=mark_id)
    instants = [known.prepared_at, kept.recorded_at, *(one.recorded_at for one in happened)]
    approved = (
        Signed(known.approved_by, known.approved_at) if known.approved_by and known.approved_at else None
    )
    instants += [approved.at] if approved else []
    seated = committee_on(tx, mark_id=mark_id, on=day_in_beijing(max(instants)))
    said = [one.answered_at for one in seated.members if one.answered_at] if seated else []
    return Memo(
        format=FORMAT,
        number=f"{fund.code}-{sheet.code}-{known.instrument}-{known.marked_on.isoformat()}-F{kept.number}",
        frozen_at=max([*instants, *said]),
        fund=Text(fund.name_zh, fund.name_en),
        manager=Text(general.name_zh, general.name_en),
        is_example=fund.is_example,
        code=sheet.code,
        company=Text(sheet.name, sheet.name_en),
        stage=bilingual(sheet.stage),
        instrument=known.instrument,
        acquired_on=sheet.acquired_on,
        cost=next((one.cost for one in sheet.instruments if one.code == known.instrument), 0),
        ownership=sheet.ownership,
        **_of_mark(known),
        **_of_file(kept),
        parameters=_parameters(tx, known, kept),
        policy=policy.number if policy else None,
        policy_on=policy.effective_on if policy else None,
        events=tuple(Event(one.happened_on, bilingual(one.says), bilingual(one.source)) for one in happened),
        sold=_sold(tx, sheet, known),
        prepared=Signed(known.prepared_by, known.prepared_at),
        handed_in=Signed(kept.prepared_by, kept.recorded_at),
        approved=approved,
        minute=bilingual(known.minute),
        voices=tuple(_voice(one) for one in seated.members) if seated else (),
        count=_count(seated) if seated else None,
    )


def _voice(one: MemberSheet) -> Voice:
    """A member as the memo tells it: kinds of conflict in words that the memo knows, the preparer as such."""
    recused = (*(("preparer",) if one.is_preparer else ()), *(why.kind.value for why in one.conflicts))
    return Voice(one.name, one.opinion or "", bilingual(one.reason), one.answered_at, recused)


def _count(seated: CommitteeSheet) -> Count:
    outcome, resolved = seated.outcome, seated.resolution
    signed = Signed(resolved.recorded_by, resolved.recorded_at) if resolved else None
    return Count(outcome.approved, outcome.objected, outcome.needed, outcome.eligible, signed)


def _of_mark(known: MarkSheet) -> dict[str, Any]:
    return {
        "marked_on": known.marked_on,
        "value": known.value,
        "state": known.state.value,
        "is_permanent_loss": known.is_permanent_loss,
        "reason": bilingual(known.reason),
        "calibration": bilingual(known.calibration),
        "bridge": bridge_steps(known),
    }


def _of_file(kept: FileSheet) -> dict[str, Any]:
    return {
        "file": kept.file,
        "file_number": kept.number,
        "file_sha256": kept.sha256,
        "weighted": kept.weighted,
        "found": kept.found,
        "interested": kept.interested,
    }


def _parameters(tx: Tx, known: MarkSheet, kept: FileSheet) -> tuple[Parameter, ...]:
    made = {
        one.number: one
        for one in valuations.calibrations(
            tx, holding_id=known.holding_id, instrument=known.instrument, until=known.marked_on
        )
    }
    return tuple(
        Parameter(
            bilingual(made[one.number].parameter),
            made[one.number].kind,
            made[one.number].calibrated_on,
            made[one.number].implied,
            one.now,
            bilingual(one.why),
            bilingual(made[one.number].source),
        )
        for one in kept.file.quoted
    )


def _sold(tx: Tx, sheet: HoldingSheet, known: MarkSheet) -> tuple[Sold, ...]:
    """The exits of the same instrument, whenever they were."""
    tested = back_tested(tx, fund_id=sheet.fund_id, as_of=date.max, holding_id=sheet.id)
    return tuple(
        Sold(one.back, one.marked_on, one.days, round(one.mark), round(one.price))
        for one in tested.compared
        if one.name.endswith(f"· {known.instrument}")
    )
