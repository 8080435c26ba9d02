"""An example that was stopped in the middle is played anew; nothing else is ever cleared away."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from app.cli.half_played import ExampleUnderWay, marked
from app.settings import Settings
from app.wiring import open_database
from fund.charter.queries import funds
from kernel.identity.rules import SYSTEM
from tests.builders.charter import a_fund


@pytest.fixture
def settings(afund_home: Path, owner_url: sa.URL, monkeypatch: pytest.MonkeyPatch) -> Settings:
    assert afund_home.exists()
    monkeypatch.setenv("DATABASE_URL", owner_url.render_as_string(hide_password=False))
    return Settings()


def codes(settings: Settings, *, more: str = "", is_example: bool = True) -> list[str]:
    """The funds there are, once one more was opened."""
    database = open_database(settings, is_played=True)
    with database.transaction(SYSTEM) as tx:
        if more:
            a_fund(tx, code=more)
        if not is_example:
            tx.execute(sa.text("UPDATE fund SET is_example = false"))
        found = [one.code for one in funds(tx)]
    database.close()
    return found


def stopped_in_the_middle(settings: Settings, *, is_example: bool = True) -> None:
    with pytest.raises(KeyboardInterrupt), marked(settings):
        codes(settings, more="AF1", is_example=is_example)
        raise KeyboardInterrupt


def test_one_that_was_stopped_is_cleared_and_one_that_ended_stays(settings: Settings) -> None:
    stopped_in_the_middle(settings)
    assert codes(settings) == ["AF1"]
    with marked(settings) as was_stopped:
        assert was_stopped
        assert codes(settings, more="AF1") == ["AF1"]
    with marked(settings) as was_stopped:
        assert not was_stopped
        assert codes(settings) == ["AF1"]


def test_a_fund_that_is_no_example_is_never_cleared(settings: Settings) -> None:
    stopped_in_the_middle(settings, is_example=False)
    with marked(settings) as was_stopped:
        assert not was_stopped
        assert codes(settings) == ["AF1"]


def test_while_it_is_played_nobody_else_begins(settings: Settings) -> None:
    with marked(settings), pytest.raises(ExampleUnderWay), marked(settings):
        pass
    assert codes(settings) == []
