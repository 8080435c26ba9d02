"""Settings: the one place that reads the environment."""

from functools import cached_property
from pathlib import Path

import platformdirs
from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from kernel.errors import Invalid, Problem


class SettingsUnreadable(Invalid):
    code = "settings_unreadable"
    says = "What is set in the environment cannot be used."


class Settings(BaseSettings):
    """What an operator may set; every field has a default that works on one machine.

    `DATABASE_URL` is an owner's connection to PostgreSQL 15 or later; without it the embedded server is used.
    `AFUND_APP_DATABASE_URL` is needed only where the application's own role was made by hand. `AFUND_SEAL_FILE`
    is the PKCS#12 key that seals published reports; without it one is made and kept in `home`.
    """

    model_config = SettingsConfigDict(env_prefix="AFUND_", env_file=".env", extra="ignore")

    home: Path = Path(platformdirs.user_data_dir("achievement-fund"))
    app_database_url: SecretStr | None = None
    seal_file: Path | None = None
    seal_passphrase: SecretStr = SecretStr("")
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = "http://127.0.0.1:8000"
    secure_cookies: bool = False
    embedded_worker: bool = True
    smtp_url: SecretStr | None = None
    mail_sender: str = ""
    metrics_token: SecretStr | None = None

    @cached_property
    def database_url(self) -> str | None:
        """The owner's connection from `DATABASE_URL`, or None for the embedded server."""
        secret = _Database().database_url
        return secret.get_secret_value() if secret else None


class _Database(BaseSettings):
    """The one variable that follows the custom of every hosting place and carries no prefix."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    database_url: SecretStr | None = None


def load_settings() -> Settings:
    """The settings of this process. Refused: a value of the wrong kind, told by the variable's name."""
    try:
        return Settings()
    except ValidationError as fault:
        problems = [
            Problem(f"AFUND_{one['loc'][0]}".upper(), "{what}", {"what": one["msg"]})
            for one in fault.errors()
        ]
        raise SettingsUnreadable(problems=problems) from fault
