"""The facts of a deal as they were when the papers were locked: what the committee saw is what is bought."""

from pipeline.committee.models import Motion
from pipeline.committee.motion_rules import INVESTMENTS
from pipeline.deals.edits import FIXED_BY_DECISION, plain
from pipeline.deals.sheets import DealSheet


def pinned_facts(motion: Motion, about: DealSheet) -> dict[str, object]:
    """What is pinned of a deal with the papers of a motion to invest in it; nothing with those of another matter."""
    if motion.matter not in INVESTMENTS:
        return {}
    return {field: plain(getattr(about, field)) for field in sorted(FIXED_BY_DECISION)}


def changed_facts(motion: Motion, about: DealSheet) -> list[str]:
    """The facts that are no longer what they were; none where the papers were locked before any were pinned."""
    now = pinned_facts(motion, about)
    return [field for field, value in now.items() if field in motion.pinned and motion.pinned[field] != value]
