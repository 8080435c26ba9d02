"""The application as tests speak to it: put together once for each worker, for that takes most of a second."""

from functools import cache
from typing import cast

from fastapi import FastAPI

from app.main import create_app
from kernel.clock import Clock
from kernel.db import Database
from tests.builders.seals import a_seal


def an_app(database: Database, *, clock: Clock) -> FastAPI:
    """The one application of this worker, from now on with this database and this clock: everything else that it
    knows it asks for at each request. Whoever adds routes or needs two at once makes its own.
    """
    app = _app()
    app.state.database, app.state.clock = database, clock
    return app


@cache
def _app() -> FastAPI:
    return create_app(cast("Database", None), seal=a_seal())
