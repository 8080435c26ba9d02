"""Everything one partner's quarterly report prints, frozen.

Money is whole minor units of the fund's currency (int). Ratios and rates are decimals rounded once, when the
snapshot is frozen, so that the same books give the same bytes on every machine. A snapshot is saved as canonical
JSON (sorted keys, no spaces, UTF-8); its SHA-256 is the fingerprint printed on the cover, and the same bytes are
attached to the PDF as ``figures.json``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from pydantic import TypeAdapter

from kernel.audit.rules import canonical
from lp_reports.canonical import written
from lp_reports.estimates import CallEstimate
from lp_reports.facts import (
    CallLine,
    Carry,
    Change,
    CurvePoint,
    DistributionLine,
    Document,
    ExpectedCall,
    Fees,
    Fund,
    KeyFigures,
    Line,
    Partner,
    Performance,
    Previous,
    Restated,
    Step,
)
from lp_reports.ilpa_facts import Ilpa
from lp_reports.portfolio import (
    Age,
    BackTested,
    Chain,
    Company,
    Exposure,
    Investment,
    Limit,
    Mandate,
    Recusal,
    RelatedParty,
)

FORMAT = 1
MEDIA_TYPE = "application/json"


@dataclass(frozen=True)
class Figures:
    """The whole of one partner's report for one quarter and version."""

    format: int
    fund: Fund
    partner: Partner
    document: Document
    previous: Previous | None
    changes: tuple[Change, ...]
    key: KeyFigures
    performance: Performance
    bridge: tuple[Step, ...]
    curve: tuple[CurvePoint, ...]
    account: tuple[Line, ...]
    commitment: tuple[Line, ...]
    calls: tuple[CallLine, ...]
    distributions: tuple[DistributionLine, ...]
    expected: tuple[ExpectedCall, ...]
    investments: tuple[Investment, ...]
    companies: tuple[Company, ...]
    related: tuple[RelatedParty, ...]
    recusals: tuple[Recusal, ...]
    exposures: tuple[Exposure, ...]
    limits: tuple[Limit, ...]
    restated: tuple[Restated, ...] = ()
    fees: Fees | None = None
    """Figures frozen before fees were set out by themselves have none."""
    carry: Carry | None = None
    """Figures frozen before this was among them are printed without the section."""
    ages: tuple[Age, ...] = ()
    back_tests: tuple[BackTested, ...] = ()
    """Figures frozen before these were told have neither."""
    ilpa: Ilpa | None = None
    """Figures frozen before the ILPA Reporting Template was among them are printed without it."""
    mandate: Mandate | None = None
    """None of a partner whose mandate asks nothing, and in figures frozen before mandates were told."""
    chain: Chain | None = None
    """None while nothing is in the partner's chain, and in figures frozen before it was told."""
    estimate: CallEstimate | None = None
    """Figures frozen before the fund published one have `expected` by an average of the partner's own calls."""


_FORM = TypeAdapter(Figures)


def dumps(figures: Figures) -> bytes:
    """Canonical JSON; equal figures are equal bytes."""
    return written(_FORM, figures)


def loads(content: bytes) -> Figures:
    """The figures of a saved snapshot; a reprint is drawn from these and from nothing else."""
    return _FORM.validate_json(content)


def is_canonical(content: bytes) -> bool:
    """Whether saved figures are written as `dumps` writes them, and say nothing that `loads` does not read.

    What figures have told only since then is missing from them and read as what it is by default.
    """
    plain = json.loads(content)
    return canonical(plain) == content and _within(plain, json.loads(dumps(loads(content))))


def _within(saved: object, read: object) -> bool:
    """Whether everything saved was read as it stands."""
    if isinstance(saved, dict) and isinstance(read, dict):
        return all(name in read and _within(part, read[name]) for name, part in saved.items())
    if isinstance(saved, list) and isinstance(read, list):
        return len(saved) == len(read) and all(map(_within, saved, read))
    return saved == read
