"""Related parties, sales to them, and who stood aside; nobody but the reader is named among the partners."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from fund.holdings.models import HoldingDisposal
from fund.holdings.queries import HoldingSheet
from fund.ledger.undone import undone_acts
from fund.parties import queries as party_queries
from fund.partners.queries import PartnerSheet
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.instants import day_in_beijing
from kernel.periods import Quarter
from lp_reports.facts import Text
from lp_reports.portfolio import Recusal, RelatedParty
from lp_reports.vocabulary import CAPACITIES, CONFLICTS, MATTERS
from pipeline.committee import queries as committee
from pipeline.committee.motion_rules import UNSEALED
from pipeline.committee.sheets import MotionSheet, SeatLine
from pipeline.deals import queries as deals

NOT_SAID = frozenset({"university"})
"""Relations that every company of such a fund has and that are nobody's conflict."""


@dataclass(frozen=True)
class Partners:
    """Every partner's group of parties, and which partner is reading."""

    reader: PartnerSheet
    groups: Mapping[int, frozenset[int]]
    general: frozenset[int]

    def who(self, party_id: int) -> Text | None:
        """How the reader is told of a party: as itself, the general partner or another limited partner."""
        owner = next((key for key, group in self.groups.items() if party_id in group), None)
        if owner is None:
            return None
        if owner == self.reader.id:
            return Text("贵司", "You")
        if owner in self.general:
            return Text("普通合伙人", "The general partner")
        return Text("一位有限合伙人", "A limited partner")


def groups_of(tx: Tx, *, partners: Sequence[PartnerSheet], quarter: Quarter) -> dict[int, frozenset[int]]:
    """Each partner's group of parties at the quarter's end, by partner."""
    found = party_queries.groups(tx, party_ids=[one.party_id for one in partners], as_of=quarter.ends_on)
    return {one.id: found[one.party_id] for one in partners}


def related(
    tx: Tx,
    *,
    holdings: Sequence[HoldingSheet],
    partners: Partners,
    motions: Sequence[MotionSheet],
    quarter: Quarter,
) -> tuple[RelatedParty, ...]:
    """Relations of the companies to partners in force at the quarter's end, and sales to partners this year."""
    found: list[RelatedParty] = []
    for holding in holdings:
        handling = _handling(tx, holding, motions)
        found += _relations(tx, holding, partners, quarter, handling)
        found += _sales(tx, holding, partners, quarter, handling)
    return tuple(found)


def _relations(
    tx: Tx, holding: HoldingSheet, partners: Partners, quarter: Quarter, handling: Text
) -> Iterator[RelatedParty]:
    told: set[tuple[str, str]] = set()
    for tie in party_queries.related(tx, party_id=holding.party_id, as_of=quarter.ends_on):
        who = partners.who(tie.other_id)
        if who is None or tie.kind.value in NOT_SAID or (who.zh, tie.kind.value) in told:
            continue
        told.add((who.zh, tie.kind.value))
        yield RelatedParty(
            Text(holding.name, holding.name_en),
            _relation(who, tie.kind.value, tie.own_is_kind),
            handling,
            None,
            None,
        )


def _relation(who: Text, kind: str, company_is_kind: bool) -> Text:
    word = CONFLICTS.get(kind, CONFLICTS["other"])
    if company_is_kind:
        whose = {"You": "your", "A limited partner": "a limited partner’s"}.get(
            who.en, "the general partner’s"
        )
        return Text(f"该企业为{who.zh}的{word.zh}", f"The company is {whose} {word.en.lower()}")
    verb = "are" if who.en == "You" else "is"
    return Text(f"{who.zh}为其{word.zh}", f"{who.en} {verb} its {word.en.lower()}")


def _sales(
    tx: Tx, holding: HoldingSheet, partners: Partners, quarter: Quarter, handling: Text
) -> Iterator[RelatedParty]:
    statement = select(HoldingDisposal).where(
        HoldingDisposal.holding_id == holding.id,
        HoldingDisposal.sold_on >= quarter.year_starts_on,
        HoldingDisposal.sold_on <= quarter.ends_on,
        col(HoldingDisposal.buyer_party_id).is_not(None),
    )
    gone = undone_acts(tx, kind="disposal")
    for sale in tx.exec(statement.order_by(col(HoldingDisposal.sold_on), col(HoldingDisposal.id))):
        if gone.get(f"disposal:{sale.id}", date.max) <= quarter.ends_on:
            continue
        who = partners.who(sale.buyer_party_id or 0)
        if who is not None:
            en = {"You": "you or your affiliate"}.get(who.en, f"{who.en.lower()} or its affiliate")
            sold = Text(f"向{who.zh}或其关联方转让", f"Sold to {en}")
            yield RelatedParty(
                Text(holding.name, holding.name_en), sold, handling, sale.sold_on, sale.proceeds
            )


def _handling(tx: Tx, holding: HoldingSheet, motions: Sequence[MotionSheet]) -> Text:
    """What the committee's record says was done about it: the motions on this deal in which somebody stood aside."""
    if not holding.deal_code:
        return Text("已披露", "Disclosed")
    deal_id = deals.deal_by_code(tx, code=holding.deal_code).id
    of_deal = [one for one in motions if one.line.deal_id == deal_id and any(s.is_recused for s in one.seats)]
    if not of_deal:
        return Text("已披露", "Disclosed")
    codes = "、".join(one.line.code for one in of_deal)
    english = ", ".join(one.line.code for one in of_deal)
    return Text(f"相关委员已回避（{codes}）", f"The member concerned stood aside ({english})")


def decided_motions(tx: Tx, *, fund_id: int, quarter: Quarter, now: datetime) -> tuple[MotionSheet, ...]:
    """Every motion of the fund decided by the quarter's end, oldest first."""
    found: list[MotionSheet] = []
    after: str | None = None
    while True:
        page = committee.motions(tx, actor=SYSTEM, after=after, limit=200)
        for line in page.items:
            if line.state in UNSEALED and deals.deal(tx, deal_id=line.deal_id).fund_id == fund_id:
                found.append(committee.motion_sheet(tx, actor=SYSTEM, motion_id=line.id, now=now))
        if page.next is None:
            break
        after = page.next
    return tuple(one for one in reversed(found) if _ended_on(one) <= quarter.ends_on)


def _ended_on(motion: MotionSheet) -> date:
    """The day on which it was closed; what has no such day counts as still to come."""
    return day_in_beijing(motion.closed_at) if motion.closed_at else date.max


def recusals(
    tx: Tx, *, motions: Sequence[MotionSheet], partners: Partners, quarter: Quarter
) -> tuple[Recusal, ...]:
    """Who stood aside in the motions decided in the quarter, by capacity; free words are not repeated."""
    return tuple(
        Recusal(
            motion.line.code,
            _subject(tx, motion),
            _capacity(seat, partners),
            CONFLICTS.get(seat.conflicts[0][1].kind.value, CONFLICTS["other"]),
            _ended_on(motion),
        )
        for motion in motions
        if quarter.starts_on <= _ended_on(motion)
        for seat in motion.seats
        if seat.is_recused
    )


def _subject(tx: Tx, motion: MotionSheet) -> Text:
    matter = MATTERS.get(motion.line.matter.value, Text(motion.line.matter.value))
    name = deals.deal(tx, deal_id=motion.line.deal_id).name
    return Text(f"{name}·{matter.zh}", f"{name} · {matter.en}")


def _capacity(line: SeatLine, partners: Partners) -> Text:
    own = partners.groups[partners.reader.id]
    if line.seat.party_id in own and line.seat.capacity.value == "lp":
        return CAPACITIES["yours"]
    return CAPACITIES[line.seat.capacity.value]
