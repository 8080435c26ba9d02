"""What every notice of one act has in common: the fund, its manager, its partners, what nobody else may be told."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from fund.bank.account import fund_account
from fund.charter import queries as charter
from fund.defaults.queries import default_terms
from fund.defaults.rules import DefaultTermsUnknown
from fund.holdings.queries import holding
from fund.partners import queries as partner_queries
from fund.partners.queries import PartnerSheet
from kernel.db import Tx
from kernel.instants import day_in_beijing
from lp_reports.facts import Text
from lp_reports.notice import FORMAT, Account, Default, Figure, Table
from lp_reports.rules import NoticeKind, names_of
from lp_reports.vocabulary import bilingual, without


@dataclass(frozen=True)
class Frame:
    """The fund and its partners; `act` is the code of what notice is given of, `at` the instant of that.

    `mentioned` keeps which partners' names stand in a text, so that each text is looked through once.
    """

    tx: Tx
    fund: charter.FundSheet
    act: str
    at: datetime
    partners: dict[int, PartnerSheet]
    manager: PartnerSheet
    names: dict[int, list[str]]
    mentioned: dict[str, list[tuple[int, str]]] = field(default_factory=dict)

    @property
    def just_before(self) -> datetime:
        """The last instant at which nothing of the act was known."""
        return self.at - timedelta.resolution

    def head(self, partner_id: int, kind: NoticeKind, on: date) -> dict[str, Any]:
        """The fields that every notice begins with."""
        whose = self.partners[partner_id]
        return {
            "format": FORMAT,
            "kind": kind,
            "number": f"{self.fund.code}-{self.act}-{whose.code}",
            "act": self.act,
            "frozen_at": self.at,
            "given_on": day_in_beijing(self.at),
            "on": on,
            "fund": Text(self.fund.name_zh, self.fund.name_en),
            "fund_id": self.fund.id,
            "fund_code": self.fund.code,
            "currency": self.fund.currency,
            "is_example": self.fund.is_example,
            "manager": Text(self.manager.name_zh, self.manager.name_en),
            "partner_code": whose.code,
            "partner": Text(whose.name_zh, whose.name_en),
            "reference": f"{self.fund.code} {self.act} {whose.code}",
        }

    def told(self, text: str, partner_id: int) -> Text:
        """A text typed for everybody, without the names and codes of other partners; its own stay whole."""
        if text not in self.mentioned:
            self.mentioned[text] = [
                (key, name) for key, names in self.names.items() for name in names if name in text
            ]
        hidden = [name for key, name in self.mentioned[text] if key != partner_id]
        own = [name for key, name in self.mentioned[text] if key == partner_id]
        parts = [bilingual(part) for part in text.split(" · ")]
        both = Text(" · ".join(one.zh for one in parts), " · ".join(one.en or one.zh for one in parts))
        return without(both, hidden, own)

    def promised(self, on: date) -> dict[str, Any]:
        """The charter's days of notice, and what it says of a partner that does not pay by the day."""
        version = charter.terms(self.tx, fund_id=self.fund.id, as_of=on, known_at=self.at)
        try:
            found = default_terms(self.tx, fund_id=self.fund.id, as_of=on, known_at=self.at)
            default = Default(found.cure_days, found.rate)
        except DefaultTermsUnknown:
            default = None
        return {"notice_days": version.notice_business_days, "default": default}

    def own_account(self) -> Account | None:
        """The account that partners pay to, as known then; None where none is in force."""
        found = fund_account(self.tx, fund_id=self.fund.id, known_at=self.at)
        if found is None:
            return None
        return Account(found.bank_name, found.account_name, found.account_no, found.since_on)

    def companies(self, holding_ids: Collection[int]) -> dict[int, Text]:
        """The names of companies held, by holding."""
        day = day_in_beijing(self.at)
        found = {key: holding(self.tx, holding_id=key, as_of=day) for key in sorted(holding_ids)}
        return {key: Text(one.name, one.name_en) for key, one in found.items()}

    def banks(self) -> dict[int, Account]:
        """Where each partner is paid, as known then; of the number the last four digits."""
        found = partner_queries.masked_banks(self.tx, partner_ids=list(self.partners), known_at=self.at)
        return {
            key: Account(one.bank_name, one.account_name, one.account_no, one.unchanged_since)
            for key, one in found.items()
        }


def frame(tx: Tx, *, fund_id: int, act: str, at: datetime) -> Frame:
    """The frame of the notices of an act."""
    sheets = {sheet.id: sheet for sheet in partner_queries.partners(tx, fund_id=fund_id)}
    general = next(sheet for sheet in sheets.values() if sheet.is_general)
    names = {
        key: [*names_of(sheet.name_zh, sheet.name_en), *names_of(sheet.code, "")]
        for key, sheet in sheets.items()
        if not sheet.is_general
    }
    return Frame(tx, charter.fund(tx, fund_id=fund_id), act, at, sheets, general, names)


def summed(code: str, lines: list[Figure], total: str) -> Table:
    """A table whose last line is the sum of the others."""
    last = Figure(total, sum(one.yours for one in lines), sum(one.fund for one in lines), is_sum=True)
    return Table(code, (*lines, last))
