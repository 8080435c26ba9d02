"""What an owner of the database could do to signed findings, and what the proof says of it."""

from datetime import datetime

import pytest
import sqlalchemy as sa

from kernel.db import Database
from kernel.identity.rules import SYSTEM
from pipeline.deals.rules import Stage
from pipeline.diligence.actions import sign_finding
from pipeline.diligence.proof import prove
from tests.builders.deals import a_deal_at, a_setting
from tests.builders.diligence import a_finding, a_workstream, finding_text


@pytest.fixture
def signed(database: Database, now: datetime) -> Database:
    """Two findings, the first in two versions."""
    with database.transaction(SYSTEM) as tx:
        deal = a_deal_at(tx, Stage.DUE_DILIGENCE, setting=a_setting(tx, now), now=now)
        stream = a_workstream(tx, deal_id=deal.id, now=now)
        first = a_finding(tx, workstream_id=stream.id, now=now)
        text = finding_text(statement="Three of ten samples crept.")
        sign_finding(tx, SYSTEM, workstream_id=stream.id, finding_id=first.id, text=text, now=now)
        a_finding(tx, workstream_id=stream.id, now=now)
    return database


def test_what_nobody_touched_is_proved(signed: Database) -> None:
    with signed.transaction(SYSTEM) as tx:
        assert prove(tx) == []


@pytest.mark.parametrize(
    ("tampering", "told"),
    [
        (
            "UPDATE finding_version SET statement = 'None crept.' WHERE version = 2",
            [("W1-F1 version 2", "its content does not match its signature")],
        ),
        (
            "DELETE FROM finding_version WHERE version = 1 AND finding_id = (SELECT min(id) FROM finding)",
            [
                ("W1-F1 version 2", "does not follow from the version before it"),
                ("", "its version is missing"),
            ],
        ),
        (
            "UPDATE finding_version SET signature = repeat('0', 64) WHERE version = 2",
            [
                ("W1-F1 version 2", "its content does not match its signature"),
                ("W1-F1 version 2", "the audit trail does not know its signature"),
                ("", "its version is missing"),
            ],
        ),
    ],
)
def test_tampering_by_the_owner_is_found(
    signed: Database, owner_url: sa.URL, tampering: str, told: list[tuple[str, str]]
) -> None:
    owner = sa.create_engine(owner_url, poolclass=sa.pool.NullPool)
    with owner.begin() as connection:
        connection.execute(sa.text("SET session_replication_role = replica"))
        connection.execute(sa.text(tampering))
    with signed.transaction(SYSTEM) as tx:
        found = prove(tx)
    assert [one.what for one in found] == [what for _, what in told]
    assert all(one.row.endswith(where) for one, (where, _) in zip(found, told, strict=True))
