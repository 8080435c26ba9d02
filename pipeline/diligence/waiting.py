"""Documents of enterprises that nobody has accepted or declined yet."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col

from kernel.db import Tx
from kernel.identity.rules import Actor
from pipeline.deals.models import Deal
from pipeline.deals.queries import visible_to
from pipeline.diligence.models import DataDocument, DataFolder
from pipeline.diligence.rules import DocumentState


@dataclass(frozen=True)
class Offered:
    """A document on offer, where it lies and who put it there."""

    deal_code: str
    workstream_id: int | None
    folder: str
    title: str
    uploaded_by: str
    offered_at: datetime


def documents_offered(tx: Tx, *, actor: Actor) -> list[Offered]:
    """What waits for acceptance in the data rooms of the deals that the actor may see, the oldest first."""
    statement = (
        sa.select(Deal, DataFolder, DataDocument)
        .join(DataFolder, col(DataFolder.deal_id) == col(Deal.id))
        .join(DataDocument, col(DataDocument.folder_id) == col(DataFolder.id))
        .where(visible_to(actor), col(DataDocument.state) == DocumentState.OFFERED)
        .order_by(col(DataDocument.id))
    )
    return [
        Offered(deal.code, folder.workstream_id, folder.name, one.title, one.uploaded_by, one.recorded_at)
        for deal, folder, one in tx.execute(statement)
    ]
