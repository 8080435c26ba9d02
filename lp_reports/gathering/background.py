"""What the pipeline knows about a company that is held: what it does, who founded it, how ready its technology is."""

from dataclasses import dataclass
from datetime import date

from fund.holdings.queries import HoldingSheet
from kernel.db import Tx
from lp_reports.facts import Text
from lp_reports.vocabulary import bilingual
from pipeline.channel import queries as channel
from pipeline.channel.rules import Scale
from pipeline.channel.sheets import AchievementSheet
from pipeline.deals import queries as deals
from pipeline.deals.levels import Level, assessed_level, level_on
from pipeline.spinouts import queries as spinouts
from pipeline.spinouts.queries import SpinoutSheet


@dataclass(frozen=True)
class Background:
    """Levels are the project's: the lowest of its critical elements, as assessed by the day asked for."""

    does: Text
    founders: tuple[Text, ...] = ()
    trl_entry: int | None = None
    trl: int | None = None
    mrl: int | None = None


def background(tx: Tx, *, sheet: HoldingSheet, as_of: date) -> Background:
    """What is known of the company behind a holding; nothing where it came without a deal."""
    if not sheet.deal_code:
        return Background(
            Text(""),
            trl_entry=_number(level_on(tx, sheet=sheet, as_of=sheet.acquired_on)),
            trl=_number(level_on(tx, sheet=sheet, as_of=as_of)),
        )
    deal = deals.deal_by_code(tx, code=sheet.deal_code)
    company = spinouts.spinout(tx, spinout_id=deal.spinout_id) if deal.spinout_id else None
    achievement = (
        channel.achievement(tx, achievement_id=deal.achievement_id)
        if deal.achievement_id is not None
        else None
    )
    return Background(
        does=_does(deal.technology, company, achievement),
        founders=_founders(company),
        trl_entry=_number(level_on(tx, sheet=sheet, as_of=sheet.acquired_on)),
        trl=_number(level_on(tx, sheet=sheet, as_of=as_of)),
        mrl=_number(assessed_level(tx, sheet=sheet, as_of=as_of, scale=Scale.MRL)),
    )


def _does(technology: str, company: SpinoutSheet | None, achievement: AchievementSheet | None) -> Text:
    """The business in the company's own words; without them the technology in a line and the achievement's summary."""
    if company is not None and company.business.strip():
        return bilingual(company.business)
    line = bilingual(technology)
    if achievement is None:
        return line
    zh = "。".join(part.rstrip("。") for part in (line.zh, achievement.summary_zh) if part)
    return Text(f"{zh}。" if zh else "", achievement.summary_en or line.en)


def _founders(company: SpinoutSheet | None) -> tuple[Text, ...]:
    found = company.founders if company else ()
    return tuple(
        Text(f"{one.name_zh}（{one.role}）" if one.role else one.name_zh, one.name_en or one.name_zh)
        for one in found
    )


def _number(found: Level | None) -> int | None:
    return found.level if found else None
