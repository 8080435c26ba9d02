"""Asking commands within the test's own process, about a private database."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.cli import main
from tests.conftest import PASSWORD


@dataclass(frozen=True)
class Answer:
    """How a command ended and what it said."""

    status: int
    out: str
    err: str

    @property
    def is_plain_refusal(self) -> bool:
        """Refused with a sentence on standard error, nothing on standard output, and no traceback."""
        first = self.err.splitlines()[0] if self.err else ""
        return self.status == 1 and first.endswith(".") and not self.out and "Traceback" not in self.err


Afund = Callable[..., Answer]


@pytest.fixture
def afund_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own, which knows the password that the test server's role has."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "app-role.secret").write_text(PASSWORD)
    monkeypatch.setenv("AFUND_HOME", str(home))
    monkeypatch.chdir(tmp_path)
    return home


@pytest.fixture
def afund(
    afund_home: Path, owner_url: sa.URL, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Afund:
    """`afund WORDS`, about the test's private database unless `database` names another."""

    def ask(*words: str | Path, database: str | sa.URL = owner_url) -> Answer:
        url = database if isinstance(database, str) else database.render_as_string(hide_password=False)
        monkeypatch.setenv("DATABASE_URL", url)
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        out, err = capfd.readouterr()
        status = ended.value.code
        return Answer(status if isinstance(status, int) else int(status is not None), out, err)

    return ask
