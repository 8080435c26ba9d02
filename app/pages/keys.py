"""What the portfolio is counted under, as people call it in the language of the page."""

from app.languages import Language
from app.pages.desk import Desk
from fund.charter.rules import Dimension
from fund.mandates.rules import labels_in
from fund.parties.queries import by_name
from lp_reports.vocabulary import place, value
from pipeline.channel.rules import ChainPosition
from pipeline.deals.rules import Origin

_KINDS = {Dimension.ORIGIN: Origin, Dimension.CHAIN_POSITION: ChainPosition}


def key_words(desk: Desk, dimension: Dimension, key: str) -> str:
    """A key of the exposure as people call it; several labels one after the other, as people write them."""
    kind = _KINDS.get(dimension)
    said = [
        desk.label(kind(one)) if kind and one in set(kind) else _translated(desk, dimension, one)
        for one in labels_in(key)
    ]
    return desk.comma.join(said)


def _translated(desk: Desk, dimension: Dimension, label: str) -> str:
    """A label that was typed in Chinese; in English as the reports print it, a company by its English name."""
    if desk.language is Language.ZH or label.isascii():
        return label
    if dimension is Dimension.COMPANY:
        return next((one.name_en for one in by_name(desk.tx, name=label) if one.name_en), label)
    return (place(label) if dimension is Dimension.CITY else value(label)).en or label
