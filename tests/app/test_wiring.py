"""Putting the parts together: secrets made once and kept for their owner only, the operator's own seal."""

import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.settings import Settings
from app.wiring import app_password, report_seal
from lp_reports.seal import SealUnreadable
from tests.builders.seals import PASSPHRASE, a_seal, key_file


def test_what_is_made_up_is_kept_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    home = tmp_path / "new"
    assert app_password(home) == app_password(home)
    seal = report_seal(Settings(home=home))
    assert report_seal(Settings(home=home)).fingerprint == seal.fingerprint
    files = sorted(home.iterdir())
    assert [file.name for file in files] == ["app-role.secret", "seal.p12", "seal.secret"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_the_operators_own_seal_is_used(tmp_path: Path) -> None:
    file = tmp_path / "own.p12"
    file.write_bytes(key_file())
    settings = Settings(home=tmp_path, seal_file=file, seal_passphrase=SecretStr(PASSPHRASE))
    assert report_seal(settings).fingerprint == a_seal().fingerprint


def test_a_seal_that_is_not_there_is_refused_plainly(tmp_path: Path) -> None:
    with pytest.raises(SealUnreadable, match="cannot be read"):
        report_seal(Settings(home=tmp_path, seal_file=tmp_path / "none.p12"))
